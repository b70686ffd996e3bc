// From Postgres's text to typed rows: the tables' own columns say how, so the driver is kept from parsing.
import type { Database } from '@headwater/infra/database'
import type { ClientBase } from 'pg'
import { columnList, type Row, type Table } from './table.ts'

export type Queryable = ClientBase | Database['pool']

const raw = { getTypeParser: () => (text: string) => text }

export interface SelectOptions {
  /** The table's name with its schema; the live one unless given. */
  readonly from?: string
  /** Of the prepared statement, for what is asked again and again. */
  readonly name?: string
}

/** `rest` is what follows `from <table> t`. */
export async function selectRows<T extends Table>(
  on: Queryable,
  of: T,
  rest: string,
  values: readonly unknown[] = [],
  { from = `read.${of.name}`, name }: SelectOptions = {},
): Promise<Row<T>[]> {
  const sql = `select ${columnList(of, 't.')} from ${from} t ${rest}`
  const { rows } = await on.query<(string | null)[]>({
    text: sql,
    ...(name !== undefined && { name }),
    values: [...values],
    rowMode: 'array',
    types: raw as never,
  })
  const columns = of.list
  return rows.map((row) => {
    const decoded: Record<string, unknown> = {}
    columns.forEach(([name, column], i) => {
      const text = row[i]
      decoded[name] = text === null || text === undefined ? null : column.decode(text)
    })
    return of.copy(decoded) as Row<T>
  })
}

/** Values of a row in Postgres's text format, in the order of the columns. */
export function encodeRow(of: Table, row: object): (string | null)[] {
  return of.list.map(([name, column]) => {
    const value = (row as Record<string, unknown>)[name]
    return value === null || value === undefined ? null : column.encode(value)
  })
}

/** Values of a row as a line of COPY's text format. */
export function copyLine(of: Table, row: object): string {
  const values = row as Record<string, unknown>
  let line = ''
  let separator = ''
  for (const [name, column] of of.list) {
    const value = values[name]
    line += separator
    separator = '\t'
    line += value === null || value === undefined ? '\\N' : column.copy(value)
  }
  return `${line}\n`
}
