// A rebuild fills a set of tables of its own beside the live one, and takes its place when it has caught up.
import { setTimeout as delay } from 'node:timers/promises'
import type { ClientBase } from 'pg'
import {
  addCheckpoint,
  type Checkpoint,
  CheckpointMoved,
  newGeneration,
  readCheckpoint,
  suffixesBeside,
  suffixOf,
} from './checkpoints.ts'
import { inSmallHeap } from './heap.ts'
import { Projection, type Sources } from './projection.ts'
import type { ReadModel } from './read-model.ts'
import { type BatchLimits, type Runner, type RunOptions, runAll, runTo } from './run.ts'
import { liveCheckpoint, ModelSuperseded } from './setup.ts'
import { createIndexes, createTables, dropTablesBut, LIVE, lockLiveTables, nameTables } from './storage.ts'
import { inTransaction } from './transaction.ts'

export type RebuildOptions = Pick<RunOptions, 'signal' | 'onProgress' | 'batch'>

/** What a document goes through within one batch is written once. Bounds the memory. */
export const rebuildBatch: BatchLimits = { documents: 4_000, events: 20_000 }

/** Builds one read model anew, as `rebuildAll`. @returns the live checkpoint after the swap */
export async function rebuild(sources: Sources, model: ReadModel, options: RebuildOptions = {}): Promise<Checkpoint> {
  const [checkpoint] = await rebuildAll(sources, [model], options)
  return checkpoint!
}

/**
 * Builds read models anew from the whole log, which is read once for all of them, beside the live tables, and swaps each in one
 * transaction. What was killed goes on where it was; two at once share the work.
 * @returns the live checkpoints after the swap
 * @throws PoisonEvent after the other models were built, and leaves that model's live tables as they are
 * @throws ModelSuperseded
 */
export async function rebuildAll(
  sources: Sources,
  models: readonly ReadModel[],
  options: RebuildOptions = {},
): Promise<readonly Checkpoint[]> {
  const begun = new Map<ReadModel, Checkpoint | undefined>()
  for (const model of models) {
    await liveCheckpoint(sources.db, model)
    begun.set(model, await begin(sources, model))
  }
  const done = new Map<ReadModel, Checkpoint>()
  while (done.size < begun.size) {
    const projections: Projection[] = []
    for (const [model, { generation } = { generation: undefined }] of begun) {
      if (done.has(model)) continue
      const at = await readCheckpoint(sources.db.pool, model.name, 'rebuild')
      if (at && at.generation === generation) projections.push(new Projection(sources, model, at, suffixOf(at)))
      // Gone: another rebuild of this model has finished it.
      else done.set(model, await liveCheckpoint(sources.db, model))
    }
    const failures: unknown[] = []
    for (const { projection, failed } of await fill(sources, projections, options))
      try {
        if (failed) throw failed.error
        done.set(projection.model, await swapWhenFree(sources, projection, options.signal))
      } catch (error) {
        if (!isFinishedElsewhere(error)) failures.push(error)
      }
    if (failures.length > 0) throw failures[0]
  }
  return models.map((model) => done.get(model)!)
}

/** Somebody else at the same work has moved the checkpoint on, or swapped the tables away (SQLSTATE undefined_table). */
export function isFinishedElsewhere(error: unknown): boolean {
  return error instanceof CheckpointMoved || (error as { code?: unknown }).code === '42P01'
}

/** The live checkpoints, of today's versions of the models: after a rebuild of those that were older. @throws ModelSuperseded */
export async function currentCheckpoints(
  sources: Sources,
  models: readonly ReadModel[],
  options: RebuildOptions = {},
): Promise<readonly Checkpoint[]> {
  const outdated: ReadModel[] = []
  for (const model of models)
    if ((await liveCheckpoint(sources.db, model)).version !== model.version) outdated.push(model)
  await rebuildAll(sources, outdated, options)
  return Promise.all(models.map((model) => liveCheckpoint(sources.db, model)))
}

/** The rebuild that is under way, or a new one with empty tables; undefined where another one began and ended just now. */
function begin({ db }: Sources, model: ReadModel): Promise<Checkpoint | undefined> {
  return inTransaction(db, async (client) => {
    const left = await readCheckpoint(client, model.name, 'rebuild')
    if (left?.version === model.version) return left
    if (left) await discard(client, model)
    const { name, version } = model
    const fresh = { model: name, slot: 'rebuild', version, generation: newGeneration() } as const
    if (await addCheckpoint(client, fresh)) await createTables(client, model, suffixOf(fresh))
    return readCheckpoint(client, name, 'rebuild')
  })
}

async function discard(client: ClientBase, model: ReadModel): Promise<void> {
  const { name } = model
  await client.query(`delete from read.checkpoints where model = $1 and slot = 'rebuild'`, [name])
  await dropTablesBut(client, model, [LIVE, ...(await suffixesBeside(client, name))])
}

/** Brings the tables to the log's end as it is then, with their indexes: those are made when most rows are there. */
async function fill(sources: Sources, projections: readonly Projection[], options: RebuildOptions): Promise<Runner[]> {
  const filled = await inSmallHeap(() => runAll(sources, projections, { batch: rebuildBatch, ...options }))
  await Promise.all(
    filled.map(async (runner) => {
      const { model, checkpoint } = runner.projection
      if (runner.failed) return
      await createIndexes(sources.db.pool, model, suffixOf(checkpoint)).catch((error) => {
        runner.failed = { error }
      })
    }),
  )
  const failed = filled.filter((runner) => runner.failed)
  const sound = filled.filter((runner) => !runner.failed).map(({ projection }) => projection)
  return [...failed, ...(await runAll(sources, sound, options))]
}

/** SQLSTATE lock_not_available. */
const isBusy = (error: unknown) => (error as { code?: unknown }).code === '55P03'
const busyMs = 500

/** Where queries hold the live tables for long, it lets others through and tries again. */
async function swapWhenFree(sources: Sources, projection: Projection, signal?: AbortSignal): Promise<Checkpoint> {
  for (;;) {
    try {
      return await inTransaction(sources.db, (client) => swap(sources, client, projection))
    } catch (error) {
      if (!isBusy(error)) throw error
      await delay(busyMs, undefined, { signal })
    }
  }
}

async function swap(sources: Sources, client: ClientBase, projection: Projection): Promise<Checkpoint> {
  const { model } = projection
  // Holds the live projector where it is; so what is left to catch up with is little, and readers never go back in time.
  await client.query(`select 1 from read.checkpoints where model = $1 and slot = 'live' for update`, [model.name])
  const live = (await readCheckpoint(client, model.name, 'live'))!
  if (live.version > model.version) throw new ModelSuperseded(model.name, live.version)
  if (live.position !== undefined && live.position > (projection.checkpoint.position ?? ''))
    await runTo(sources, projection, { until: live.position })
  await lockLiveTables(client, model)
  const { version, generation, position, events } = projection.checkpoint
  const { rowCount } = await client.query(
    `delete from read.checkpoints where model = $1 and slot = 'rebuild' and generation = $2 and position is not distinct from $3`,
    [model.name, generation, position ?? null],
  )
  if (rowCount !== 1) throw new CheckpointMoved(projection.checkpoint)
  const suffix = suffixOf(projection.checkpoint)
  await dropTablesBut(client, model, [suffix, ...(await suffixesBeside(client, model.name))])
  await nameTables(client, model, suffix)
  await client.query(
    `update read.checkpoints set version = $2, generation = $3, position = $4, events = $5, failure = null, updated_at = now()
     where model = $1 and slot = 'live'`,
    [model.name, version, generation, position ?? null, events],
  )
  return { ...projection.checkpoint, slot: 'live' }
}
