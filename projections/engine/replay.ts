// A replay builds one read model, as it was at some place of the log, into a schema of its own, for analysts. Nothing is to be seen of it before it
// is whole.
import type { Instant, Position } from '@headwater/schema'
import type { ClientBase } from 'pg'
import {
  addCheckpoint,
  type Checkpoint,
  CheckpointMoved,
  newGeneration,
  readCheckpoint,
  suffixOf,
} from './checkpoints.ts'
import { occurredBy } from './occurred-by.ts'
import { Projection, type Sources } from './projection.ts'
import type { ReadModel } from './read-model.ts'
import { isFinishedElsewhere, type RebuildOptions, rebuildBatch } from './rebuild.ts'
import {
  NoSuchReplay,
  type RegisteredReplay,
  type Replay,
  ReplayNameTaken,
  type ReplayTable,
  register,
  registeredReplays,
  registerFinished,
  schemaOf,
  unregister,
} from './replays.ts'
import type { Queryable } from './rows.ts'
import { runTo } from './run.ts'
import { migrateOnce } from './setup.ts'
import {
  analyzeTables,
  createIndexes,
  createTables,
  dropGeneration,
  nameTables,
  physicalName,
  tablesOf,
} from './storage.ts'
import { inTransaction } from './transaction.ts'

export interface ReplayOptions extends RebuildOptions {
  /** Lower-case letters, digits and `_`; the tables come into the schema `replay_<name>`. */
  readonly name: string
  /** Up to this position, or to what had been recorded at this instant, both inclusive; to the end of the log as it is now without it. */
  readonly until?: { readonly position: Position } | { readonly recordedAt: Instant } | undefined
  /** Of these facts only those that had occurred by this instant of business time, inclusive. */
  readonly occurredUntil?: Instant | undefined
  /** Takes the place of the replay that has the name, once it is whole. */
  readonly replace?: boolean | undefined
}

/** The log does not go as far as was asked. */
export class PositionBeyondHead extends Error {
  override readonly name = 'PositionBeyondHead'
  constructor(
    readonly position: Position,
    readonly head: Position | undefined,
  ) {
    super(`the log does not go as far as ${position}: ${head === undefined ? 'it is empty' : `it ends at ${head}`}`)
  }
}

/**
 * Replays a read model beside everything that goes on. One that was killed or aborted goes on where it was when it is asked for again in
 * the same words; two at once share the work.
 * @throws InvalidReplayName, ReplayNameTaken, PositionBeyondHead, ForeignPosition, PoisonEvent; NoSuchReplay where it was dropped meanwhile
 */
export async function replay(sources: Sources, model: ReadModel, options: ReplayOptions): Promise<Replay> {
  const { db } = sources
  schemaOf(options.name)
  await migrateOnce(db)
  const begun = await begin(sources, model, options)
  const seen = options.occurredUntil === undefined ? model : occurredBy(model, options.occurredUntil)
  for (;;) {
    const at = await readCheckpoint(db.pool, model.name, slotOf(options.name))
    if (at?.generation !== begun.generation) return finished(sources, begun)
    try {
      return await fillAndPublish(sources, seen, begun, at, options)
    } catch (error) {
      if (!isFinishedElsewhere(error)) throw error
    }
  }
}

/** All replays by name, those under way among them. */
export async function listReplays({ db }: Pick<Sources, 'db'>): Promise<Replay[]> {
  await migrateOnce(db)
  return (await registeredReplays(db.pool)).map(shown)
}

/** Drops a replay, finished or under way. @throws NoSuchReplay */
export function dropReplay(sources: Pick<Sources, 'db'>, name: string): Promise<void> {
  return removeAll(sources, name, () => true)
}

/**
 * Takes back a replay that is under way or was interrupted: whoever runs it ends with NoSuchReplay. A finished one whose place it was to take
 * stays. @throws NoSuchReplay
 */
export function cancelReplay(sources: Pick<Sources, 'db'>, name: string): Promise<void> {
  return removeAll(sources, name, ({ madeAt }) => madeAt === null)
}

async function removeAll(
  { db }: Pick<Sources, 'db'>,
  name: string,
  wanted: (one: RegisteredReplay) => boolean,
): Promise<void> {
  await migrateOnce(db)
  await inTransaction(db, async (client) => {
    await hold(client, name)
    const found = (await registeredReplays(client, name)).filter(wanted)
    if (found.length === 0) throw await noSuch(client, name, wanted)
    for (const one of found) await remove(client, one)
  })
}

const slotOf = (name: string) => `replay ${name}` as const

function shown({ generation: _, ...replay }: RegisteredReplay): Replay {
  return replay
}

/** Nobody else begins, publishes or drops a replay of this name until the transaction ends. */
async function hold(client: ClientBase, name: string): Promise<void> {
  await client.query(`select pg_advisory_xact_lock(hashtextextended('headwater.replay.' || $1, 0))`, [name])
}

async function noSuch(on: Queryable, name: string, wanted = (_: RegisteredReplay) => true): Promise<NoSuchReplay> {
  const names = (await registeredReplays(on)).filter(wanted).map((known) => known.name)
  return new NoSuchReplay(name, [...new Set(names)])
}

/** Under whose name another one has finished it. */
async function finished({ db }: Sources, { name, generation }: RegisteredReplay): Promise<Replay> {
  const found = (await registeredReplays(db.pool, name)).find((one) => one.generation === generation)
  if (!found) throw await noSuch(db.pool, name)
  return shown(found)
}

/** The one under way that was asked for in the same words, or a new one with empty tables. */
async function begin(sources: Sources, model: ReadModel, options: ReplayOptions): Promise<RegisteredReplay> {
  const { name, replace = false } = options
  const occurredUntil = options.occurredUntil ?? null
  const asked = { ...(await resolve(sources, options.until)), occurredUntil }
  return inTransaction(sources.db, async (client) => {
    await hold(client, name)
    const there = await registeredReplays(client, name)
    const done = there.find(({ madeAt }) => madeAt !== null)
    const left = there.find(({ madeAt }) => madeAt === null)
    if (!done) await refuseForeignSchema(client, schemaOf(name))
    else if (!replace)
      throw new ReplayNameTaken(
        `there is a replay ${name} already, of ${done.model} until ${done.until}: replace or drop it`,
      )
    const same = left?.model === model.name && left.until === asked.until && left.occurredUntil === asked.occurredUntil
    if (left && same && left.version === model.version) return left
    if (left && !same && !replace)
      throw new ReplayNameTaken(
        `a replay ${name} of ${left.model} until ${left.until} is unfinished: replay that to complete it, or replace it`,
      )
    if (left) await remove(client, left)
    const { name: modelName, version } = model
    const fresh = { model: modelName, slot: slotOf(name), version, generation: newGeneration() } as const
    await addCheckpoint(client, fresh)
    await createTables(client, model, suffixOf(fresh))
    await register(client, { name, ...fresh, ...asked })
    return (await registeredReplays(client, name)).find(({ generation }) => generation === fresh.generation)!
  })
}

async function refuseForeignSchema(client: ClientBase, schema: string): Promise<void> {
  const { rows } = await client.query('select 1 from pg_namespace where nspname = $1', [schema])
  if (rows.length > 0) throw new ReplayNameTaken(`there is a schema ${schema} already, which is no replay`)
}

async function resolve({ log }: Sources, until: ReplayOptions['until']) {
  const head = await log.head()
  if (until === undefined) return { until: 'head', position: head ?? null }
  if ('recordedAt' in until)
    return { until: until.recordedAt, position: (await log.positionAt(until.recordedAt)) ?? null }
  const { position } = until
  log.share(position, head ?? position)
  if (head === undefined || position > head) throw new PositionBeyondHead(position, head)
  return { until: position, position }
}

async function fillAndPublish(
  sources: Sources,
  model: ReadModel,
  begun: RegisteredReplay,
  at: Checkpoint,
  { signal, onProgress, batch = rebuildBatch }: ReplayOptions,
): Promise<Replay> {
  const { pool } = sources.db
  const suffix = suffixOf(at)
  const projection = new Projection(sources, model, at, suffix)
  if (begun.position !== null) await runTo(sources, projection, { until: begun.position, signal, onProgress, batch })
  await createIndexes(pool, model, suffix)
  await analyzeTables(pool, model, suffix)
  const tables: ReplayTable[] = []
  for (const [, table] of tablesOf(model)) {
    const { rows } = await pool.query<{ n: number }>(
      `select count(*)::float8 as n from read.${physicalName(table, suffix)}`,
    )
    tables.push({ table: `${begun.schema}.${table.name}`, rows: rows[0]!.n })
  }
  signal?.throwIfAborted()
  await inTransaction(sources.db, (client) => publish(client, model, begun, projection.checkpoint, tables))
  return finished(sources, begun)
}

async function publish(
  client: ClientBase,
  model: ReadModel,
  begun: RegisteredReplay,
  checkpoint: Checkpoint,
  tables: readonly ReplayTable[],
): Promise<void> {
  await hold(client, begun.name)
  const now = await readCheckpoint(client, model.name, slotOf(begun.name))
  if (now?.generation !== begun.generation || now.position !== checkpoint.position)
    throw new CheckpointMoved(checkpoint)
  for (const one of await registeredReplays(client, begun.name)) if (one.madeAt !== null) await remove(client, one)
  await client.query(`create schema ${begun.schema}`)
  await nameTables(client, model, suffixOf(checkpoint), begun.schema)
  await client.query('delete from read.checkpoints where model = $1 and slot = $2', [model.name, slotOf(begun.name)])
  await registerFinished(client, begun, { events: now.events, tables })
}

/** With its tables. */
async function remove(client: ClientBase, one: RegisteredReplay): Promise<void> {
  if (one.madeAt !== null) await client.query(`drop schema if exists ${schemaOf(one.name)} cascade`)
  else {
    await client.query('delete from read.checkpoints where model = $1 and slot = $2', [one.model, slotOf(one.name)])
    await dropGeneration(client, suffixOf(one))
  }
  await unregister(client, one)
}
