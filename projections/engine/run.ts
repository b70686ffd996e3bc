import type { EventBatch, EventFilter } from '@headwater/infra/ports'
import type { Position, RecordedEvent } from '@headwater/schema'
import { announce } from './freshness.ts'
import type { Projection, Sources } from './projection.ts'
import type { ReadModel } from './read-model.ts'

export interface Progress {
  readonly model: string
  readonly position: Position
  /** What lies after it is folded in memory only: a crash takes it back. */
  readonly written: Position | undefined
  /** Folded in so far by this run. */
  readonly events: number
  /** Events per second of this run. */
  readonly rate: number
  /** Of the log that it has behind it, up to where this run ends: from 0 to 1. */
  readonly share: number
  /** Until the end of this run, as fast as it went so far. */
  readonly secondsLeft: number
}

export interface RunOptions {
  readonly until?: Position | undefined
  readonly signal?: AbortSignal | undefined
  /** Told of every step, for each model. */
  readonly onProgress?: ((progress: Progress) => void) | undefined
  /** How much is folded in memory before it is written. */
  readonly batch?: BatchLimits | undefined
}

/** Of all the projections of a run together. */
export interface BatchLimits {
  readonly documents: number
  readonly events: number
}

/** While somebody may be waiting: small enough to be seen soon. */
const soonVisible: BatchLimits = { documents: 5_000, events: 5_000 }

/** Events looked at together at most: their documents are loaded in one query. */
const gathered = 2_000

/** So many that the planner's statistics may be wrong by far. */
const manyEvents = 2_000

export function filterOf(...models: readonly ReadModel[]): EventFilter {
  return { streamPrefixes: [...new Set(models.flatMap(({ streams }) => streams))] }
}

/**
 * Runs a projection through the log from its checkpoint to `until`, or to the log's end as it is now.
 * @returns how many events it has taken in
 * @throws CheckpointMoved
 * @throws PoisonEvent
 */
export async function runTo(sources: Sources, projection: Projection, options: RunOptions = {}): Promise<number> {
  const [runner] = await runAll(sources, [projection], options)
  if (runner?.failed) throw runner.failed.error
  return runner?.events ?? 0
}

/** How a projection has come through a run. */
export interface Runner {
  readonly projection: Projection
  readonly from: Position | undefined
  /** That it has taken in. */
  events: number
  /** What stopped it; it holds up none of the others. */
  failed: { readonly error: unknown } | undefined
}

/**
 * Runs projections through the log in one pass: each page is read once. They may stand at different positions; each takes what lies
 * after its own.
 */
export async function runAll(
  { log, db }: Sources,
  projections: readonly Projection[],
  { until, signal, onProgress, batch = soonVisible }: RunOptions = {},
): Promise<readonly Runner[]> {
  const started = performance.now()
  const end = until ?? (await log.head())
  const runners = projections.map((projection): Runner => {
    return { projection, from: projection.checkpoint.position, events: 0, failed: undefined }
  })
  const each = (step: (runner: Runner) => Promise<void>) =>
    Promise.all(
      runners.map(async (runner) => {
        if (runner.failed) return
        await step(runner).catch((error) => {
          runner.failed ??= { error }
        })
      }),
    )
  const tell = ({ projection, from, events }: Runner, position: Position) => {
    if (!onProgress || end === undefined) return
    const { model, position: written } = projection.checkpoint
    const seconds = (performance.now() - started) / 1000
    const share = log.share(position, end)
    const gained = share - (from === undefined ? 0 : log.share(from, end))
    const secondsLeft = gained > 0 ? (seconds * (1 - share)) / gained : 0
    onProgress({ model, position, written, events, rate: events / seconds, share, secondsLeft })
  }
  const take = ({ events, position }: EventBatch) =>
    each(async (runner) => {
      const { projection, from } = runner
      const before = projection.taken
      await projection.take(eventsFor(projection.model, events), position)
      runner.events += projection.taken - before
      if (from === undefined || from < position) tell(runner, position)
    })
  const flush = () =>
    each(async ({ projection }) => {
      const revisions = await projection.flush()
      if (projection.checkpoint.slot === 'live') announce(db, projection.model, revisions)
    })
  const filter = filterOf(...projections.map(({ model }) => model))
  const pages = log.readAll({ after: earliest(projections), until: end, filter, signal })
  let written: Promise<unknown> = Promise.resolve()
  try {
    for await (const page of gather(pages, Math.min(gathered, batch.events))) {
      signal?.throwIfAborted()
      await take(page)
      const going = projections.filter((_, i) => !runners[i]!.failed)
      if (going.length === 0) break
      const size = (of: 'changed' | 'taken') => going.reduce((sum, projection) => sum + projection[of], 0)
      if (size('changed') < batch.documents && size('taken') < batch.events) continue
      // The next pages are read and folded while this is written.
      await written
      written = flush()
    }
  } finally {
    // Nothing is written behind the back of who was told that this has ended.
    await written
  }
  // An aborted read ends early, and without an error.
  signal?.throwIfAborted()
  await flush()
  for (const runner of runners) {
    const { position } = runner.projection.checkpoint
    if (!runner.failed && position !== undefined) tell(runner, position)
  }
  signal?.throwIfAborted()
  await each(async ({ projection, events }) => {
    if (events >= manyEvents) await projection.analyze()
  })
  return runners
}

function earliest(projections: readonly Projection[]): Position | undefined {
  const positions = projections.map(({ checkpoint }) => checkpoint.position)
  return positions.includes(undefined) ? undefined : positions.sort()[0]
}

/** Those of the model's streams. */
export function eventsFor({ streams }: ReadModel, events: readonly RecordedEvent[]): RecordedEvent[] {
  return events.filter(({ stream }) => streams.some((prefix) => stream.startsWith(prefix)))
}

/** Pages of so many events, but for the last. */
async function* gather(pages: AsyncIterable<EventBatch>, size: number): AsyncGenerator<EventBatch> {
  let events: readonly RecordedEvent[] = []
  let position: Position | undefined
  for await (const page of pages) {
    events = events.length === 0 ? page.events : [...events, ...page.events]
    position = page.position
    for (; events.length > size; events = events.slice(size))
      yield { events: events.slice(0, size), position: events[size - 1]!.position }
    if (events.length < size) continue
    yield { events, position }
    events = []
    position = undefined
  }
  if (position !== undefined) yield { events, position }
}
