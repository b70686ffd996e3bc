// Postgres refuses to run as root, so root lends it an unprivileged account.
import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { PostgresUnavailable } from '../errors.ts'

export interface Account {
  readonly uid: number
  readonly gid: number
}

const run = promisify(execFile)

/**
 * The account Postgres has to run as, undefined for our own. For root: whoever owns the cluster already, else
 * `postgres`, else `headwater`, which is created where neither exists.
 */
export async function accountFor(clusterDir: string | undefined): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const owner = clusterDir ? await stat(clusterDir) : undefined
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid }
  return (await find('postgres')) ?? (await find('headwater')) ?? (await create('headwater'))
}

/** Whether the account may pass every folder on the way to `path` (an absolute one). */
export async function canReach(account: Account | undefined, path: string): Promise<boolean> {
  if (!account) return true
  const { mode, uid, gid } = await stat(path)
  const search = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001
  if (!(mode & search)) return false
  return path === dirname(path) || canReach(account, dirname(path))
}

async function find(name: string): Promise<Account | undefined> {
  try {
    const ids = await Promise.all(['-u', '-g'].map((flag) => run('id', [flag, name])))
    const [uid, gid] = ids.map(({ stdout }) => Number(stdout))
    return { uid: uid!, gid: gid! }
  } catch {
    return undefined
  }
}

async function create(name: string): Promise<Account> {
  try {
    await run('useradd', ['--system', '--user-group', '--no-create-home', name])
  } catch (cause) {
    throw new PostgresUnavailable(
      `Postgres does not run as root, and no user ${name} could be created for it; start as an ordinary user, or set DATABASE_URL`,
      { cause },
    )
  }
  return (await find(name))!
}
