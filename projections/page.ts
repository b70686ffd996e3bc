// Lists of read-model rows in keyset pages: stable while rows come and go, as fast at the end as at the beginning.
import { z } from 'zod'
import { type Queryable, selectRows } from './engine/rows.ts'
import { type Row, snake, type Table } from './engine/table.ts'

export const PageRequest = z.object({
  first: z.number().int().min(1).max(1000).default(50),
  /** Cursor of the last item seen. */
  after: z.string().optional(),
})
export type PageRequest = z.input<typeof PageRequest>

export interface Page<T> {
  readonly edges: readonly { readonly cursor: string; readonly node: T }[]
  readonly hasNextPage: boolean
}

export class InvalidCursor extends Error {
  override readonly name = 'InvalidCursor'
  constructor(readonly cursor: string) {
    super(`"${cursor}" is not a cursor of this list`)
  }
}

/** Conditions joined by `and`, their values as numbered parameters. */
export class Where {
  readonly conditions: string[] = []
  readonly values: unknown[] = []

  /** `sql` holds a `?` for each value. */
  add(sql: string, ...values: readonly unknown[]): this {
    let next = 0
    this.conditions.push(
      sql.replace(/\?/g, () => {
        this.values.push(values[next++])
        return `$${this.values.length}`
      }),
    )
    return this
  }

  /** Nothing is asked of a column whose value is undefined; null asks for null. */
  equals(columns: Readonly<Record<string, unknown>>): this {
    for (const [name, value] of Object.entries(columns)) {
      if (value === null) this.add(`t.${snake(name)} is null`)
      else if (value !== undefined) this.add(`t.${snake(name)} = ?`, value)
    }
    return this
  }

  get sql(): string {
    return this.conditions.length ? `where ${this.conditions.join(' and ')}` : ''
  }
}

type Keyset<T extends Table> = readonly [time: keyof Row<T> & string, id: keyof Row<T> & string]

/** Newest first, by an instant and the row's id. @throws InvalidCursor */
export async function pageOf<T extends Table>(
  on: Queryable,
  of: T,
  where: Where,
  [time, id]: Keyset<T>,
  request: PageRequest = {},
): Promise<Page<Row<T>>> {
  const { first, after } = PageRequest.parse(request)
  const order = [snake(time), snake(id)] as const
  if (after) where.add(`(t.${order[0]}, t.${order[1]}) < (?::timestamptz, ?)`, ...readCursor(after))
  const rest = `${where.sql} order by t.${order[0]} desc, t.${order[1]} desc limit ${first + 1}`
  const rows = await selectRows(on, of, rest, where.values)
  return {
    edges: rows.slice(0, first).map((node) => ({ cursor: writeCursor(node[time], node[id]), node })),
    hasNextPage: rows.length > first,
  }
}

const Cursor = z.tuple([z.iso.datetime({ precision: 3 }), z.string()])

function writeCursor(...key: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url')
}

function readCursor(cursor: string): [string, string] {
  try {
    return Cursor.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))
  } catch {
    throw new InvalidCursor(cursor)
  }
}
