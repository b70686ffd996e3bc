// Tables of read models as data: columns with their types both in TypeScript and in Postgres.
import type { KeyVault } from '@headwater/infra/ports'
import type { Instant, Position } from '@headwater/schema'

/** Values as they are in the table → as whoever may see them does, `Forgotten` in the place of what nobody can open any more. */
export type OpenValues = (vault: KeyVault, values: readonly never[]) => Promise<readonly unknown[]>

/** How a value of a column goes to Postgres and comes back, as Postgres's text format. */
export interface Column<T = unknown> {
  readonly sql: string
  /** The database's own unless given. */
  readonly collation?: 'C'
  readonly nullable: boolean
  /** Of a column with personal data: opens its values, a list of many at once; absent where nobody may see them outside. */
  readonly personal?: { readonly open?: OpenValues }
  encode(value: T): string
  /** As `encode`, with COPY's escapes. */
  copy(value: T): string
  decode(text: string): T
}

const column = <T>(
  sql: string,
  decode: (text: string) => T,
  encode: (value: T) => string = String,
  copy: (value: T) => string = encode,
): Column<T> => ({ sql, nullable: false, encode, copy, decode })

const special = /[\\\t\n\r]/
const escapes: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

function escaped(text: string): string {
  return special.test(text) ? text.replace(/[\\\t\n\r]/g, (character) => escapes[character]!) : text
}

const withoutNul = (text: string) => (text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text)

/** Postgres has no NUL in texts: it is stored as the replacement character. */
export const text = <T extends string = string>(): Column<T> =>
  column(
    'text',
    (t) => t as T,
    withoutNul,
    (value) => escaped(withoutNul(value)),
  )
export const integer: Column<number> = column('integer', Number)
/** Whole numbers up to 2^53. */
export const bigint: Column<number> = column('bigint', Number)
/** Double precision; finite. */
export const number: Column<number> = column('double precision', Number)
export const boolean: Column<boolean> = column('boolean', (t) => t === 't')
/** An instant; Postgres's own text is turned into the one form that instants have. */
export const instant: Column<Instant> = column('timestamptz', (t) => new Date(t).toISOString())
/** Compares in Postgres as it does here. */
export const position: Column<Position> = { ...text<Position>(), collation: 'C' }
/** Kept as text by Postgres: read back as it was written. */
export const json = <T>(): Column<T> =>
  column<T>('json', JSON.parse, JSON.stringify, (value) => escaped(JSON.stringify(value)))
/** Holds personal data: left out of what leaves the system, unless it may be opened. */
export const personalColumn = <T>(of: Column<T>, open?: OpenValues): Column<T> => ({
  ...of,
  personal: open ? { open } : {},
})
export const nullable = <T>(of: Column<T>): Column<T | null> => ({ ...(of as Column<T | null>), nullable: true })

export type Columns = Readonly<Record<string, Column<never>>>
type Value<C> = C extends Column<infer T> ? T : never

/** A row as TypeScript sees it: column names in camelCase. */
export type Row<T extends Table> = { readonly [name in keyof T['columns']]: Value<T['columns'][name]> }

export interface Table<C extends object = object> {
  /** Live name in the schema `read`; unique among all read models. */
  readonly name: string
  /** By property name; in Postgres the name is in snake_case. */
  readonly columns: C
  /** The columns with their property names, in order. */
  readonly list: readonly (readonly [name: string, column: Column])[]
  /** Another row like this one, of the same hidden class. */
  readonly copy: (row: object) => object
  /** Primary key; begins with the id of the document. */
  readonly key: readonly string[]
  /** Columns (or SQL expressions) of each further index, in snake_case. */
  readonly indexes: readonly string[]
}

export function table<const C extends Readonly<Record<string, object>>>(
  name: string,
  columns: C,
  key: readonly (keyof C & string)[],
  indexes: readonly string[] = [],
): Table<C> {
  const list = Object.entries(columns as Readonly<Record<string, never>>)
  return { name, columns, list, copy: literalCopy(Object.keys(columns)), key, indexes }
}

/**
 * Compiled, as V8 takes some 20 times as long for `{ ...row }` as for a literal that names forty columns, and leaves as much more for
 * the garbage collector.
 */
function literalCopy(names: readonly string[]): (row: object) => object {
  const fields = names.map((name) => `${JSON.stringify(name)}: row[${JSON.stringify(name)}]`)
  return new Function('row', `return { ${fields.join(', ')} }`) as (row: object) => object
}

/** The row with these changes: as `{ ...row, ...changes }`. */
export function changedRow<T extends Table>(of: T, row: Row<T>, changes: Partial<NoInfer<Row<T>>>): Row<T> {
  return Object.assign(of.copy(row), changes) as Row<T>
}

/** `enteredAt` → `entered_at`. */
export function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** `deal_id, stage …`, each after `prefix`. */
export function columnList(of: Table, prefix = ''): string {
  return of.list.map(([name]) => prefix + snake(name)).join(', ')
}
