// Several processes may use one embedded cluster (a CLI while the server runs). Each holds a shared advisory lock for as
// long; the last one to leave stops Postgres.
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { isConnectionLoss, PostgresUnavailable } from '../errors.ts'
import { LOCK_CLASS, Lock } from '../locks.ts'
import { type Cluster, openCluster } from './cluster.ts'
import { ensureServer, stopServer } from './server.ts'

export interface Membership {
  readonly url: string
  /** Stops Postgres where nobody else uses it. All other connections of this process are to be closed before. */
  leave(): Promise<void>
}

const ENTRY_LIMIT_MS = 120_000
const RETRY_MS = 50
const AGAIN_MS = 1_000

/** @throws PostgresUnavailable */
export async function joinCluster(dataDir: string): Promise<Membership> {
  const cluster = await openCluster(dataDir)
  let left = false
  let { client, url } = await enter(cluster)
  keep(client)
  return {
    url,
    async leave() {
      left = true
      if (await isAlone(client)) await stopServer(cluster)
      await client.end()
    },
  }

  /** A crash of Postgres ends the connection and with it our lock: start it again and take the lock anew. */
  function keep(current: pg.Client): void {
    current.once('end', async () => {
      while (!left) {
        const again = await enter(cluster).catch(() => sleep(AGAIN_MS, undefined, { ref: false }))
        if (!again) continue
        client = again.client
        if (left) await client.end()
        else keep(client)
        return
      }
    })
  }
}

async function enter(cluster: Cluster): Promise<{ client: pg.Client; url: string }> {
  for (const deadline = Date.now() + ENTRY_LIMIT_MS; ; await sleep(RETRY_MS)) {
    const { port } = await ensureServer(cluster)
    const url = `postgres://headwater:${cluster.password}@127.0.0.1:${port}/postgres`
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000, keepAlive: true })
    client.on('error', () => {})
    try {
      await client.connect()
      await client.query('select pg_advisory_lock_shared($1, $2)', [LOCK_CLASS, Lock.clusterUse])
      return { client, url }
    } catch (cause) {
      await client.end().catch(() => {})
      // The last user may be stopping it at this very moment: then it is started again.
      if (isConnectionLoss(cause) && Date.now() < deadline) continue
      throw new PostgresUnavailable(`the embedded Postgres refuses us: ${(cause as Error).message} (${cluster.dir})`, {
        cause,
      })
    }
  }
}

async function isAlone(client: pg.Client): Promise<boolean> {
  try {
    const { rows } = await client.query('select pg_try_advisory_lock($1, $2) as alone', [LOCK_CLASS, Lock.clusterUse])
    return rows[0].alone
  } catch {
    return false // it has gone already
  }
}
