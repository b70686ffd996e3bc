// Read models as they are at one moment, page by page in the order of their keys, for who carries them elsewhere.
import type { Readable } from 'node:stream'
import type { Database } from '@headwater/infra/database'
import { type ClientBase, escapeLiteral } from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { type Checkpoint, readCheckpoint } from './checkpoints.ts'
import type { ReadModel } from './read-model.ts'
import { selectRows } from './rows.ts'
import { liveCheckpoint } from './setup.ts'
import { snake, type Table } from './table.ts'
import { inTransaction } from './transaction.ts'

/** Values of the primary key, as Postgres writes them. */
export type RowKey = readonly string[]

/** Rows that follow each other; `last` is the key of the last one. */
export interface TablePage {
  readonly last: RowKey
  /** These columns (property names) as CSV without a header, as Postgres writes it: RFC 4180, null as nothing, instants in UTC. To be read to its end. */
  csv(columns: readonly string[]): Readable
  /** The values of one column, in the same order. */
  values(column: string): Promise<readonly unknown[]>
}

export interface Snapshot {
  /** Where the model's live tables are. */
  checkpoint(model: ReadModel): Promise<Checkpoint>
  /** The next rows after a key, at most `size`; undefined where there are none. `schema` is a replay's, or `read`. */
  page(table: Table, schema: string, after: RowKey | undefined, size: number): Promise<TablePage | undefined>
}

/** What is read within sees one state of all tables, whatever is written meanwhile; one thing at a time. */
export async function withSnapshot<T>(
  db: Database,
  models: readonly ReadModel[],
  use: (snapshot: Snapshot) => Promise<T>,
): Promise<T> {
  for (const model of models) await liveCheckpoint(db, model)
  const begin = `begin isolation level repeatable read read only; set local time zone 'UTC'`
  return inTransaction(
    db,
    (client) =>
      use({
        checkpoint: async ({ name }) => (await readCheckpoint(client, name, 'live'))!,
        page: (table, schema, after, size) => pageOf(client, table, `${schema}.${table.name}`, after, size),
      }),
    begin,
  )
}

async function pageOf(
  client: ClientBase,
  table: Table,
  from: string,
  after: RowKey | undefined,
  size: number,
): Promise<TablePage | undefined> {
  const key = table.key.map((name) => `t.${snake(name)}`)
  const order = `order by ${key.join(', ')}`
  const place = (values: RowKey) => `(${values.map(escapeLiteral).join(', ')})`
  const beyond = after ? `(${key.join(', ')}) > ${place(after)}` : 'true'
  const names = key.map((name) => `${name}::text`).join(', ')
  const keyAt = async (rest: string) => {
    const { rows } = await client.query<string[]>({ text: `select ${names} from ${from} t ${rest}`, rowMode: 'array' })
    return rows[0]
  }
  const last =
    (await keyAt(`where ${beyond} ${order} offset ${size - 1} limit 1`)) ??
    (await keyAt(`where ${beyond} order by ${key.map((name) => `${name} desc`).join(', ')} limit 1`))
  if (!last) return undefined
  const rest = `where ${beyond} and (${key.join(', ')}) <= ${place(last)} ${order}`
  return {
    last,
    csv(columns) {
      const list = columns.map((name) => `t.${snake(name)}`).join(', ')
      return client.query(copyTo(`copy (select ${list} from ${from} t ${rest}) to stdout (format csv)`))
    },
    values: async (column) =>
      (await selectRows(client, table, rest, [], { from })).map(
        (row) => (row as Readonly<Record<string, unknown>>)[column],
      ),
  }
}
