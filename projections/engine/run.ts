import type { EventBatch, EventFilter } from '@headwater/infra/ports'
import type { Position, RecordedEvent } from '@headwater/schema'
import { announce } from './freshness.ts'
import type { Projection, Sources } from './projection.ts'
import type { ReadModel } from './read-model.ts'

export interface Progress {
  readonly model: string
  readonly position: Position
  /** Folded in so far by this run. */
  readonly events: number
  /** Events per second of this run. */
  readonly rate: number
}

/** Events folded at once while catching up: large enough for COPY to pay, small enough for flat memory. */
export const catchUpBatch = 5_000

/** So many that the planner's statistics may be wrong by far. */
const manyEvents = 2_000

export function filterOf(model: ReadModel): EventFilter {
  return { streamPrefixes: model.streams }
}

/**
 * Runs a projection through the log from its checkpoint to `until`, or to the log's end as it is now. The next page is read while one is
 * folded.
 * @throws CheckpointMoved
 * @throws PoisonEvent
 */
export async function runTo(
  { log, db }: Sources,
  projection: Projection,
  options: {
    until?: Position | undefined
    batch?: number
    signal?: AbortSignal | undefined
    onProgress?: ((progress: Progress) => void) | undefined
  } = {},
): Promise<number> {
  const { model } = projection
  const { until, signal, batch = catchUpBatch } = options
  const started = performance.now()
  let events = 0
  const pages = log.readAll({ after: projection.checkpoint.position, until, filter: filterOf(model), signal })
  for await (const page of ahead(gather(pages, batch))) {
    signal?.throwIfAborted()
    const revisions = await projection.apply(page.events, page.position)
    if (projection.checkpoint.slot === 'live') announce(db, model, revisions)
    events += page.events.length
    const rate = events / ((performance.now() - started) / 1000)
    options.onProgress?.({ model: model.name, position: page.position, events, rate })
  }
  // An aborted read ends early, and without an error.
  signal?.throwIfAborted()
  if (events >= manyEvents) await projection.analyze()
  return events
}

/** Pages of at least `size` events, but for the last. */
async function* gather(pages: AsyncIterable<EventBatch>, size: number): AsyncGenerator<EventBatch> {
  let events: RecordedEvent[] = []
  let position: Position | undefined
  for await (const page of pages) {
    events.push(...page.events)
    position = page.position
    if (events.length < size) continue
    yield { events, position }
    events = []
    position = undefined
  }
  if (position !== undefined) yield { events, position }
}

/** Asks for the next value while the last one is worked on. */
async function* ahead<T>(values: AsyncGenerator<T>): AsyncGenerator<T> {
  let next = values.next()
  try {
    for (;;) {
      const { done, value } = await next
      if (done) return
      next = values.next()
      // Its failure is met at the next round; until then it is nobody's.
      next.catch(() => {})
      yield value
    }
  } finally {
    await next.catch(() => {})
    await values.return(undefined)
  }
}
