// The embedded cluster on disk: a Postgres data folder, made at first use, with the password and the programs it needs.
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chown,
  link,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { PostgresUnavailable } from '../errors.ts'
import { type Account, accountFor, canReach } from './account.ts'
import { type Binaries, findBinaries, SYSTEM_DIR } from './binaries.ts'

export interface Cluster {
  /** The folder of `postmaster.pid`, without symbolic links. */
  readonly dir: string
  readonly logFile: string
  readonly password: string
  readonly account: Account | undefined
  readonly binaries: Binaries
}

const run = promisify(execFile)
/** Neither the reader's language nor PG* variables may change what Postgres does. */
export const ENV = { PATH: process.env.PATH ?? '', LC_ALL: 'C' }

/**
 * The cluster of a data folder, created at first use. Killed at any moment, it leaves nothing that a next call trips over.
 * @throws PostgresUnavailable
 */
export async function openCluster(dataDir: string): Promise<Cluster> {
  const home = resolve(dataDir)
  try {
    return await openIn(home)
  } catch (cause) {
    if (cause instanceof PostgresUnavailable) throw cause
    throw new PostgresUnavailable(`the data folder cannot be used, is it another user's? ${(cause as Error).message}`, {
      cause,
    })
  }
}

async function openIn(home: string): Promise<Cluster> {
  const base = join(home, 'postgres')
  await mkdir(home, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 })
  const existing = await realpath(base).catch(() => undefined)
  if (!existing && (await lstat(base).catch(() => undefined)))
    throw new PostgresUnavailable(
      `${base} points to a folder that is gone; restore it, or remove the link to start empty`,
    )
  const account = await accountFor(existing)
  const [password, binaries] = [await passwordIn(home), await findBinaries(account)]
  if (!existing) await initialise(home, base, password, account, binaries)
  return { dir: await realpath(base), logFile: join(home, 'postgres.log'), password, account, binaries }
}

/** The password of the cluster's user, made at first use; of two processes that make one at once, both get the same. */
async function passwordIn(home: string): Promise<string> {
  const file = join(home, 'password')
  const existing = await readFile(file, 'utf8').catch((error) => ignore(error, 'ENOENT'))
  if (existing) return existing
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  await writeFile(draft, randomBytes(24).toString('base64url'), { mode: 0o600 })
  // A link is made with its whole content or not at all, and never over another one.
  await link(draft, file).catch((error) => ignore(error, 'EEXIST'))
  await rm(draft)
  return readFile(file, 'utf8')
}

function ignore(error: NodeJS.ErrnoException, code: string): undefined {
  if (error.code !== code) throw error
}

/** Builds the cluster aside and puts it in its place in one step. */
async function initialise(
  home: string,
  base: string,
  password: string,
  account: Account | undefined,
  { initdb }: Binaries,
): Promise<void> {
  const near = await canReach(account, await realpath(home))
  if (!near) await mkdir(SYSTEM_DIR, { recursive: true, mode: 0o755 })
  const draft = await mkdtemp(join(near ? home : SYSTEM_DIR, 'cluster-'))
  const passwordFile = `${draft}.password`
  try {
    await writeFile(passwordFile, password, { mode: 0o600 })
    if (account) await Promise.all([draft, passwordFile].map((path) => chown(path, account.uid, account.gid)))
    await run(
      initdb,
      [
        `--pgdata=${draft}`,
        '--username=headwater',
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--locale=C',
      ],
      { ...account, cwd: draft, env: ENV },
    )
    await (near ? rename(draft, base) : symlink(draft, base))
    await removeDrafts(home)
  } catch (cause) {
    await rm(draft, { recursive: true, force: true })
    if (await realpath(base).catch(() => undefined)) return // another process was faster
    const { stderr, message } = cause as Error & { stderr?: string }
    throw new PostgresUnavailable(
      `cannot create the database in ${home}: ${stderr?.trim().split('\n').at(-1) || message}`,
      { cause },
    )
  } finally {
    await rm(passwordFile, { force: true })
  }
}

/** Drafts of starts that were killed (whose initdb may still be at work), or that lost the race and will see so themselves. */
async function removeDrafts(home: string): Promise<void> {
  const drafts = (await readdir(home)).filter((name) => name.startsWith('cluster-'))
  await Promise.all(drafts.map((name) => rm(join(home, name), { recursive: true, force: true }).catch(() => {})))
}
