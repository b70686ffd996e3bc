// What differs between the tables of two replays, row by row, found by Postgres and handed on page by page.
import type { Database } from '@headwater/infra/database'
import { type ClientBase, escapeIdentifier } from 'pg'
import { NoSuchReplay, type RegisteredReplay, registeredReplays } from './replays.ts'
import { migrateOnce } from './setup.ts'
import { inTransaction } from './transaction.ts'

/** Values by column, as Postgres writes them; null where there is none. */
export type TextRow = Readonly<Record<string, string | null>>

/** A row that one side does not have, or has otherwise. */
export interface RowDifference {
  readonly table: string
  readonly kind: 'added' | 'removed' | 'changed'
  readonly key: TextRow
  /** The columns compared: before is the first replay's row, after the second's; of a changed row only those that differ. */
  readonly before: TextRow | null
  readonly after: TextRow | null
}

/** How many rows of a table differ. */
export interface TableDifference {
  readonly table: string
  readonly rowsBefore: number
  readonly rowsAfter: number
  readonly added: number
  readonly removed: number
  readonly changed: number
}

export interface DiffOptions {
  /** Only these tables; all that both have without it. */
  readonly tables?: readonly string[] | undefined
  /** Columns that tell which rows belong together; the primary key without it. */
  readonly key?: readonly string[] | undefined
  /** Only these columns are compared and shown. */
  readonly columns?: readonly string[] | undefined
  readonly onRow?: ((difference: RowDifference) => Promise<void> | void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** Two replays that cannot be compared as was asked. */
export class NotComparable extends Error {
  override readonly name = 'NotComparable'
}

const page = 2_000

/**
 * Compares two finished replays as they are at one moment; rows come in the order of the keys. Memory does not grow with the tables: Postgres joins
 * them, on disk where it must.
 * @throws NoSuchReplay, NotComparable
 */
export async function diffReplays(
  { db }: { readonly db: Database },
  before: string,
  after: string,
  options: DiffOptions = {},
): Promise<TableDifference[]> {
  await migrateOnce(db)
  const work = async (client: ClientBase) => {
    const sides = [await finished(client, before), await finished(client, after)] as const
    const done: TableDifference[] = []
    for (const table of commonTables(sides, options.tables)) done.push(await diffTable(client, sides, table, options))
    return done
  }
  return inTransaction(db, work, `begin isolation level repeatable read read only; set local time zone 'UTC'`)
}

async function finished(client: ClientBase, name: string): Promise<RegisteredReplay> {
  const made = (await registeredReplays(client)).filter(({ madeAt }) => madeAt !== null)
  const found = made.find((one) => one.name === name)
  if (!found)
    throw new NoSuchReplay(
      name,
      made.map((one) => one.name),
    )
  return found
}

type Sides = readonly [RegisteredReplay, RegisteredReplay]

function commonTables([before, after]: Sides, wanted: readonly string[] | undefined): readonly string[] {
  const plain = ({ tables }: RegisteredReplay) => tables!.map(({ table }) => table.slice(table.indexOf('.') + 1))
  const common = plain(before).filter((table) => plain(after).includes(table))
  if (common.length === 0)
    throw new NotComparable(`${before.name} is of ${before.model}, ${after.name} of ${after.model}: no table in common`)
  const missing = wanted?.find((table) => !common.includes(table))
  if (missing) throw new NotComparable(`there is no table ${missing} in both; there are: ${common.join(', ')}`)
  return wanted ?? common
}

async function diffTable(
  client: ClientBase,
  sides: Sides,
  table: string,
  options: DiffOptions,
): Promise<TableDifference> {
  const [a, b] = sides.map(({ schema }) => `${schema}.${escapeIdentifier(table)}`) as [string, string]
  const there = await columnsOf(client, a)
  const both = new Set((await columnsOf(client, b)).map(({ name }) => name))
  const known = there.filter(({ name }) => both.has(name))
  const pick = (names: readonly string[]) =>
    names.map((name) => {
      const found = known.find((column) => column.name === name)
      if (found) return found.name
      throw new NotComparable(
        `${table} has no column ${name}; it has: ${known.map((column) => column.name).join(', ')}`,
      )
    })
  const primary = there.filter(({ key }) => key).map(({ name }) => name)
  const key = pick(options.key ?? primary)
  const compared = pick(options.columns ?? known.map(({ name }) => name)).filter((name) => !key.includes(name))
  for (const side of options.key ? [a, b] : []) await refuseRepeats(client, table, side, key)

  await client.query(
    `declare differences no scroll cursor for ${differing([a, b], key, compared, options.key !== undefined)}`,
  )
  const counts = { added: 0, removed: 0, changed: 0 }
  for (;;) {
    options.signal?.throwIfAborted()
    const { rows } = await client.query<(string | null)[]>({ text: `fetch ${page} from differences`, rowMode: 'array' })
    for (const row of rows) {
      const difference = decode(table, key, compared, row)
      counts[difference.kind]++
      await options.onRow?.(difference)
    }
    if (rows.length < page) break
  }
  await client.query('close differences')
  const rowsOf = ({ tables, schema }: RegisteredReplay) =>
    tables!.find((one) => one.table === `${schema}.${table}`)!.rows
  return { table, rowsBefore: rowsOf(sides[0]), rowsAfter: rowsOf(sides[1]), ...counts }
}

interface TableColumn {
  readonly name: string
  readonly key: boolean
}

async function columnsOf(client: ClientBase, table: string): Promise<TableColumn[]> {
  const { rows } = await client.query<TableColumn>(
    `select attname as name, coalesce(attnum = any(indkey), false) as key
     from pg_attribute left join pg_index on indrelid = attrelid and indisprimary
     where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`,
    [table],
  )
  return rows
}

/** Rows would be paired many times over. */
async function refuseRepeats(client: ClientBase, table: string, side: string, key: readonly string[]): Promise<void> {
  const { rowCount } = await client.query(
    `select 1 from ${side} group by ${key.map(escapeIdentifier).join(', ')} having count(*) > 1 limit 1`,
  )
  if (rowCount)
    throw new NotComparable(`${table}: ${key.join(', ')} does not tell its rows apart; add a column to --key`)
}

/** Kind, key, then of each compared column the values before and after. Compared as texts: `json` knows no equality. */
function differing(
  [a, b]: readonly [string, string],
  key: readonly string[],
  compared: readonly string[],
  nullable: boolean,
): string {
  const ids = key.map(escapeIdentifier)
  const values = compared.map(escapeIdentifier)
  const pair = (side: string) => `row(${values.map((name) => `${side}.${name}::text`).join(', ')})`
  // As the text of a row where it is no primary key: nulls are equal there, and Postgres can hash it.
  const whole = (side: string) => `row(${ids.map((id) => `${side}.${id}`).join(', ')})::text`
  const on = nullable ? `${whole('a')} = ${whole('b')}` : ids.map((id) => `a.${id} = b.${id}`).join(' and ')
  return `
    select case when a.there is null then 'added' when b.there is null then 'removed' else 'changed' end,
      ${[...ids.map((id) => `coalesce(a.${id}, b.${id})::text`), ...values.flatMap((name) => [`a.${name}::text`, `b.${name}::text`])].join(', ')}
    from (select *, true as there from ${a}) a full join (select *, true as there from ${b}) b on ${on}
    where a.there is null or b.there is null ${values.length > 0 ? `or ${pair('a')} is distinct from ${pair('b')}` : ''}
    order by ${ids.map((id) => `coalesce(a.${id}, b.${id})`).join(', ')}`
}

function decode(
  table: string,
  key: readonly string[],
  compared: readonly string[],
  [kind, ...row]: readonly (string | null)[],
): RowDifference {
  const pairs = compared.map((name, i) => [name, row[key.length + 2 * i]!, row[key.length + 2 * i + 1]!] as const)
  const shown = kind === 'changed' ? pairs.filter(([, before, after]) => before !== after) : pairs
  return {
    table,
    kind: kind as RowDifference['kind'],
    key: Object.fromEntries(key.map((name, i) => [name, row[i]!])),
    before: kind === 'added' ? null : Object.fromEntries(shown.map(([name, before]) => [name, before])),
    after: kind === 'removed' ? null : Object.fromEntries(shown.map(([name, , after]) => [name, after])),
  }
}
