import type { MessagePort, Worker } from 'node:worker_threads'
import type { Database } from '@headwater/infra/database'
import { LRUCache } from 'lru-cache'
import type { Viewer } from '../../viewer.ts'
import { funnel } from '../funnel.ts'
import { FunnelQuery, type FunnelQueryInput, type FunnelResult } from '../query.ts'
import { type Answer, changed, resultOf } from './answer.ts'
import type { Answers, Call, Reply, Request } from './messages.ts'

export interface FunnelColumns {
  /**
   * Answers as the `funnel` of SQL does, never older than the read models were when it was asked. Until the columns are loaded, and
   * while they are loaded anew after a rebuild, SQL answers.
   * @throws UnknownPlaybook
   */
  funnel(viewer: Viewer, query: FunnelQueryInput): Promise<FunnelResult>
  /** Settles when no columns are being loaded. */
  ready(): Promise<void>
  /** Of the columns, 0 while there are none; the ids of deals come on top. */
  bytes(): Promise<number>
  /** After it, nothing works in the background any more. */
  close(): Promise<void>
}

export interface FunnelColumnsOptions {
  readonly db: Database
  /** Starts the thread that keeps the columns, or a port to where they are kept: there `serveFunnelColumns` runs. */
  readonly start: () => Worker | MessagePort
  /** Told when columns could not be loaded or their thread has ended. SQL answers, and the next question has it tried again. */
  readonly onError: (error: unknown) => void
}

/** Begins to load at once, in another thread: neither that nor a funnel keeps this one from its work. */
export function openFunnelColumns(options: FunnelColumnsOptions): FunnelColumns {
  return new Client(options)
}

class ThreadEnded extends Error {
  override readonly name = 'ThreadEnded'
}

function ignoreEnd(error: unknown): undefined {
  if (!(error instanceof ThreadEnded)) throw error
}

/** Groups of all answers together, each some kilobytes. */
const keptGroups = 20_000

interface Waiting {
  readonly resolve: (answer: never) => void
  readonly reject: (error: unknown) => void
}

class Client implements FunnelColumns {
  private thread: Worker | MessagePort | undefined
  private closed = false
  private calls = 0
  private readonly answers = new LRUCache<string, Answer>({
    maxSize: keptGroups,
    sizeCalculation: ({ groups }) => groups.length + 1,
  })
  private readonly waiting = new Map<number, Waiting>()

  constructor(private readonly options: FunnelColumnsOptions) {
    this.start()
  }

  async funnel(viewer: Viewer, input: FunnelQueryInput): Promise<FunnelResult> {
    const query = FunnelQuery.parse(input)
    const key = JSON.stringify([viewer, query])
    const known = this.answers.get(key)
    const changes = await this.ask({
      kind: 'funnel',
      viewer,
      query,
      now: Date.now(),
      known: known && { panel: known.panel, revision: known.revision },
    }).catch(ignoreEnd)
    if (!changes) return funnel(this.options.db, viewer, query)
    const answer = changed(known, changes, query)
    this.answers.set(key, answer)
    return resultOf(answer, changes, query)
  }

  async ready(): Promise<void> {
    await this.ask({ kind: 'ready' })
  }

  bytes(): Promise<number> {
    return this.ask({ kind: 'bytes' })
  }

  async close(): Promise<void> {
    if (this.closed) return
    this.closed = true
    const { thread } = this
    if (!thread) return
    const ended = new Promise((resolve) => thread.once('threadId' in thread ? 'exit' : 'close', resolve))
    await this.ask({ kind: 'close' }).catch(ignoreEnd)
    if ('close' in thread) thread.close()
    await ended
  }

  private ask<K extends Request['kind']>(request: Request & { kind: K }): Promise<Answers[K]> {
    if (!this.closed) this.thread ?? this.start()
    const id = this.calls++
    return new Promise((resolve, reject) => {
      if (!this.thread) return reject(new ThreadEnded('the columns are closed'))
      this.waiting.set(id, { resolve, reject })
      this.thread.postMessage({ id, request } satisfies Call)
    })
  }

  private start(): void {
    const { start, onError } = this.options
    const thread = start()
    this.thread = thread
    thread.on('message', (reply: Reply) => {
      if ('fault' in reply) return onError(reply.fault)
      const waiting = this.waiting.get(reply.id)
      this.waiting.delete(reply.id)
      if ('error' in reply) waiting?.reject(reply.error)
      else waiting?.resolve(reply.answer as never)
    })
    thread.on('error', onError)
    for (const end of ['exit', 'close']) thread.on(end, () => this.ended())
  }

  private ended(): void {
    this.thread = undefined
    for (const { reject } of this.waiting.values()) reject(new ThreadEnded('the thread of the columns has ended'))
    this.waiting.clear()
  }
}
