// How fresh a read model is: by the revision of one stream in it, never by a position in the log, as streams may come out of order.
import { EventEmitter } from 'node:events'
import type { Database } from '@headwater/infra/database'
import { streamId } from '@headwater/schema'
import type { ReadModel } from './read-model.ts'
import { snake, type Table } from './table.ts'

/** Within the time allowed, the read model did not get as far as asked. */
export class ReadModelBehind extends Error {
  override readonly name = 'ReadModelBehind'
  constructor(
    readonly model: string,
    readonly stream: string,
    readonly revision: number,
    readonly timeoutMs: number,
  ) {
    super(`${model} has not seen revision ${revision} of ${stream} within ${timeoutMs} ms`)
  }
}

const emitters = new WeakMap<Database, EventEmitter>()

function emitterOf(db: Database): EventEmitter {
  let emitter = emitters.get(db)
  if (!emitter) {
    emitter = new EventEmitter().setMaxListeners(0)
    emitters.set(db, emitter)
  }
  return emitter
}

const topic = (model: ReadModel, stream: string) => `${model.name} ${stream}`

/** Tells this process's waiters which streams a read model has got to know further. */
export function announce(db: Database, model: ReadModel, revisions: ReadonlyMap<string, number>): void {
  const emitter = emitters.get(db)
  if (!emitter || emitter.eventNames().length === 0) return
  for (const [stream, revision] of revisions) emitter.emit(topic(model, stream), revision)
}

/**
 * Waits until the read model holds at least this revision of the stream. Woken at once by a projector of this process; one of another
 * process is noticed by polling.
 * @throws ReadModelBehind after `timeoutMs`, default 5 s
 */
export async function waitFor(
  db: Database,
  model: ReadModel,
  { stream, revision }: { readonly stream: string; readonly revision: number },
  { timeoutMs = 5_000, signal }: { timeoutMs?: number; signal?: AbortSignal } = {},
): Promise<void> {
  const deadline = performance.now() + timeoutMs
  let seen = false
  let wake = () => {}
  const onRevision = (at: number) => {
    if (at < revision) return
    seen = true
    wake()
  }
  const onAbort = () => wake()
  const emitter = emitterOf(db).on(topic(model, stream), onRevision)
  signal?.addEventListener('abort', onAbort)
  try {
    for (
      let pause = 10;
      !seen && (await revisionOf(db, model, stream)) < revision;
      pause = Math.min(200, pause * 1.5)
    ) {
      const left = deadline - performance.now()
      if (left <= 0) throw new ReadModelBehind(model.name, stream, revision, timeoutMs)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(pause, left))
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
        if (seen || signal?.aborted) wake()
      })
      signal?.throwIfAborted()
    }
  } finally {
    emitter.off(topic(model, stream), onRevision)
    signal?.removeEventListener('abort', onAbort)
  }
}

/** Of the stream's last event that the read model holds; −1 for none, and where the model has no tables yet. */
async function revisionOf(db: Database, model: ReadModel, stream: string): Promise<number> {
  const root = model.root as Table
  try {
    const { rows } = await db.pool.query<{ revision: number }>({
      name: `revision-of-${root.name}`,
      text: `select revision from read.${root.name} where ${snake(root.key[0]!)} = $1`,
      values: [streamId(stream)],
    })
    return rows[0]?.revision ?? -1
  } catch (error) {
    if ((error as { code?: string }).code === '42P01') return -1
    throw error
  }
}
