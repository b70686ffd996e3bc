// Rows by their ids: all who ask at the same time share a round trip, whoever they are.
import { type Database, sharing } from '@headwater/infra/database'
import { selectRows } from './engine/rows.ts'
import { type Row, snake, type Table } from './engine/table.ts'

/** Ids in one query at most. */
const MAX_IDS = 500

type Lookup = ReturnType<typeof sharing<string, object | undefined>>
const lookups = new WeakMap<Database, Map<Table, Lookup>>()

/** In no particular order; unknown ids are absent. The table has one row a value of the column `id`. */
export async function rowsByIds<T extends Table>(
  db: Database,
  of: T,
  id: keyof Row<T> & string,
  ids: readonly string[],
): Promise<Row<T>[]> {
  const tables = lookups.get(db) ?? new Map<Table, Lookup>()
  lookups.set(db, tables)
  const lookup = tables.get(of) ?? sharing((some: readonly string[]) => select(db, of, id, some), MAX_IDS)
  tables.set(of, lookup)
  const rows = await Promise.all([...new Set(ids)].map((one) => lookup.load(one)))
  return rows.filter((row) => row !== undefined) as Row<T>[]
}

async function select(db: Database, of: Table, id: string, ids: readonly string[]): Promise<(object | undefined)[]> {
  const rows = await selectRows(db.pool, of, `where t.${snake(id)} = any($1)`, [[...new Set(ids)]], {
    name: `by-id-${of.name}`,
  })
  const found = new Map(rows.map((row) => [(row as Record<string, unknown>)[id], row]))
  return ids.map((key) => found.get(key))
}
