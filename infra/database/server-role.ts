import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { Database } from './database.ts'
import { AlreadyServing, isConnectionLoss } from './errors.ts'
import { LOCK_CLASS, Lock } from './locks.ts'

export interface ServerRole {
  /** Aborted when the role is gone for good (`reason` says why), which can only happen after a loss of the connection. */
  readonly lost: AbortSignal
  release(): Promise<void>
}

const RETRY_MS = 500

/**
 * Makes this process the one that serves the database, until it releases the role or dies.
 * @throws AlreadyServing when another process has the role.
 */
export async function claimServerRole(db: Database): Promise<ServerRole> {
  const lost = new AbortController()
  const released = new AbortController()
  let client = await claim(db)
  keep(client)
  return {
    lost: lost.signal,
    async release() {
      released.abort()
      await client.end()
    },
  }

  /** A restart of Postgres ends the connection and the lock with it; it is taken anew as soon as Postgres is back. */
  function keep(current: pg.Client): void {
    current.once('end', async () => {
      while (!released.signal.aborted && !lost.signal.aborted) {
        try {
          client = await claim(db)
          if (released.signal.aborted) await client.end()
          else keep(client)
          return
        } catch (error) {
          if (!isConnectionLoss(error)) lost.abort(error)
          else await sleep(RETRY_MS, undefined, { signal: released.signal }).catch(() => {})
        }
      }
    })
  }
}

async function claim(db: Database): Promise<pg.Client> {
  const client = await db.connect()
  const { rows } = await client.query('select pg_try_advisory_lock($1, $2) as mine', [LOCK_CLASS, Lock.server])
  if (rows[0].mine) return client
  await client.end()
  throw new AlreadyServing('another process already serves this database; use that one, or stop it first')
}
