// How fresh a read model is: by the revision of one stream in it, never by a position in the log, as streams may come out of order.
import { setTimeout as delay } from 'node:timers/promises'
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

/** Tells this process's waiters which streams a read model has got to know further. */
export function announce(db: Database, model: ReadModel, revisions: ReadonlyMap<string, number>): void {
  watches.get(db)?.get(model)?.hear(revisions)
}

export interface WaitOptions {
  /** Default 5,000. */
  readonly timeoutMs?: number
  /** It was written just now: a look at the tables would come too soon, where a projector of this process announces what it gets to know. */
  readonly justWritten?: boolean
}

/**
 * Waits until the read model holds at least this revision of the stream. Woken at once by a projector of this process; one of another
 * process is noticed by polling.
 * @throws ReadModelBehind after `timeoutMs`
 */
export function waitFor(
  db: Database,
  model: ReadModel,
  { stream, revision }: { readonly stream: string; readonly revision: number },
  { timeoutMs = 5_000, justWritten = false }: WaitOptions = {},
): Promise<void> {
  const watched = watches.get(db) ?? new Map<ReadModel, Watch>()
  const watch = watched.get(model) ?? new Watch(db, model)
  watches.set(db, watched.set(model, watch))
  return watch.wait(stream, revision, timeoutMs, justWritten)
}

const watches = new WeakMap<Database, Map<ReadModel, Watch>>()

/** Between two looks at the tables, in milliseconds. */
const LOOK_MS = 10
/** Who waits for what was just written leaves the tables alone for so long, where announcements come. */
const TRUST_MS = 50
/** A projector of this process that has announced something within this time will announce the next, too. */
const HEARD_MS = 5_000

interface Waiter {
  readonly stream: string
  readonly revision: number
  readonly timeoutMs: number
  /** When to look at the tables for the first time. */
  readonly from: number
  readonly deadline: number
  resolve(): void
  reject(error: unknown): void
}

/** All who wait for a read model look at its tables together: each by itself, they would take the connections from who they wait for. */
class Watch {
  private readonly waiters = new Map<string, Set<Waiter>>()
  private looking = false
  private heard = Number.NEGATIVE_INFINITY

  constructor(
    private readonly db: Database,
    private readonly model: ReadModel,
  ) {}

  wait(stream: string, revision: number, timeoutMs: number, justWritten: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const now = performance.now()
      const from = justWritten && now - this.heard < HEARD_MS ? now + TRUST_MS : now
      const waiter = { stream, revision, timeoutMs, from, deadline: now + timeoutMs, resolve, reject }
      const others = this.waiters.get(stream)
      if (others) others.add(waiter)
      else this.waiters.set(stream, new Set([waiter]))
      if (!this.looking) void this.look()
    })
  }

  hear(revisions: ReadonlyMap<string, number>): void {
    if (revisions.size > 0) this.heard = performance.now()
    for (const [stream, revision] of revisions) this.seen(stream, revision)
  }

  private seen(stream: string, revision: number): void {
    for (const waiter of this.waiters.get(stream) ?? []) if (waiter.revision <= revision) this.take(waiter).resolve()
  }

  private async look(): Promise<void> {
    this.looking = true
    for (; this.waiters.size > 0; await delay(LOOK_MS)) {
      const started = performance.now()
      const waiters = [...this.waiters.values()].flatMap((some) => [...some].filter(({ from }) => from <= started))
      if (waiters.length === 0) continue
      try {
        const streams = new Set(waiters.map(({ stream }) => stream))
        const revisions = await revisionsOf(this.db, this.model, [...streams])
        for (const [stream, revision] of revisions) this.seen(stream, revision)
        for (const waiter of waiters) if (waiter.deadline <= started) this.giveUp(waiter)
      } catch (error) {
        for (const waiter of waiters) this.take(waiter).reject(error)
      }
    }
    this.looking = false
  }

  private giveUp(waiter: Waiter): void {
    const { stream, revision, timeoutMs, reject } = this.take(waiter)
    reject(new ReadModelBehind(this.model.name, stream, revision, timeoutMs))
  }

  private take(waiter: Waiter): Waiter {
    const others = this.waiters.get(waiter.stream)
    others?.delete(waiter)
    if (others?.size === 0) this.waiters.delete(waiter.stream)
    return waiter
  }
}

/** By stream, of its last event that the read model holds; those it does not know are left out, and all where it has no tables yet. */
async function revisionsOf(db: Database, model: ReadModel, streams: readonly string[]): Promise<Map<string, number>> {
  const root = model.root as Table
  const id = snake(root.key[0]!)
  const byId = new Map(streams.map((stream) => [streamId(stream), stream]))
  try {
    const { rows } = await db.pool.query<{ id: string; revision: number }>({
      name: `revisions-of-${root.name}`,
      text: `select ${id} as id, revision from read.${root.name} where ${id} = any($1)`,
      values: [[...byId.keys()]],
    })
    return new Map(rows.map(({ id, revision }) => [byId.get(id)!, revision]))
  } catch (error) {
    if ((error as { code?: string }).code === '42P01') return new Map()
    throw error
  }
}
