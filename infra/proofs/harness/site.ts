// A place of its own for a proof: an embedded Postgres in a folder that is gone afterwards.
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { openDatabase } from '@headwater/infra/database'
import { type Config, type Headwater, openHeadwater, readConfig } from '@headwater/runtime'

export interface Site {
  readonly dataDir: string
  /** Opens it in this process for as long as the work takes. */
  use<T>(work: (headwater: Headwater) => Promise<T>): Promise<T>
  /** Sends a signal to the postmaster. False where none runs. */
  signalPostgres(signal: NodeJS.Signals): Promise<boolean>
  /** Sends a signal to one of the processes that serve the connections of others. @param chance a number below `n` */
  signalBackend(signal: NodeJS.Signals, chance: (n: number) => number): Promise<void>
}

/** @param mount puts something else in the place of the data folder, and says how to take it away. */
export async function onSite<T>(
  work: (site: Site) => Promise<T>,
  mount: (dataDir: string) => Promise<() => Promise<void>> = async () => async () => {},
): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'headwater-proof-'))
  await chmod(folder, 0o711) // started by root, Postgres runs as somebody else
  const dataDir = path.join(folder, 'data')
  const unmount = await mount(dataDir)
  try {
    return await work(siteIn(dataDir))
  } finally {
    // Whoever was killed has left its Postgres running: its last user stops it.
    await openDatabase({ dataDir }).then((db) => db.close())
    await unmount()
    await rm(folder, { recursive: true, force: true })
  }
}

const backends = `select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid() order by pid`

function siteIn(dataDir: string): Site {
  const config: Config = readConfig({ HEADWATER_DATA: dataDir })
  return {
    dataDir,
    async use(work) {
      const headwater = await openHeadwater(config)
      try {
        return await work(headwater)
      } finally {
        await headwater.close()
      }
    },
    async signalBackend(signal, chance) {
      const db = await openDatabase({ dataDir })
      try {
        const { rows } = await db.pool.query<{ pid: number }>(backends)
        process.kill(rows[chance(rows.length)]!.pid, signal)
      } finally {
        await db.close()
      }
    },
    async signalPostgres(signal) {
      const file = await readFile(path.join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').catch(() => '')
      const pid = Number.parseInt(file, 10)
      if (!pid) return false
      try {
        return process.kill(pid, signal)
      } catch {
        return false // a file that a killed one has left
      }
    },
  }
}
