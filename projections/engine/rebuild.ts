// A rebuild fills a set of tables of its own beside the live one, and takes its place when it has caught up.
import { randomBytes } from 'node:crypto'
import type { ClientBase } from 'pg'
import { addCheckpoint, type Checkpoint, CheckpointMoved, readCheckpoint } from './checkpoints.ts'
import { Projection, type Sources } from './projection.ts'
import type { ReadModel } from './read-model.ts'
import { type Progress, runTo } from './run.ts'
import { liveCheckpoint, ModelSuperseded } from './setup.ts'
import { createIndexes, createTables, dropTables, renameToLive } from './storage.ts'
import { inTransaction } from './transaction.ts'

export interface RebuildOptions {
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: Progress) => void) | undefined
}

/** Larger than while catching up: what a document goes through within one batch is written once. */
const rebuildBatch = 20_000

/**
 * Builds the read model anew from the whole log, beside the live tables, and swaps them in one transaction. One that was
 * killed goes on where it was; two at once share the work.
 * @returns the live checkpoint after the swap
 * @throws PoisonEvent and leaves the live tables as they are
 * @throws ModelSuperseded
 */
export async function rebuild(sources: Sources, model: ReadModel, options: RebuildOptions = {}): Promise<Checkpoint> {
  await liveCheckpoint(sources.db, model)
  const begun = await begin(sources, model)
  for (;;) {
    const at = await readCheckpoint(sources.db.pool, model.name, 'rebuild')
    // Gone: another rebuild of this model has finished it.
    if (!at || at.generation !== begun?.generation) return liveCheckpoint(sources.db, model)
    try {
      return await fillAndSwap(sources, new Projection(sources, model, at, suffixOf(at)), options)
    } catch (error) {
      if (!isFinishedElsewhere(error)) throw error
    }
  }
}

/** Another rebuild of the model has moved the checkpoint on, or swapped the tables away (SQLSTATE undefined_table). */
function isFinishedElsewhere(error: unknown): boolean {
  return error instanceof CheckpointMoved || (error as { code?: unknown }).code === '42P01'
}

/** The live checkpoint, of today's version of the model: after a rebuild where it was an older one. @throws ModelSuperseded */
export async function currentCheckpoint(sources: Sources, model: ReadModel, options: RebuildOptions = {}) {
  const live = await liveCheckpoint(sources.db, model)
  return live.version === model.version ? live : rebuild(sources, model, options)
}

/** The rebuild that is under way, or a new one with empty tables; undefined where another one began and ended just now. */
function begin({ db }: Sources, model: ReadModel): Promise<Checkpoint | undefined> {
  return inTransaction(db, async (client) => {
    const left = await readCheckpoint(client, model.name, 'rebuild')
    if (left?.version === model.version) return left
    if (left) await discard(client, model, left)
    const { name, version } = model
    const fresh = { model: name, slot: 'rebuild', version, generation: randomBytes(4).toString('hex') } as const
    if (await addCheckpoint(client, fresh)) await createTables(client, model, suffixOf(fresh))
    return readCheckpoint(client, name, 'rebuild')
  })
}

async function discard(client: ClientBase, model: ReadModel, checkpoint: Checkpoint): Promise<void> {
  await dropTables(client, model, suffixOf(checkpoint))
  await client.query(`delete from read.checkpoints where model = $1 and slot = 'rebuild'`, [model.name])
}

function suffixOf({ version, generation }: Pick<Checkpoint, 'version' | 'generation'>): string {
  return `__v${version}_${generation}`
}

async function fillAndSwap(sources: Sources, projection: Projection, options: RebuildOptions): Promise<Checkpoint> {
  const { db } = sources
  await runTo(sources, projection, { ...options, batch: rebuildBatch })
  await createIndexes(db.pool, projection.model, suffixOf(projection.checkpoint))
  await runTo(sources, projection, options)
  return inTransaction(db, (client) => swap(sources, client, projection))
}

async function swap(sources: Sources, client: ClientBase, projection: Projection): Promise<Checkpoint> {
  const { model } = projection
  // Holds the live projector where it is; so what is left to catch up with is little, and readers never go back in time.
  await client.query(`select 1 from read.checkpoints where model = $1 and slot = 'live' for update`, [model.name])
  const live = (await readCheckpoint(client, model.name, 'live'))!
  if (live.version > model.version) throw new ModelSuperseded(model.name, live.version)
  if (live.position !== undefined && live.position > (projection.checkpoint.position ?? ''))
    await runTo(sources, projection, { until: live.position })
  const { version, generation, position, events } = projection.checkpoint
  const { rowCount } = await client.query(
    `delete from read.checkpoints where model = $1 and slot = 'rebuild' and generation = $2 and position is not distinct from $3`,
    [model.name, generation, position ?? null],
  )
  if (rowCount !== 1) throw new CheckpointMoved(projection.checkpoint)
  await renameToLive(client, model, suffixOf(projection.checkpoint))
  await client.query(
    `update read.checkpoints set version = $2, generation = $3, position = $4, events = $5, failure = null, updated_at = now()
     where model = $1 and slot = 'live'`,
    [model.name, version, generation, position ?? null, events],
  )
  return { ...projection.checkpoint, slot: 'live' }
}
