import type { MessagePort } from 'node:worker_threads'
import { UnknownPlaybook } from '../context.ts'
import { FunnelEngine, type FunnelEngineOptions } from './engine.ts'
import type { Answers, Call, Reply, Request } from './messages.ts'

/** Keeps columns in this thread and answers, on the port, those who opened them with `openFunnelColumns`. Settles when they close them. */
export async function serveFunnelColumns(
  port: MessagePort,
  sources: Omit<FunnelEngineOptions, 'onError'>,
): Promise<void> {
  const post = (reply: Reply) => port.postMessage(reply)
  const engine = new FunnelEngine({ ...sources, onError: (fault) => post({ fault }) })
  await new Promise<void>((closed) => {
    port.on('message', ({ id, request }: Call) => {
      answer(engine, request)
        .then(
          (answer) => post({ id, answer }),
          (error: unknown) => post({ id, error }),
        )
        .finally(() => {
          if (request.kind === 'close') closed()
        })
    })
  })
}

async function answer(engine: FunnelEngine, request: Request): Promise<Answers[keyof Answers]> {
  switch (request.kind) {
    case 'funnel':
      return engine.funnel(request).catch((error: unknown) => {
        // Classes do not cross threads: SQL, which is asked next, says it in its own words.
        if (error instanceof UnknownPlaybook) return undefined
        throw error
      })
    case 'ready':
      return engine.ready() as Promise<undefined>
    case 'bytes':
      return engine.bytes
    case 'close':
      return engine.close() as Promise<undefined>
  }
}
