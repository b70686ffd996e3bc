// The tables of one generation of a read model: made, filled, renamed, dropped.

import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Database } from '@headwater/infra/database'
import { type ClientBase, escapeLiteral, type QueryConfig } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { Document, ReadModel } from './read-model.ts'
import { copyLine, encodeRow, type Queryable, selectRows } from './rows.ts'
import { columnList, snake, type Table } from './table.ts'

/** The tables of a model by the names they have in its documents. */
export function tablesOf(model: ReadModel): readonly (readonly [part: string, table: Table])[] {
  return [['root', model.root as Table], ...Object.entries(model.parts as Record<string, Table>)]
}

/** Live tables have their plain names, those of a rebuild beside them a suffix. */
export function physicalName(table: Table, suffix: string): string {
  return table.name + suffix
}

/** Every table says in its comment whose it is, as a later version of the model may not know it by name. */
const markOf = ({ name }: ReadModel) => `read model ${name}`

export async function createTables(on: Queryable, model: ReadModel, suffix: string): Promise<void> {
  for (const [, table] of tablesOf(model)) {
    const columns = table.list.map(
      ([name, { sql, collation, nullable }]) =>
        `${snake(name)} ${sql}${collation ? ` collate "${collation}"` : ''}${nullable ? '' : ' not null'}`,
    )
    const key = table.key.map(snake).join(', ')
    const name = physicalName(table, suffix)
    await on.query(`create table read.${name} (${columns.join(', ')}, primary key (${key}))`)
    await on.query(`comment on table read.${name} is ${escapeLiteral(markOf(model))}`)
  }
}

/** Those that are missing. Their names keep the suffix, so that no two generations get in each other's way. */
export async function createIndexes(on: Queryable, model: ReadModel, suffix: string): Promise<void> {
  for (const [, table] of tablesOf(model)) {
    const name = physicalName(table, suffix)
    for (const [i, columns] of table.indexes.entries())
      await on.query(`create index if not exists ${name}_${i} on read.${name} (${columns})`)
  }
}

/** Tells the planner how the tables look now; it does not wait for autovacuum, which an embedded Postgres may not live to see. */
export async function analyzeTables(on: Queryable, model: ReadModel, suffix: string): Promise<void> {
  const names = tablesOf(model).map(([, table]) => `read.${physicalName(table, suffix)}`)
  await on.query(`analyze ${names.join(', ')}`)
}

/** The suffix of live tables. */
export const LIVE = ''

/** All tables of the model in the schema `read`, of whatever version and generation. */
async function ownTables(on: Queryable, model: ReadModel): Promise<{ name: string; suffix: string }[]> {
  const { rows } = await on.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'read'::regnamespace and relkind = 'r'
      and (obj_description(oid, 'pg_class') = $1 or relname = any($2)) order by relname`,
    [markOf(model), tablesOf(model).map(([, { name }]) => name)],
  )
  return rows.map(({ name }) => ({ name, suffix: /__v\d+_[0-9a-f]{8}$/.exec(name)?.[0] ?? LIVE }))
}

/** Drops all tables of the model but those with these suffixes. */
export async function dropTablesBut(on: Queryable, model: ReadModel, kept: readonly string[]): Promise<void> {
  for (const { name, suffix } of await ownTables(on, model))
    if (!kept.includes(suffix)) await on.query(`drop table read.${name}`)
}

/** Drops the tables with this suffix, whatever they are called. */
export async function dropGeneration(on: Queryable, suffix: string): Promise<void> {
  const { rows } = await on.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'read'::regnamespace and relkind = 'r'
      and right(relname, length($1)) = $1`,
    [suffix],
  )
  for (const { name } of rows) await on.query(`drop table read.${name}`)
}

/** For each table; all those of a model together less than a query waits before it looks for a deadlock (`deadlock_timeout`, a second). */
const lockTimeoutMs = 200

/**
 * Keeps everybody else from the live tables until the transaction ends. A query may hold one of them and ask for another, in an order of its
 * own: of the two, this one gives up. @throws DatabaseError 55P03 (lock_not_available)
 */
export async function lockLiveTables(on: Queryable, model: ReadModel): Promise<void> {
  const live = (await ownTables(on, model)).filter(({ suffix }) => suffix === LIVE)
  await on.query(`set local lock_timeout = ${lockTimeoutMs}`)
  if (live.length > 0) await on.query(`lock table ${live.map(({ name }) => `read.${name}`)} in access exclusive mode`)
}

/** Gives the tables with the suffix their plain names, in this schema. */
export async function nameTables(on: Queryable, model: ReadModel, suffix: string, schema = 'read'): Promise<void> {
  for (const [, table] of tablesOf(model)) {
    const name = physicalName(table, suffix)
    if (schema !== 'read') await on.query(`alter table read.${name} set schema ${schema}`)
    await on.query(`alter table ${schema}.${name} rename to ${table.name}`)
  }
}

/** The documents of these keys, as far as there are any. */
export async function loadDocuments(
  pool: Database['pool'],
  model: ReadModel,
  suffix: string,
  keys: readonly string[],
): Promise<Map<string, Document>> {
  const found = new Map<string, Record<string, unknown>>()
  if (keys.length === 0) return found as Map<string, never>
  const tables = tablesOf(model)
  const loaded = await Promise.all(tables.map(([, table]) => loadRows(pool, table, physicalName(table, suffix), keys)))
  for (const [i, [part, table]] of tables.entries()) {
    const [id] = table.key as [string]
    for (const row of loaded[i]!) {
      const key = row[id] as string
      if (part === 'root')
        found.set(key, { root: row, ...Object.fromEntries(Object.keys(model.parts).map((p) => [p, []])) })
      else (found.get(key)![part] as unknown[]).push(row)
    }
  }
  return found as Map<string, never>
}

function loadRows(pool: Database['pool'], table: Table, name: string, keys: readonly string[]) {
  const order = table.key.map((column) => `t.${snake(column)}`).join(', ')
  const rest = `where t.${snake(table.key[0]!)} = any($1) order by ${order}`
  const rows = selectRows(pool, table, rest, [keys], { from: `read.${name}`, name: `load-${name}` })
  return rows as Promise<readonly Record<string, unknown>[]>
}

/** A document before and after a batch; undefined where there is none. */
export interface Change {
  readonly before: Document | undefined
  after: Document | undefined
}

/** What writes a batch, in any order. */
export interface Writes {
  readonly statements: readonly QueryConfig[]
  readonly copies: readonly Copy[]
}

/** New rows, enough of them for COPY to pay. */
export interface Copy {
  readonly table: Table
  readonly name: string
  readonly rows: readonly object[]
}

/** What writes what differs; a row that is the same object before and after is not looked at. */
export function writesOf(model: ReadModel, suffix: string, changes: readonly Change[]): Writes {
  const statements: QueryConfig[] = []
  const copies: Copy[] = []
  for (const [part, table] of tablesOf(model)) {
    const { fresh, changed, gone }: Differences = { fresh: [], changed: [], gone: [] }
    for (const { before, after } of changes) {
      const then = rowsOf(before, part)
      const now = rowsOf(after, part)
      if (now !== then) compare(table, then, now, { fresh, changed, gone })
    }
    const name = physicalName(table, suffix)
    const copied = fresh.length >= copyFromRows
    const upserted = copied ? changed : [...fresh, ...changed]
    if (gone.length > 0) statements.push(remove(table, name, gone))
    if (upserted.length > 0) statements.push(upsert(table, name, upserted))
    if (copied) copies.push({ table, name, rows: fresh })
  }
  return { statements, copies }
}

/** From so many new rows on COPY pays for its extra round trips. */
const copyFromRows = 200

function rowsOf(document: Document | undefined, part: string): readonly object[] {
  if (!document) return []
  return part === 'root' ? [document.root] : ((document as Record<string, unknown>)[part] as readonly object[])
}

interface Differences {
  readonly fresh: object[]
  readonly changed: object[]
  readonly gone: object[]
}

/** Documents mostly grow at their ends: what they have in common at the start is passed by. */
function compare(table: Table, before: readonly object[], after: readonly object[], into: Differences): void {
  let from = 0
  while (from < before.length && before[from] === after[from]) from++
  const replaced = new Map(before.slice(from).map((row) => [keyOf(table, row), row]))
  for (const row of after.slice(from)) {
    const key = replaced.size > 0 ? keyOf(table, row) : ''
    const old = replaced.get(key)
    if (!old) into.fresh.push(row)
    else if (old !== row) into.changed.push(row)
    replaced.delete(key)
  }
  into.gone.push(...replaced.values())
}

function keyOf({ key }: Table, row: object): string {
  const values = row as Record<string, unknown>
  return key.length === 1 ? String(values[key[0]!]) : JSON.stringify(key.map((name) => values[name]))
}

function upsert(table: Table, name: string, rows: readonly object[]): QueryConfig {
  const columns = table.list
  const lists: (string | null)[][] = columns.map(() => [])
  for (const row of rows) for (const [i, text] of encodeRow(table, row).entries()) lists[i]!.push(text)
  const others = columns.filter(([column]) => !table.key.includes(column)).map(([column]) => snake(column))
  const update = others.length ? `update set ${others.map((column) => `${column} = excluded.${column}`)}` : 'nothing'
  return {
    name: `upsert-${name}`,
    text: `insert into read.${name} (${columnList(table)})
      select * from unnest(${columns.map(([, { sql }], i) => `$${i + 1}::${sql}[]`)})
      on conflict (${table.key.map(snake)}) do ${update}`,
    values: lists,
  }
}

function remove(table: Table, name: string, rows: readonly object[]): QueryConfig {
  const columns = table.list.filter(([column]) => table.key.includes(column))
  const lists = columns.map(([column]) => rows.map((row) => (row as Record<string, unknown>)[column]))
  const same = columns.map(([column]) => `t.${snake(column)} = gone.${snake(column)}`).join(' and ')
  return {
    text: `delete from read.${name} t using unnest(${columns.map(([, { sql }], i) => `$${i + 1}::${sql}[]`)})
      as gone(${columns.map(([column]) => snake(column))}) where ${same}`,
    values: lists,
  }
}

export async function copyRows(client: ClientBase, { table, name, rows }: Copy): Promise<void> {
  const stream = client.query(copyFrom(`copy read.${name} (${columnList(table)}) from stdin`))
  await pipeline(Readable.from(copyText(table, rows), { objectMode: true }), stream)
}

/** Rows in COPY's text format, some hundred in one chunk. */
function* copyText(table: Table, rows: readonly object[]): Iterable<Buffer> {
  let chunk = ''
  for (const row of rows) {
    chunk += copyLine(table, row)
    if (chunk.length > 64_000) {
      yield Buffer.from(chunk)
      chunk = ''
    }
  }
  yield Buffer.from(chunk)
}
