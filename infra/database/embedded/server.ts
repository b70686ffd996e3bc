// The Postgres process over a cluster: found where one runs already, started, stopped. It belongs to no process of ours.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { link, open, readFile, readlink, rename, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { PostgresUnavailable } from '../errors.ts'
import { type Cluster, ENV } from './cluster.ts'

export interface Server {
  readonly pid: number
  readonly port: number
}

export interface ServerOptions {
  /** False only for throw-away test clusters: a crash of the machine may then lose what was acknowledged. Default true. */
  readonly durable?: boolean
}

const START_LIMIT_MS = 120_000 // recovery after a crash replays up to max_wal_size
const STOP_LIMIT_MS = 60_000
const POLL_MS = 20
/** A start fails while processes of a server that was just killed are still going, or when somebody takes our port. */
const START_ATTEMPTS = 5
const START_PAUSE_MS = 200
const MAX_LOG_BYTES = 10 * 1024 * 1024

/** The server that runs over this cluster, started where there is none. @throws PostgresUnavailable */
export async function ensureServer(cluster: Cluster, options: ServerOptions = {}): Promise<Server> {
  const deadline = Date.now() + START_LIMIT_MS
  for (let failures = 0; Date.now() < deadline; ) {
    const found = await findServer(cluster)
    if (found?.ready) return found
    if (found) await sleep(POLL_MS)
    else if (!(await start(cluster, options))) {
      if (++failures === START_ATTEMPTS) break
      await sleep(START_PAUSE_MS)
    }
  }
  throw new PostgresUnavailable(
    `the embedded Postgres does not start: ${await lastFailure(cluster)} (see ${cluster.logFile})`,
  )
}

/** Stops it, open connections notwithstanding, and waits until it has gone. */
export async function stopServer(cluster: Cluster): Promise<void> {
  const server = await findServer(cluster)
  if (!server) return
  process.kill(server.pid, 'SIGINT') // "fast shutdown": transactions are rolled back, a checkpoint is written
  const deadline = Date.now() + STOP_LIMIT_MS
  while ((await runs(server.pid, cluster.dir)) && Date.now() < deadline) await sleep(POLL_MS)
}

/** Lines of postmaster.pid: process id, data folder, start time, port, socket folder, address, shared memory, status. */
async function findServer({ dir }: Cluster): Promise<(Server & { ready: boolean }) | undefined> {
  const lines = (await readFile(join(dir, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
  const pid = Number(lines[0])
  if (!pid || !(await runs(pid, dir))) return undefined
  return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' }
}

/** Whether that process is a Postgres over that folder: after a crash of the machine the number may be anybody's. */
async function runs(pid: number, dir: string): Promise<boolean> {
  const linux = process.platform === 'linux'
  const command = linux
    ? readFile(`/proc/${pid}/cmdline`, 'utf8')
    : promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)]).then(({ stdout }) => stdout)
  if (!(await command.catch(() => '')).includes('postgres')) return false
  // Postgres works inside its data folder, and this link follows when the folder is moved under it. In doubt it is ours:
  // taking a living server for a dead one would ruin the data.
  const place = linux ? await readlink(`/proc/${pid}/cwd`).catch(() => dir) : dir
  return place === dir
}

/** True when a server is up or coming, be it ours or that of a process which was faster. */
async function start(cluster: Cluster, options: ServerOptions): Promise<boolean> {
  await removeForeignPidFile(cluster.dir)
  const { size } = await stat(cluster.logFile).catch(() => ({ size: 0 }))
  const log = await open(cluster.logFile, size > MAX_LOG_BYTES ? 'w' : 'a', 0o600)
  const port = await freePort(await lastPort(cluster.dir))
  const child = spawn(cluster.binaries.postgres, ['-D', cluster.dir, '-p', String(port), ...settings(options)], {
    ...cluster.account,
    cwd: cluster.dir,
    env: ENV,
    detached: true, // Ctrl-C in the terminal is for us; we stop it when we have finished with it
    stdio: ['ignore', log.fd, log.fd],
  })
  child.unref()
  const exited = once(child, 'exit').then(
    () => true,
    () => true,
  )
  try {
    for (;;) {
      if (await Promise.race([exited, sleep(POLL_MS, false)])) return (await findServer(cluster)) !== undefined
      if ((await findServer(cluster))?.ready) return true
    }
  } finally {
    await log.close()
  }
}

/** Postgres clears away the file of a dead server itself, but not one whose number another process has taken since. */
async function removeForeignPidFile(dir: string): Promise<void> {
  const file = join(dir, 'postmaster.pid')
  const content = await readFile(file, 'utf8').catch(() => '')
  const pid = Number(content.split('\n')[0])
  if (!pid || (await runs(pid, dir))) return
  // Taken aside before it is removed: another process may have started a server meanwhile, which shuts down without its own file.
  const aside = `${file}.${process.pid}`
  if (!(await rename(file, aside).then(...yesOrNo))) return
  if ((await readFile(aside, 'utf8')) !== content) await link(aside, file).then(...yesOrNo)
  await rm(aside, { force: true })
}

const yesOrNo = [() => true, () => false] as const

/** The port of the last start (kept by Postgres in postmaster.opts), so that connection strings outlive a restart. */
async function lastPort(dir: string): Promise<number | undefined> {
  const command = await readFile(join(dir, 'postmaster.opts'), 'utf8').catch(() => '')
  return Number(/"-p" "(\d+)"/.exec(command)?.[1]) || undefined
}

async function freePort(wish = 0): Promise<number> {
  const probe = createServer().listen(wish, '127.0.0.1')
  try {
    await once(probe, 'listening')
    return (probe.address() as { port: number }).port
  } catch {
    return freePort()
  } finally {
    probe.close()
  }
}

async function lastFailure({ logFile }: Cluster): Promise<string> {
  const log = await readFile(logFile, 'utf8').catch(() => '')
  return [...log.matchAll(/(?:FATAL|PANIC): +(.*)/g)].at(-1)?.[1] ?? 'it gives no answer'
}

/** For a machine of two cores whose memory is shared with Node and others. */
function settings({ durable = true }: ServerOptions): string[] {
  const values: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '', // a socket's path may have no more than 107 bytes
    max_connections: '200',
    shared_buffers: '256MB',
    effective_cache_size: '1GB',
    work_mem: '16MB',
    maintenance_work_mem: '256MB',
    random_page_cost: '1.1',
    jit: 'off',
    wal_level: 'minimal',
    max_wal_senders: '0',
    max_wal_size: '2GB',
    checkpoint_timeout: '15min',
    synchronous_commit: durable ? 'on' : 'off',
    fsync: durable ? 'on' : 'off',
    full_page_writes: durable ? 'on' : 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
  }
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}
