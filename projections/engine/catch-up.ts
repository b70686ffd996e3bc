import { CheckpointMoved } from './checkpoints.ts'
import { inSmallHeap } from './heap.ts'
import { Projection, type Sources } from './projection.ts'
import type { ReadModel } from './read-model.ts'
import { currentCheckpoints } from './rebuild.ts'
import { type BatchLimits, type RunOptions, runAll } from './run.ts'

/** Large enough for a document's changes to be written together. Bounds the memory. */
const batch: BatchLimits = { documents: 8_000, events: 20_000 }

/**
 * Brings read models up to the log's end as it is now, in one pass, and returns. For programs that answer without a running projector;
 * safe beside one.
 * @throws PoisonEvent after the other models have caught up
 */
export async function catchUp(
  sources: Sources,
  models: readonly ReadModel[],
  options: Pick<RunOptions, 'signal' | 'onProgress'> = {},
): Promise<void> {
  const failures: unknown[] = []
  // Another projector at work is no failure: what it has done need not be done again.
  for (let left = models; left.length > 0; ) {
    const checkpoints = await currentCheckpoints(sources, left, options)
    const projections = left.map((model, i) => new Projection(sources, model, checkpoints[i]!, ''))
    const runners = await inSmallHeap(() => runAll(sources, projections, { ...options, batch }))
    const stopped = runners.filter(({ failed }) => failed)
    const moved = stopped.filter(({ failed }) => failed?.error instanceof CheckpointMoved)
    failures.push(...stopped.filter((runner) => !moved.includes(runner)).map(({ failed }) => failed?.error))
    left = moved.map(({ projection }) => projection.model)
  }
  if (failures.length > 0) throw failures[0]
}
