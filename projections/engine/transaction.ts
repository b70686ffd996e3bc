import type { Database } from '@headwater/infra/database'
import type { ClientBase, PoolClient, QueryConfig } from 'pg'

/** Runs work in a transaction on a connection of its own; an error takes all of it back. `begin` may set more. */
export async function inTransaction<T>(
  db: Database,
  work: (client: ClientBase) => Promise<T>,
  begin = 'begin',
): Promise<T> {
  return withClient(db.pool, async (client) => {
    await client.query(begin)
    const result = await work(client)
    await client.query('commit')
    return result
  })
}

/**
 * Runs statements in a transaction in one round trip: none waits for the answer to the one before, so each is sent whatever becomes of
 * those, and only an error takes all of it back.
 */
export async function pipelined(db: Database, statements: readonly QueryConfig[], begin = 'begin'): Promise<void> {
  await withClient(db.pipelines, async (client) => {
    const all = [{ text: begin }, ...statements, { text: 'commit' }]
    const answers = await Promise.allSettled(all.map((statement) => client.query(statement)))
    // The first is the cause of those that follow.
    const refused = answers.find((answer) => answer.status === 'rejected')
    if (refused) throw refused.reason
  })
}

async function withClient<T>(pool: Database['pool'], use: (client: PoolClient) => Promise<T>): Promise<T> {
  // A connection that breaks between two statements says so here; the next statement fails, and that is enough.
  const ignore = () => {}
  // In the callback, not after an await: the news of Postgres's end may come with what makes the connection ready.
  const client = await new Promise<PoolClient>((resolve, reject) => {
    pool.connect((error, connected) => {
      if (connected) resolve(connected.on('error', ignore))
      else reject(error)
    })
  })
  let failed = true
  try {
    const result = await use(client)
    failed = false
    return result
  } finally {
    client.off('error', ignore)
    // In the middle of a transaction or a COPY it is closed, not reused: that is the surest rollback.
    client.release(failed)
  }
}
