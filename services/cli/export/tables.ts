// The tables of a read model, as they are at one moment or, of a replay, as they were.
import { createWriteStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { DuckDBConnection } from '@duckdb/node-api'
import type { KeyVault } from '@headwater/infra/ports'
import {
  type Column,
  type ReadModel,
  type RowKey,
  type Snapshot,
  snake,
  type Table,
  tablesOf,
} from '@headwater/projections'
import { isForgotten } from '@headwater/schema'
import { literal, meaningOf, ofPostgres, quoted } from './columns.ts'
import { copyTo, type Format, inFormat, typeIn } from './duck.ts'
import type { Draft, ExportedTable, ExportFolder } from './folder.ts'

/** By which column a table is divided into months; those that are not here are small, or tell no story in time. */
export const monthOf: Readonly<Record<string, string>> = {
  leads: 'capturedAt',
  lead_touches: 'occurredAt',
  customers: 'registeredAt',
  deals: 'openedAt',
  stage_visits: 'enteredAt',
  deal_blocks: 'fromAt',
  journey_touches: 'occurredAt',
  journey_links: 'occurredAt',
  journey_marks: 'occurredAt',
}

export interface TablesExport {
  readonly snapshot: Snapshot
  readonly vault: KeyVault
  readonly duck: DuckDBConnection
  readonly folder: ExportFolder
  readonly format: Format
  readonly personal: boolean
  readonly signal: AbortSignal
  onProgress(table: string, rows: number): void
  /** Rows in a part. */
  readonly partSize: number
}

/** What is exported of a read model, and where its tables are. */
export interface ModelAt {
  readonly model: ReadModel
  readonly schema: string
  /** Everything up to here is in them; null where nothing was recorded by then. */
  readonly position: string | null
}

type Exported = readonly (readonly [name: string, column: Column])[]

/** Goes on where the folder says, unless the read model has moved on since: then its tables are written anew. */
export async function exportTables(options: TablesExport, { model, schema, position }: ModelAt): Promise<void> {
  const { folder, personal } = options
  const tables = tablesOf(model).map(([, table]) => ({ table, columns: columnsOf(table, personal) }))
  const left = folder.source(model.name)
  if (left?.complete) return
  let source = left?.position === position ? left : undefined
  source ??= await folder.begin(
    model.name,
    position,
    tables.map(({ table, columns }) => exported(options.format, model, table, columns)),
  )
  const cursor = source.cursor as { readonly table: string; readonly after: RowKey } | null
  const from = cursor ? tables.findIndex(({ table }) => table.name === cursor.table) : 0
  for (const [i, { table, columns }] of tables.slice(from).entries()) {
    let after = i === 0 ? cursor?.after : undefined
    for (let rows = 0; ; ) {
      options.signal.throwIfAborted()
      const page = await options.snapshot.page(table, schema, after, options.partSize)
      if (!page) break
      const drafts = await draftsOf(options, table, columns, page, source.parts + 1)
      after = page.last
      source = await folder.commit(source, drafts, {
        cursor: { table: table.name, after: [...after] },
        complete: false,
      })
      rows += drafts.reduce((sum, draft) => sum + draft.rows, 0)
      options.onProgress(table.name, rows)
    }
  }
  await folder.commit(source, [], { cursor: source.cursor, complete: true })
}

const columnsOf = (table: Table, personal: boolean): Exported =>
  table.list.filter(([, column]) => !column.personal || (personal && column.personal.open))

function exported(format: Format, model: ReadModel, table: Table, columns: Exported): Omit<ExportedTable, 'rows'> {
  return {
    ...{ name: table.name, source: model.name, folder: table.name, monthly: table.name in monthOf },
    columns: columns.map(([name, { sql }]) => {
      const [column, type] = [snake(name), ofPostgres[sql]!]
      return { name: column, type: typeIn(format, type), meaning: meaningOf(column, type) }
    }),
  }
}

type Page = NonNullable<Awaited<ReturnType<Snapshot['page']>>>

/** One part of a table: a file, or one for each month. */
async function draftsOf(
  { vault, duck, folder, format }: TablesExport,
  table: Table,
  columns: Exported,
  page: Page,
  number: number,
): Promise<Draft[]> {
  const name = `part-${String(number).padStart(6, '0')}.${format}`
  const dir = join(folder.scratch, table.name)
  await mkdir(dir, { recursive: true })
  const file = (what: string) => join(dir, what)
  const plain = columns.filter(([, { personal }]) => !personal)
  const opened = columns.filter(([, { personal }]) => personal)

  const csv = page.csv(plain.map(([column]) => column))
  await pipeline(csv, createWriteStream(file('rows.csv')))
  const types = plain.map(([column, { sql }]) => `${literal(snake(column))}: ${literal(staged(sql))}`)
  let from = `read_csv(${literal(file('rows.csv'))}, auto_detect = false, header = false, delim = ',', quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false, columns = {${types.join(', ')}})`
  for (const [column, { personal }] of opened) {
    const values = (await page.values(column)) as readonly never[]
    const there = values.filter((value) => value !== null)
    const shown = (await personal!.open!(vault, there)).values()
    const text = (value: unknown) => (value === null ? null : JSON.stringify(withoutForgotten(shown.next().value)))
    const lines = values.map((value) => `${JSON.stringify({ value: text(value) })}\n`)
    const path = file(`${snake(column)}.jsonl`)
    await writeFile(path, lines.join(''))
    from += ` positional join (select value as ${quoted(snake(column))} from read_json(${literal(path)}, format = 'newline_delimited', columns = {'value': 'VARCHAR'}))`
  }
  await duck.run(`create or replace temp table part as select * from ${from}`)

  const list = columns
    .map(
      ([column, { sql }]) => `${inFormat(format, ofPostgres[sql]!, quoted(snake(column)))} as ${quoted(snake(column))}`,
    )
    .join(', ')
  const month = monthOf[table.name]
  if (month === undefined) {
    const rows = await copyTo(duck, `select ${list} from part`, file(name), format)
    return [{ table: table.name, draft: file(name), path: join(table.name, name), rows }]
  }
  const monthly = `strftime(${quoted(snake(month))}, '%Y-%m')`
  const found = await duck.runAndReadAll(`select distinct ${monthly} from part order by 1`)
  const drafts: Draft[] = []
  for (const [value] of found.getRows()) {
    const draft = file(`${value} ${name}`)
    const rows = await copyTo(duck, `select ${list} from part where ${monthly} = '${value}'`, draft, format)
    drafts.push({ table: table.name, draft, path: join(table.name, `month=${value}`, name), rows })
  }
  return drafts
}

/** JSON is passed on as the text that it is. */
const staged = (sql: string) => (sql === 'json' ? 'VARCHAR' : ofPostgres[sql]!)

/** Null in the place of what nobody can open any more. */
const withoutForgotten = (value: unknown) =>
  typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, field]) => [name, isForgotten(field) ? null : field]))
    : value
