// What somebody with the database's password can do to the log.
import { newId } from '@headwater/schema'

interface Database {
  readonly pool: { query(text: string, values?: unknown[]): Promise<unknown> }
}

/** Places count from 0, positions in Postgres from 1. */
const positionOf = (index: number) => index + 1

const shift = async (db: Database, from: number, by: 1 | -1) => {
  await db.pool.query('update log.events set position = -(position + $2) where position >= $1', [from, by])
  await db.pool.query('update log.events set position = -position where position < 0')
}

export const columns = {
  body: "overlay(body placing 'X' from length(body) - 20)",
  stream: "stream || '!'",
  revision: 'revision + 100000',
  type: "'LeadMerged'",
  recorded_at: 'recorded_at - 1',
  id: "'00000000-0000-7000-8000-000000000000'",
} as const

export const tamper = (db: Database) => ({
  async alter(index: number, column: keyof typeof columns = 'body') {
    const text = `update log.events set ${column} = ${columns[column]} where position = $1`
    await db.pool.query(text, [positionOf(index)])
  },
  async remove(index: number, { closeGap = true }: { closeGap?: boolean } = {}) {
    await db.pool.query('delete from log.events where position = $1', [positionOf(index)])
    if (closeGap) await shift(db, positionOf(index), -1)
  },
  async insert(index: number, { copyOf = 0, id = newId() }: { copyOf?: number; id?: string } = {}) {
    await shift(db, positionOf(index), 1)
    const from = copyOf >= index ? copyOf + 1 : copyOf
    await db.pool.query(
      `insert into log.events select $1, 'forged-' || $2, 0, $2::uuid, type, recorded_at, body from log.events where position = $3`,
      [positionOf(index), id, positionOf(from)],
    )
    return id
  },
  async swap(a: number, b: number) {
    const move = (from: number, to: number) =>
      db.pool.query('update log.events set position = $2 where position = $1', [from, to])
    await move(positionOf(a), -1)
    await move(positionOf(b), positionOf(a))
    await move(-1, positionOf(b))
  },
})

/** Keeps the tables as they are now; the function it gives puts them back. */
export async function keep(db: Database): Promise<() => Promise<void>> {
  const tables = ['log.events', 'audit.leaves']
  for (const table of tables) await db.pool.query(`create table ${table}_kept as table ${table}`)
  return async () => {
    for (const table of tables)
      await db.pool.query(`truncate ${table}; insert into ${table} select * from ${table}_kept`)
  }
}
