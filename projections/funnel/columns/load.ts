// From the read models' tables into columns, as they are at one version.
import { once } from 'node:events'
import type { Database } from '@headwater/infra/database'
import type { EventLog } from '@headwater/infra/ports'
import { type Position, streamId } from '@headwater/schema'
import { type ClientBase, escapeLiteral } from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { dealsModel } from '../../deals/fold.ts'
import { type Checkpoint, readCheckpoints } from '../../engine/checkpoints.ts'
import type { Queryable } from '../../engine/rows.ts'
import { filterOf } from '../../engine/run.ts'
import { inTransaction } from '../../engine/transaction.ts'
import { organisationModel } from '../../organisation/fold.ts'
import { playbooksModel } from '../../playbooks/fold.ts'
import { Bit, type Block, type Columns, type RegionPeriod, type Visit } from './columns.ts'

/** How far the read models behind a funnel are: another one whenever they took in an event, or were built anew. */
export interface Version {
  /** Each names a state of one read model. */
  readonly deals: string
  readonly organisation: string
  readonly playbooks: string
  /** Of the tables of deals: within it, rows change only by events. */
  readonly generation: string
  readonly position: Position | undefined
  readonly events: number
}

export const sameVersion = (a: Version | undefined, b: Version) =>
  a?.deals === b.deals && a.organisation === b.organisation && a.playbooks === b.playbooks

export async function readVersion(on: Queryable): Promise<Version> {
  const checkpoints = await readCheckpoints(on)
  const of = ({ name }: { name: string }) => checkpoints.find(({ model }) => model === name)
  const state = (checkpoint: Checkpoint | undefined) => `${checkpoint?.generation ?? ''}/${checkpoint?.events ?? 0}`
  const deals = of(dealsModel)
  return {
    deals: state(deals),
    organisation: state(of(organisationModel)),
    playbooks: state(of(playbooksModel)),
    generation: `${deals?.version}/${deals?.generation}`,
    position: deals?.position,
    events: deals?.events ?? 0,
  }
}

/**
 * A snapshot that no swap of tables can tear: names are looked up as of now, rows as of the snapshot, so the tables are held before it is
 * taken.
 */
const snapshot = `begin isolation level repeatable read read only;
  lock table read.deals, read.stage_visits, read.deal_blocks, read.store_regions in access share mode;
  set local jit = off`

/** Runs `use` on tables that all are at the version it is given. */
export function atVersion<T>(db: Database, use: (client: ClientBase, version: Version) => Promise<T>): Promise<T> {
  return inTransaction(db, async (client) => use(client, await readVersion(client)), snapshot)
}

/** Streams of deals that changed after `after`, up to `until`. */
export async function changedDeals(log: EventLog, after: Position | undefined, until: Position | undefined) {
  const ids = new Set<string>()
  if (until === undefined) return ids
  for await (const { events } of log.readAll({ after, until, filter: filterOf(dealsModel) }))
    for (const { stream } of events) ids.add(streamId(stream))
  return ids
}

const pageOfDeals = 10_000

/** Loads the deals that follow `after` in order of their ids, one page of them. @returns the last one's id */
export async function loadPage(client: ClientBase, columns: Columns, after: string): Promise<string | undefined> {
  const { rows } = await client.query<{ last: string | null }>({
    text: `select max(deal_id) as last from (
      select deal_id from read.deals where deal_id > $1 order by deal_id limit ${pageOfDeals}) page`,
    values: [after],
  })
  const last = rows[0]?.last ?? undefined
  if (last !== undefined)
    await copyDeals(
      client,
      columns,
      `where v.deal_id > ${escapeLiteral(after)} and v.deal_id <= ${escapeLiteral(last)}`,
    )
  return last
}

export async function loadRegions(client: ClientBase, columns: Columns): Promise<void> {
  const { rows } = await client.query<RegionPeriod & { store: string }>(
    `select store_id as store, period_no as "periodNo", region_id as region, date_part('epoch', from_at) * 1000 as "from",
       coalesce(date_part('epoch', to_at) * 1000, 'infinity') as "to"
     from read.store_regions order by period_no`,
  )
  const byStore = new Map<string, RegionPeriod[]>()
  for (const { store, ...period } of rows) {
    const known = byStore.get(store)
    if (known) known.push(period)
    else byStore.set(store, [period])
  }
  columns.setRegions(byStore)
}

/** @returns the deals' numbers */
export async function loadDeals(client: ClientBase, columns: Columns, ids: readonly string[]): Promise<number[]> {
  if (ids.length === 0) return []
  const wanted = `join unnest(array[${ids.map(escapeLiteral).join(', ')}]) as wanted(deal_id) using (deal_id)`
  return copyDeals(client, columns, wanted)
}

/** @param which a join or a condition on `v`, the table's rows */
async function copyDeals(client: ClientBase, columns: Columns, which: string): Promise<number[]> {
  const numbers: number[] = []
  await copyByDeal(client, visitsOf.replace('WHICH', which), visitOf, (id, visits) =>
    numbers.push(columns.setDeal(id, visits)),
  )
  await copyByDeal(client, blocksOf.replace('WHICH', which), blockOf, (id, blocks) => columns.setBlocks(id, blocks))
  return numbers
}

const epoch = (column: string) => `date_part('epoch', ${column})`

const visitsOf = `select v.deal_id, playbook_id, playbook_version, stage, ${epoch('since')}, ${epoch('entered_at')},
    ${epoch('entered_recorded_at')}, ${epoch('exited_at')}, ${epoch('exited_recorded_at')}, since_clock, exited_clock,
    case when entry_kind = 'continue' then ${Bit.continued} else 0 end + case when to_next then ${Bit.toNext} else 0 end
      + case when entry_flagged then ${Bit.entryFlagged} else 0 end + case when exit_flagged then ${Bit.exitFlagged} else 0 end
      + case exit_kind when 'migrate' then ${Bit.migrated} when 'won' then ${Bit.won} when 'lost' then ${Bit.lost} else 0 end,
    loss_reason, skipped, store_id, rep_id, channel, product_line, segment, campaign
  from read.stage_visits v WHICH order by v.deal_id, visit_no`

const blocksOf = `select v.deal_id, visit_no, reason, ${epoch('from_at')}, ${epoch('from_recorded_at')}
  from read.deal_blocks v WHICH order by v.deal_id, block_no`

type Field = string | null

const number = (field: Field) => (field === null ? Number.NaN : Number(field))
/** Postgres gives seconds, the nearest double to whole milliseconds. */
const ms = (field: Field) => (field === null ? Number.NaN : Math.round(Number(field) * 1000))

function visitOf(fields: readonly Field[]): Visit {
  return {
    playbook: fields[1]!,
    version: Number(fields[2]),
    stage: fields[3]!,
    since: ms(fields[4]!),
    entered: ms(fields[5]!),
    enteredRecorded: ms(fields[6]!),
    exited: ms(fields[7]!),
    exitedRecorded: ms(fields[8]!),
    sinceClock: number(fields[9]!),
    exitedClock: number(fields[10]!),
    bits: Number(fields[11]),
    lossReason: fields[12]!,
    skipped: fields[13]!,
    store: fields[14]!,
    rep: fields[15]!,
    channel: fields[16]!,
    productLine: fields[17]!,
    segment: fields[18]!,
    campaign: fields[19]!,
  }
}

function blockOf(fields: readonly Field[]): Block {
  return {
    visitNo: Number(fields[1]),
    reason: fields[2]!,
    from: ms(fields[3]!),
    fromRecorded: ms(fields[4]!),
  }
}

/** Reads rows in COPY's text format, and hands them on deal by deal. */
async function copyByDeal<T>(
  client: ClientBase,
  sql: string,
  rowOf: (fields: readonly Field[]) => T,
  use: (id: string, rows: T[]) => void,
): Promise<void> {
  const stream = client.query(copyTo(`copy (${sql}) to stdout`))
  let id: string | undefined
  let rows: T[] = []
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop()!
    for (const line of lines) {
      const fields = line.split('\t').map(unescaped)
      if (fields[0] !== id) {
        if (id !== undefined) use(id, rows)
        id = fields[0]!
        rows = []
      }
      rows.push(rowOf(fields))
    }
  })
  await once(stream, 'end')
  if (id !== undefined) use(id, rows)
}

const escapes: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

function unescaped(field: string): Field {
  if (!field.includes('\\')) return field
  return field === '\\N' ? null : field.replace(/\\(.)/gs, (_, character: string) => escapes[character] ?? character)
}
