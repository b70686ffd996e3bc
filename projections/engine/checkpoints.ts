// Where each read model stands. The row is also the lock: whoever moves it on from where it was may write that batch, nobody else.
import { randomBytes } from 'node:crypto'
import type { MigrationStep } from '@headwater/infra/database'
import type { Position } from '@headwater/schema'
import type { QueryConfig } from 'pg'
import type { Queryable } from './rows.ts'

export type Slot = 'live' | 'rebuild' | `replay ${string}`

/** Where a set of tables of a read model stands. */
export interface Checkpoint {
  readonly model: string
  /** The live tables, or those of a rebuild or of a replay beside them. */
  readonly slot: Slot
  readonly version: number
  /** Names this set of tables: another one after a rebuild. */
  readonly generation: string
  /** Everything up to here is in the tables; undefined at the start. */
  readonly position: Position | undefined
  /** How many events were folded in. */
  readonly events: number
  /** What stopped it, where something did. */
  readonly failure: Failure | undefined
}

export interface Failure {
  /** Of the event that could not be applied; null where it was not one event's fault. */
  readonly position: Position | null
  readonly message: string
}

/** Somebody else moved the checkpoint on, or swapped the tables: read it again and go on from there. */
export class CheckpointMoved extends Error {
  override readonly name = 'CheckpointMoved'
  constructor({ model, slot, position }: Checkpoint) {
    super(`${model} (${slot}) is not at ${position ?? 'its start'} any more`)
  }
}

const create = `create table read.checkpoints (
  model text not null,
  slot text not null,
  version integer not null,
  generation text not null,
  position text collate "C",
  events bigint not null default 0,
  failure json,
  updated_at timestamptz not null default now(),
  primary key (model, slot))`

export const checkpointsTable: MigrationStep = { name: '001-checkpoints', up: (knex) => knex.raw(create) }

/** Of the names of a generation's tables, until they get their plain names. */
export function suffixOf({ version, generation }: Pick<Checkpoint, 'version' | 'generation'>): string {
  return `__v${version}_${generation}`
}

export function newGeneration(): string {
  return randomBytes(4).toString('hex')
}

const select = `select model, slot, version, generation, position, events::float8 as events, failure from read.checkpoints`

type CheckpointRow = Omit<Checkpoint, 'position' | 'failure'> & { position: Position | null; failure: Failure | null }

const fromRow = (row: CheckpointRow): Checkpoint => ({
  ...row,
  position: row.position ?? undefined,
  failure: row.failure ?? undefined,
})

export async function readCheckpoint(on: Queryable, model: string, slot: Slot): Promise<Checkpoint | undefined> {
  const { rows } = await on.query<CheckpointRow>(`${select} where model = $1 and slot = $2`, [model, slot])
  return rows[0] && fromRow(rows[0])
}

export async function readCheckpoints(on: Queryable, slot: Slot = 'live'): Promise<Checkpoint[]> {
  const { rows } = await on.query<CheckpointRow>(`${select} where slot = $1 order by model`, [slot])
  return rows.map(fromRow)
}

/** The suffixes of the tables that are being filled beside the model's live ones. */
export async function suffixesBeside(on: Queryable, model: string): Promise<string[]> {
  const { rows } = await on.query<CheckpointRow>(`${select} where model = $1 and slot <> 'live'`, [model])
  return rows.map(suffixOf)
}

/** False where there is one already. */
export async function addCheckpoint(
  on: Queryable,
  { model, slot, version, generation }: Pick<Checkpoint, 'model' | 'slot' | 'version' | 'generation'>,
): Promise<boolean> {
  const { rowCount } = await on.query(
    'insert into read.checkpoints (model, slot, version, generation) values ($1, $2, $3, $4) on conflict do nothing',
    [model, slot, version, generation],
  )
  return rowCount === 1
}

/**
 * Moves a checkpoint on, inside the transaction that writes what lies between. Where it is not where `from` says, it fails with
 * `NOT_THERE`: nothing of that transaction can be committed, not even what was sent before the answer came.
 */
export function advance(from: Checkpoint, position: Position, events: number): QueryConfig {
  return {
    name: 'read-checkpoint-advance',
    text: `with moved as (
        update read.checkpoints set position = $5, events = events + $6, failure = null, updated_at = now()
        where model = $1 and slot = $2 and generation = $3 and position is not distinct from $4 returning 1)
      select 1 / count(*) from moved`,
    values: [from.model, from.slot, from.generation, from.position ?? null, position, events],
  }
}

/** SQLSTATE division_by_zero: Postgres's plainest way of raising an error in a query. */
export const NOT_THERE = '22012'

/** Notes what stopped a read model, unless somebody else got it further. */
export async function fail(on: Queryable, at: Checkpoint, failure: Failure): Promise<void> {
  await on.query(
    `update read.checkpoints set failure = $5, updated_at = now()
      where model = $1 and slot = $2 and generation = $3 and position is not distinct from $4`,
    [at.model, at.slot, at.generation, at.position ?? null, JSON.stringify(failure)],
  )
}
