import { CheckpointMoved } from './checkpoints.ts'
import { Projection, type Sources } from './projection.ts'
import type { ReadModel } from './read-model.ts'
import { currentCheckpoint } from './rebuild.ts'
import { type Progress, runTo } from './run.ts'

/**
 * Brings read models up to the log's end as it is now, and returns. For programs that answer without a running projector; safe
 * beside one.
 * @throws PoisonEvent
 */
export async function catchUp(
  sources: Sources,
  models: readonly ReadModel[],
  options: { signal?: AbortSignal; onProgress?: (progress: Progress) => void } = {},
): Promise<void> {
  await Promise.all(
    models.map((model) =>
      repeatWhileMoved(async () => {
        const projection = new Projection(sources, model, await currentCheckpoint(sources, model, options), '')
        await runTo(sources, projection, options)
      }),
    ),
  )
}

/** Another projector at work is no failure: what it has done need not be done again. */
async function repeatWhileMoved(run: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await run()
    } catch (error) {
      if (!(error instanceof CheckpointMoved)) throw error
    }
  }
}
