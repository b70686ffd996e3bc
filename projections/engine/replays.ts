// The register of replays: what each was asked for, and what it holds. Their tables are in schemas of their own.
import type { MigrationStep } from '@headwater/infra/database'
import type { Instant, Position } from '@headwater/schema'
import type { Queryable } from './rows.ts'

/** A read model replayed, or being replayed, into a schema of its own. */
export interface Replay {
  readonly name: string
  /** Where its tables are, under their plain names. */
  readonly schema: string
  readonly model: string
  readonly version: number
  /** What it was asked for: a position, an instant, or `head`. */
  readonly until: string
  /** Of the facts up to there only those that had occurred by this instant; all where it is null. */
  readonly occurredUntil: Instant | null
  /** Everything up to here is in the tables; null where nothing was in the log by then. */
  readonly position: Position | null
  /** Folded in; null while it is under way, as the next two are. */
  readonly events: number | null
  readonly tables: readonly ReplayTable[] | null
  readonly madeAt: Instant | null
}

export interface ReplayTable {
  /** With its schema. */
  readonly table: string
  readonly rows: number
}

/** There is a replay, or a schema, of this name already. */
export class ReplayNameTaken extends Error {
  override readonly name = 'ReplayNameTaken'
}

export class InvalidReplayName extends Error {
  override readonly name = 'InvalidReplayName'
  constructor(name: string) {
    super(`"${name}" is no name for a replay: use a to z, 0 to 9 and _, a letter first, at most 40 of them`)
  }
}

export class NoSuchReplay extends Error {
  override readonly name = 'NoSuchReplay'
  constructor(replay: string, known: readonly string[]) {
    super(`there is no replay ${replay}; there are: ${known.join(', ') || 'none'}`)
  }
}

/** Of a name, at most one is finished and one under way: it will take the finished one's place. */
const create = `create table read.replays (
  name text not null,
  generation text not null,
  model text not null,
  version integer not null,
  until text not null,
  position text collate "C",
  events bigint,
  tables json,
  made_at timestamptz,
  primary key (name, generation));
create unique index replays_once on read.replays (name, (made_at is null))`

export const replaysTable: MigrationStep = { name: '002-replays', up: (knex) => knex.raw(create) }
export const replaysOccurredUntil: MigrationStep = {
  name: '003-replays-occurred-until',
  up: (knex) => knex.raw('alter table read.replays add column occurred_until timestamptz'),
}

/** @throws InvalidReplayName */
export function schemaOf(name: string): string {
  if (!/^[a-z][a-z0-9_]{0,39}$/.test(name)) throw new InvalidReplayName(name)
  return `replay_${name}`
}

/** One, and its set of tables. */
export type RegisteredReplay = Replay & { readonly generation: string }

/** By name, or all; the finished ones first. */
export async function registeredReplays(on: Queryable, name?: string): Promise<RegisteredReplay[]> {
  type Stored = Omit<RegisteredReplay, 'madeAt' | 'occurredUntil'>
  const { rows } = await on.query<Stored & { madeAt: Date | null; occurredUntil: Date | null }>(
    `select name, 'replay_' || name as schema, generation, model, version, until, position, events::float8 as events, tables,
       occurred_until as "occurredUntil", made_at as "madeAt"
     from read.replays where $1::text is null or name = $1 order by name, made_at nulls last`,
    [name],
  )
  const instantOf = (at: Date | null) => at?.toISOString() ?? null
  return rows.map((row) => ({ ...row, occurredUntil: instantOf(row.occurredUntil), madeAt: instantOf(row.madeAt) }))
}

export async function register(
  on: Queryable,
  replay: Omit<RegisteredReplay, 'schema' | 'events' | 'tables' | 'madeAt'>,
): Promise<void> {
  const { name, generation, model, version, until, occurredUntil, position } = replay
  await on.query(
    `insert into read.replays (name, generation, model, version, until, occurred_until, position)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [name, generation, model, version, until, occurredUntil, position],
  )
}

export async function unregister(on: Queryable, { name, generation }: RegisteredReplay): Promise<void> {
  await on.query('delete from read.replays where name = $1 and generation = $2', [name, generation])
}

export async function registerFinished(
  on: Queryable,
  { name, generation }: RegisteredReplay,
  { events, tables }: { readonly events: number; readonly tables: readonly ReplayTable[] },
): Promise<void> {
  await on.query(
    'update read.replays set events = $3, tables = $4, made_at = now() where name = $1 and generation = $2',
    [name, generation, events, JSON.stringify(tables)],
  )
}
