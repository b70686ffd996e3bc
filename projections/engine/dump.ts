import type { Database } from '@headwater/infra/database'
import type { ReadModel } from './read-model.ts'
import { encodeRow, selectRows } from './rows.ts'
import { tablesOf } from './storage.ts'
import { snake } from './table.ts'

/**
 * All that a read model's tables hold, by table, in the order of the primary key: for comparing two states of it. The live ones, or those of a
 * replay where its `schema` is named.
 */
export async function dumpTables(
  db: Database,
  model: ReadModel,
  schema = 'read',
): Promise<Record<string, (string | null)[][]>> {
  const dump: Record<string, (string | null)[][]> = {}
  for (const [, table] of tablesOf(model)) {
    const order = `order by ${table.key.map((name) => `t.${snake(name)}`).join(', ')}`
    const rows = await selectRows(db.pool, table, order, [], { from: `${schema}.${table.name}` })
    dump[table.name] = rows.map((row) => encodeRow(table, row))
  }
  return dump
}
