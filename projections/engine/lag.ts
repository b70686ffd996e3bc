import type { Instant } from '@headwater/schema'
import { type Checkpoint, readCheckpoint } from './checkpoints.ts'
import type { Sources } from './projection.ts'
import type { ReadModel } from './read-model.ts'
import { filterOf } from './run.ts'
import { migrateOnce } from './setup.ts'

export interface Lag {
  readonly model: string
  /** Undefined where it has never run. */
  readonly checkpoint: Checkpoint | undefined
  /** Events not yet folded in; counted up to `limit`. */
  readonly events: number
  /** When the log took the oldest of them; null where there is none. */
  readonly since: Instant | null
}

/** How far read models are behind the log. Counts no further than `limit`, default 10,000. */
export async function lag(
  { db, log }: Pick<Sources, 'db' | 'log'>,
  models: readonly ReadModel[],
  { limit = 10_000 }: { limit?: number } = {},
): Promise<Lag[]> {
  await migrateOnce(db)
  return Promise.all(
    models.map(async (model) => {
      const checkpoint = await readCheckpoint(db.pool, model.name, 'live')
      let events = 0
      let since: Instant | null = null
      for await (const page of log.readAll({ after: checkpoint?.position, filter: filterOf(model) })) {
        since ??= page.events[0]?.recordedAt ?? null
        events += page.events.length
        if (events >= limit) break
      }
      return { model: model.name, checkpoint, events: Math.min(events, limit), since }
    }),
  )
}
