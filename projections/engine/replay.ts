// A replay folds the log again, up to some place in it, into a schema of its own: for whoever asks what the tables looked like then.
import { randomBytes } from 'node:crypto'
import type { Database } from '@headwater/infra/database'
import type { Instant, Position } from '@headwater/schema'
import type { ClientBase } from 'pg'
import { addCheckpoint, CheckpointMoved, readCheckpoint, type Slot } from './checkpoints.ts'
import { Projection, type Sources } from './projection.ts'
import type { ReadModel } from './read-model.ts'
import type { Queryable } from './rows.ts'
import { type RunOptions, runTo } from './run.ts'
import { migrateOnce } from './setup.ts'
import { createIndexes, createTables, nameAt, type Place, tablesOf } from './storage.ts'
import { inTransaction } from './transaction.ts'

/** A replay that was made, or is being made. */
export interface Replay {
  readonly name: string
  /** Where its tables are, under their plain names. */
  readonly schema: string
  readonly model: string
  readonly version: number
  /** The last place in the log that it takes in; null: the log was empty. */
  readonly until: Position | null
  /** How far it is. */
  readonly position: Position | null
  /** Folded in so far. */
  readonly events: number
  readonly beganAt: Instant
  /** Null while it is not complete. */
  readonly completedAt: Instant | null
}

export interface ReplayOptions extends Pick<RunOptions, 'signal' | 'onProgress'> {
  readonly name: string
  /** Inclusive; without it, the log's end as it is now. */
  readonly until?: Position | undefined
  /** Instead of another replay of this name, which is dropped. */
  readonly replace?: boolean | undefined
}

export class InvalidReplayName extends Error {
  override readonly name = 'InvalidReplayName'
  constructor(value: string) {
    super(`"${value}" cannot name a replay: write a small letter, then up to 23 of a-z 0-9 _`)
  }
}

/** The name belongs to another replay. */
export class ReplayExists extends Error {
  override readonly name = 'ReplayExists'
  constructor(readonly replay: Replay) {
    super(
      `there is a replay ${replay.name} already, of ${replay.model} up to ${replay.until ?? 'the start'}: choose another name, or replace it`,
    )
  }
}

/** The log has not come that far. */
export class BeyondLog extends Error {
  override readonly name = 'BeyondLog'
  constructor(position: Position, head: Position | undefined) {
    super(`position ${position} is beyond the end of the log, which is ${head ?? 'empty'}`)
  }
}

/**
 * Folds the log into tables of their own; live ones and their checkpoints are not touched. What was killed or aborted goes on where it was
 * when it is asked for again, and what is complete is not made again.
 * @throws InvalidReplayName, ReplayExists, BeyondLog, PoisonEvent; the signal's reason
 */
export async function replay(sources: Sources, model: ReadModel, options: ReplayOptions): Promise<Replay> {
  const { db, log } = sources
  const { name, until } = options
  if (!/^[a-z][a-z0-9_]{0,23}$/.test(name)) throw new InvalidReplayName(name)
  const head = await log.head()
  if (until !== undefined && log.eventsBetween(head, until) > 0) throw new BeyondLog(until, head)
  await migrateOnce(db)
  const begun = await inTransaction(db, (client) => begin(client, model, options, head))
  const place = placeOf(name)
  while (begun.until !== null) {
    const at = (await readCheckpoint(db.pool, model.name, slotOf(name)))!
    try {
      await runTo(sources, new Projection(sources, model, at, place), { ...options, until: begun.until })
      break
    } catch (error) {
      // Somebody else is at the same replay: what they have done need not be done again.
      if (!(error instanceof CheckpointMoved)) throw error
    }
  }
  await inTransaction(db, async (client) => {
    await createIndexes(client, model, place)
    await client.query('update read.replays set completed_at = coalesce(completed_at, now()) where name = $1', [name])
  })
  return (await findReplay(db.pool, name))!
}

/** All of them, by name. */
export async function listReplays(db: Database): Promise<Replay[]> {
  await migrateOnce(db)
  const { rows } = await db.pool.query<ReplayRow>(`${select} order by r.name`)
  return rows.map(fromRow)
}

/** Rows in each table of a replay. */
export async function replayRows(
  { pool }: Database,
  { name }: Replay,
  model: ReadModel,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const [, table] of tablesOf(model)) {
    const { rows } = await pool.query<{ n: number }>(
      `select count(*)::float8 as n from ${nameAt(table, placeOf(name))}`,
    )
    counts[table.name] = rows[0]!.n
  }
  return counts
}

/** False where there is none of that name. */
export async function dropReplay(db: Database, name: string): Promise<boolean> {
  await migrateOnce(db)
  return inTransaction(db, async (client) => {
    const known = await findReplay(client, name)
    if (known) await drop(client, known)
    return known !== undefined
  })
}

const placeOf = (name: string): Place => ({ schema: `replay_${name}`, suffix: '' })
const slotOf = (name: string): Slot => `replay ${name}`

/** A new one, or the rest of the same one. */
async function begin(
  client: ClientBase,
  model: ReadModel,
  { name, until, replace }: ReplayOptions,
  head: Position | undefined,
): Promise<Replay> {
  await client.query(`select pg_advisory_xact_lock(hashtextextended('headwater.replay.' || $1, 0))`, [name])
  const known = await findReplay(client, name)
  if (known) {
    const isSame = known.model === model.name && known.version === model.version
    // Up to the log's end means another place each time, once it is complete.
    if (isSame && (until === undefined ? !known.completedAt : until === known.until)) return known
    if (!replace) throw new ReplayExists(known)
    await drop(client, known)
  }
  const place = placeOf(name)
  await client.query(`create schema ${place.schema}`)
  await createTables(client, model, place)
  const { name: of, version } = model
  await addCheckpoint(client, { model: of, slot: slotOf(name), version, generation: randomBytes(4).toString('hex') })
  const values = [name, of, version, until ?? head ?? null]
  await client.query('insert into read.replays (name, model, version, until) values ($1, $2, $3, $4)', values)
  return (await findReplay(client, name))!
}

async function drop(client: ClientBase, { name, model }: Replay): Promise<void> {
  await client.query(`drop schema if exists ${placeOf(name).schema} cascade`)
  await client.query('delete from read.checkpoints where model = $1 and slot = $2', [model, slotOf(name)])
  await client.query('delete from read.replays where name = $1', [name])
}

const select = `select r.name, r.model, r.version, r.until, c.position, c.events::float8 as events, r.began_at, r.completed_at
  from read.replays r join read.checkpoints c on c.model = r.model and c.slot = 'replay ' || r.name`

interface ReplayRow extends Pick<Replay, 'name' | 'model' | 'version' | 'until' | 'position' | 'events'> {
  readonly began_at: Date
  readonly completed_at: Date | null
}

const fromRow = ({ began_at, completed_at, ...row }: ReplayRow): Replay => ({
  ...row,
  schema: placeOf(row.name).schema,
  beganAt: began_at.toISOString(),
  completedAt: completed_at?.toISOString() ?? null,
})

async function findReplay(on: Queryable, name: string): Promise<Replay | undefined> {
  const { rows } = await on.query<ReplayRow>(`${select} where r.name = $1`, [name])
  return rows[0] && fromRow(rows[0])
}
