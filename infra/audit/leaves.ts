import type { Position } from '@headwater/schema'
import { type Database, type MigrationStep, migrate, withRetry } from '../database/index.ts'
import { type LeafPage, type LeafStore, LeavesMoved } from '../ports/leaf-store.ts'

// A page of leaves is a row: a row for each would take a hundred times as long to read. Hashes do not compress.
export const steps: readonly MigrationStep[] = [
  {
    name: '001-leaves',
    up: (knex) =>
      knex.raw(`
        create table audit.leaves (
          first   bigint primary key,   -- place of its first event in the log, from 0
          ids     bytea not null,       -- 16 bytes an event
          hashes  bytea not null,       -- 32 bytes an event
          through text not null,        -- position of its last event
          check (octet_length(ids) > 0 and octet_length(hashes) = 2 * octet_length(ids))
        );
        alter table audit.leaves alter ids set storage external, alter hashes set storage external;
      `),
  },
]

const END = `select first + octet_length(ids) / 16 as size, through from audit.leaves order by first desc limit 1`
const APPEND = `
  insert into audit.leaves (first, ids, hashes, through)
  select $1, $2, $3, $4 where $1 = coalesce((select size from (${END}) e), 0)
  on conflict do nothing`
const READ = `select first, ids, hashes, through from audit.leaves where first > $1 order by first limit 16`

interface Row {
  readonly first: string
  readonly ids: Buffer
  readonly hashes: Buffer
  readonly through: Position
}

/** The leaves in Postgres, their table created where missing. */
export async function openPostgresLeafStore(db: Database): Promise<LeafStore> {
  await migrate(db, 'audit', steps)
  return {
    async end() {
      const { rows } = await withRetry(() => db.pool.query<{ size: string; through: Position }>(END))
      return rows[0] && { size: Number(rows[0].size), through: rows[0].through }
    },

    async append({ first, ids, hashes, through }: LeafPage) {
      const { rowCount } = await db.pool.query(APPEND, [first, ids, hashes, through])
      if (rowCount !== 1) throw new LeavesMoved(first)
    },

    async *read() {
      for (let after = -1; ; ) {
        const { rows } = await withRetry(() => db.pool.query<Row>(READ, [after]))
        if (rows.length === 0) return
        for (const row of rows) yield { ...row, first: Number(row.first) }
        after = Number(rows.at(-1)!.first)
      }
    },
  }
}
