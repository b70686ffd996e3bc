// A read model that an analyst writes: one table as plain data, the key of an event, and the fold of a row. Checked here, as nobody compiles it.
import { eventCategories, eventDefinitions, instantOf, type StoredEvent } from '@headwater/schema'
import { z } from 'zod'
import type { Document, ReadModel } from './read-model.ts'
import type { Queryable } from './rows.ts'
import { bigint, boolean, type Column, instant, integer, json, nullable, number, snake, table, text } from './table.ts'

interface Kind {
  readonly column: object
  /** What a value of it must be, in words and as a check. */
  readonly is: string
  holds(value: unknown): boolean
}

const whole = (limit: number) => (value: unknown) => Number.isSafeInteger(value) && Math.abs(value as number) <= limit

const kinds = {
  text: { column: text(), is: 'a text', holds: (value) => typeof value === 'string' },
  integer: { column: integer, is: 'a whole number up to 2^31', holds: whole(2 ** 31 - 1) },
  bigint: { column: bigint, is: 'a whole number up to 2^53', holds: whole(Number.MAX_SAFE_INTEGER) },
  number: { column: number, is: 'a finite number', holds: Number.isFinite },
  boolean: { column: boolean, is: 'true or false', holds: (value) => typeof value === 'boolean' },
  instant: {
    column: instant,
    is: 'an instant such as 2026-03-01T08:00:00.000Z',
    holds: (value) =>
      typeof value === 'string' && !Number.isNaN(Date.parse(value)) && instantOf(Date.parse(value)) === value,
  },
  json: { column: json(), is: 'a JSON value', holds: (value) => JSON.stringify(value) !== undefined },
} as const satisfies Record<string, Kind>

/** Of a column: `integer`, or `integer?` where it may be null. */
export type OwnColumn = keyof typeof kinds | `${keyof typeof kinds}?`

/** The table of an analyst's own read model; `as const` lets `RowOf` see its columns. */
export interface OwnTable {
  /** a to z, 0 to 9 and _, a letter first. */
  readonly name: string
  /** The column that `key` gives the value of; a text. */
  readonly key: string
  readonly columns: Readonly<Record<string, OwnColumn>>
}

interface Values {
  text: string
  integer: number
  bigint: number
  number: number
  boolean: boolean
  instant: string
  json: unknown
}

/** A row of an own table, for the types of `evolve`. */
export type RowOf<T extends OwnTable> = {
  readonly [name in keyof T['columns']]: T['columns'][name] extends `${infer Of extends keyof Values}?`
    ? Values[Of] | null
    : T['columns'][name] extends keyof Values
      ? Values[T['columns'][name]]
      : never
}

/** A file that is no read model: what is wrong, in one line. */
export class InvalidModel extends Error {
  override readonly name = 'InvalidModel'
  constructor(
    readonly file: string,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`${file}: ${reason}`, options)
  }
}

const name = /^[a-z][a-z0-9_]{0,39}$/
const types = Object.keys(kinds).flatMap((kind) => [kind, `${kind}?`])
type Fold = (...args: never[]) => unknown
const isFold = (value: unknown): value is Fold => typeof value === 'function'

const Exports = z.object({
  table: z.object({
    name: z.string().regex(name, 'write a to z, 0 to 9 and _, a letter first, at most 40 of them'),
    key: z.string(),
    columns: z.record(
      z.string().regex(/^[a-z][a-zA-Z0-9_]{0,39}$/, 'write a column in letters, digits and _, a small letter first'),
      z.enum(types, `write one of ${Object.keys(kinds).join(', ')}, with a ? where it may be null`),
    ),
  }),
  events: z.array(z.string()).min(1).optional(),
  key: z.custom<(event: StoredEvent) => string | undefined>(isFold, 'must be a function of an event'),
  evolve: z.custom<(row: object | undefined, event: StoredEvent) => object | undefined>(
    isFold,
    'must be a function of a row, or undefined, and an event',
  ),
})

/**
 * The read model that a module exports: `table`, `key(event)`, `evolve(row | undefined, event)` and perhaps `events`, the types that it is to be
 * given. Personal values reach it sealed. What its fold returns is checked row by row.
 * @param version another one begins an interrupted replay anew
 * @throws InvalidModel
 */
export function ownModel(file: string, version: number, exported: unknown): ReadModel {
  const parsed = Exports.safeParse(exported)
  if (!parsed.success) throw new InvalidModel(file, firstOf(parsed.error))
  const { table: declared, events, key, evolve } = parsed.data
  const columns = Object.entries(declared.columns).map(([column, type]) => {
    const optional = type.endsWith('?')
    return { column, optional, kind: kinds[type.replace('?', '') as keyof typeof kinds] as Kind }
  })
  if (declared.columns[declared.key] !== 'text')
    throw new InvalidModel(file, `table.key: ${declared.key} must be one of the columns, of type text`)
  const names = new Set(columns.map(({ column }) => snake(column)))
  if (names.size < columns.length) throw new InvalidModel(file, 'table.columns: two of them have one name in SQL')
  for (const type of events ?? [])
    if (!eventDefinitions.has(type)) throw new InvalidModel(file, `events: there is no event ${type}`)
  const wanted = events && new Set(events)
  const root = table(
    declared.name,
    Object.fromEntries(
      columns.map(({ column, optional, kind }) => [column, optional ? nullable(kind.column as Column) : kind.column]),
    ),
    [declared.key],
  )

  const empty = Object.fromEntries(columns.map(({ column }) => [column, null]))

  /** Of what the fold returned: a row with all columns and no other. @throws Error that says which column is wrong */
  function checked(row: object, id: string): object {
    const values = row as Readonly<Record<string, unknown>>
    for (const column of Object.keys(values))
      if (!(column in declared.columns))
        throw new Error(`evolve returned the column ${column}, which the table does not have`)
    for (const { column, optional, kind } of columns) {
      const value = values[column] ?? null
      if (value === null ? !optional : !kind.holds(value))
        throw new Error(`evolve returned ${JSON.stringify(value)} for ${column}, which must be ${kind.is}`)
    }
    if (values[declared.key] !== id) throw new Error(`evolve changed ${declared.key}, the key of the row`)
    return root.copy({ ...empty, ...row })
  }

  const keyOf = (event: StoredEvent) => {
    if (wanted && !wanted.has(event.type)) return undefined
    const id: unknown = key(event)
    if (id === undefined || id === null) return undefined
    if (typeof id !== 'string' || id === '') throw new Error(`key returned ${JSON.stringify(id)}, not a text`)
    return id
  }
  return {
    name: file,
    version,
    root,
    parts: {},
    streams: events ? [...new Set(events.map((type) => `${eventCategories.get(type)}-`))] : [''],
    shared: true,
    key: keyOf,
    evolve(document: Document | undefined, event) {
      // A copy: a fold may change the row that it is given.
      const row: unknown = evolve(document && root.copy(document.root), event)
      if (row === undefined || row === null) return undefined
      if (typeof row !== 'object') throw new Error(`evolve returned ${JSON.stringify(row)}, not a row`)
      return { root: checked(row, keyOf(event)!) } as Document
    },
  }
}

function firstOf({ issues }: z.ZodError): string {
  const { path, message } = issues[0]!
  const missing = path.length === 1 && message.startsWith('Invalid input') ? 'must be exported' : message
  return `${path.join('.') || 'exports'}: ${missing}`
}

/** Names of the table or its columns that Postgres keeps for itself. @throws InvalidModel */
export async function refuseReservedNames(on: Queryable, { name: file, root }: ReadModel): Promise<void> {
  const names = [root.name, ...root.list.map(([column]: [string]) => column)].map(snake)
  const { rows } = await on.query<{ word: string }>(
    `select word from pg_get_keywords() where catcode in ('R', 'T') and word = any($1)`,
    [names],
  )
  if (rows[0]) throw new InvalidModel(file, `${rows[0].word} is a word of SQL: call it something else`)
}
