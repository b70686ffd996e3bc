import type { Database } from '@headwater/infra/database'
import type { ClientBase } from 'pg'

/** Runs work in a transaction on a connection of its own; an error takes all of it back. `begin` may set more. */
export async function inTransaction<T>(
  db: Database,
  work: (client: ClientBase) => Promise<T>,
  begin = 'begin',
): Promise<T> {
  const client = await db.pool.connect()
  // A connection that breaks between two statements says so here; the next statement fails, and that is enough.
  const ignore = () => {}
  client.on('error', ignore)
  let failed = true
  try {
    await client.query(begin)
    const result = await work(client)
    await client.query('commit')
    failed = false
    return result
  } finally {
    client.off('error', ignore)
    // In the middle of a transaction or a COPY it is closed, not reused: that is the surest rollback.
    client.release(failed)
  }
}
