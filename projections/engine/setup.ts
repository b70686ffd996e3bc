// The live tables of a read model: made where missing, replaced where they are of an older version.
import { type Database, migrate } from '@headwater/infra/database'
import { addCheckpoint, type Checkpoint, checkpointsTable, readCheckpoint } from './checkpoints.ts'
import type { ReadModel } from './read-model.ts'
import { replaysOccurredUntil, replaysTable } from './replays.ts'
import { createIndexes, createTables } from './storage.ts'
import { inTransaction } from './transaction.ts'

/** The live tables are of a newer version of the model than this program's: it must not write into them. */
export class ModelSuperseded extends Error {
  override readonly name = 'ModelSuperseded'
  constructor(
    readonly model: string,
    readonly version: number,
  ) {
    super(`${model} is at version ${version} already: a newer program keeps it`)
  }
}

/**
 * The live checkpoint, with tables made at first use. Its version may be older than the model's: then rebuild.
 * @throws ModelSuperseded
 */
export async function liveCheckpoint(db: Database, model: ReadModel): Promise<Checkpoint> {
  const found = (await existing(db, model)) ?? (await create(db, model))
  if (found.version > model.version) throw new ModelSuperseded(model.name, found.version)
  return found
}

/** Makes the live tables of these models where there are none yet, so that queries find them. @throws ModelSuperseded */
export async function prepareTables(db: Database, models: readonly ReadModel[]): Promise<void> {
  for (const model of models) await liveCheckpoint(db, model)
}

async function existing(db: Database, model: ReadModel): Promise<Checkpoint | undefined> {
  await migrateOnce(db)
  return readCheckpoint(db.pool, model.name, 'live')
}

async function create(db: Database, model: ReadModel): Promise<Checkpoint> {
  await inTransaction(db, async (client) => {
    const { name, version } = model
    // Whoever adds the checkpoint makes the tables; the others wait here until they are there.
    if (!(await addCheckpoint(client, { model: name, slot: 'live', version, generation: '' }))) return
    await createTables(client, model, '')
    await createIndexes(client, model, '')
  })
  return (await readCheckpoint(db.pool, model.name, 'live'))!
}

const migrated = new WeakMap<Database, Promise<void>>()

/** Makes the tables of checkpoints and replays, once for each open database. */
export function migrateOnce(db: Database): Promise<void> {
  let done = migrated.get(db)
  if (!done) {
    done = migrate(db, 'read', [checkpointsTable, replaysTable, replaysOccurredUntil])
    migrated.set(db, done)
    done.catch(() => migrated.delete(db))
  }
  return done
}
