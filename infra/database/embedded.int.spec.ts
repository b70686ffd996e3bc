// The embedded Postgres in the hands of several processes, some of which are killed.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readFile, realpath, rename, rm, stat, watch, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { copyDataFolder } from '../testing/index.ts'
import { AlreadyServing, claimServerRole, type Database, openDatabase, PostgresUnavailable } from './index.ts'

/** For what happens by itself a little later, on however busy a machine. */
const PATIENCE = { timeout: 30_000, interval: 50 }

let folder: string
let dataDir: string
const open: Database[] = []
const children: ChildProcess[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headwater embedded '))
  await chmod(folder, 0o711)
  dataDir = join(folder, 'with space', 'data')
})

/** For what is not about the creation of a Postgres. */
async function created(): Promise<void> {
  await mkdir(dirname(dataDir))
  await copyDataFolder(dataDir)
}

afterEach(async () => {
  for (const child of children.splice(0)) await kill(child)
  for (const db of open.splice(0)) await db.close()
  // Whoever was killed has left its Postgres running.
  await (await openDatabase({ dataDir })).close()
  await rm(await realpath(join(dataDir, 'postgres')), { recursive: true })
  await rm(folder, { recursive: true })
})

async function openHere(): Promise<Database> {
  const db = await openDatabase({ dataDir })
  open.push(db)
  return db
}

async function close(db: Database): Promise<void> {
  open.splice(open.indexOf(db), 1)
  await db.close()
}

/** Another process that opens the database as `db`, runs the code, says `done` and stays. */
function startProcess(code: string): ChildProcess {
  const script = `
    import { claimServerRole, openDatabase } from '@headwater/infra/database'
    const db = await openDatabase({ dataDir: process.argv[1] })
    ${code}
    console.log('done')
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, dataDir], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  return child
}

async function otherProcess(code: string): Promise<ChildProcess> {
  const child = startProcess(code)
  for await (const line of createInterface({ input: child.stdout! })) if (line === 'done') return child
  throw new Error('the other process has failed')
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

/** Process id of Postgres, undefined when it does not run. */
async function postmaster(): Promise<number | undefined> {
  const file = await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').catch(() => undefined)
  return file === undefined ? undefined : Number.parseInt(file, 10)
}

const numbers = (db: Database) =>
  db.pool.query('select n from kept order by n').then(({ rows }) => rows.map(({ n }) => n))

test('data outlives the process; Postgres runs as long as somebody uses it', async () => {
  const first = await openHere()
  expect(first.embedded).toBe(true)
  await first.pool.query('create table kept (n int)')
  const second = await openHere()
  await close(first)
  await second.pool.query('insert into kept values (1)')
  expect(await postmaster()).toBeDefined()
  await close(second)
  expect(await postmaster()).toBeUndefined()
  expect(await numbers(await openHere())).toEqual([1])
})

test('acknowledged means on disk', async () => {
  await created()
  const { rows } = await (await openHere()).pool.query(
    "select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'full_page_writes') order by name",
  )
  expect(rows.map(({ setting }) => setting)).toEqual(['on', 'on', 'on'])
})

test('only the holder of the password gets in, and only the owner can read it', async () => {
  const db = await openHere()
  const url = new URL(db.url)
  url.password = 'guess'
  await expect(openDatabase({ url: url.href })).rejects.toThrow(PostgresUnavailable)
  const { mode } = await stat(join(dataDir, 'password'))
  expect(mode & 0o777).toBe(0o600)
})

test('processes that start at once share one Postgres', async () => {
  await Promise.all([otherProcess(''), otherProcess(''), openHere(), openHere()])
  const { rows } = await open[0]!.pool.query("select count(*)::int as users from pg_locks where locktype = 'advisory'")
  expect(rows[0].users).toBe(4)
})

test('the Postgres of a killed process is found and used', async () => {
  await created()
  const child = await otherProcess(`
    await db.pool.query('create table kept (n int)')
    await db.pool.query('insert into kept values (1)')`)
  const pid = await postmaster()
  await kill(child)
  const db = await openHere()
  expect(await numbers(db)).toEqual([1])
  expect(await postmaster()).toBe(pid)
  await close(db)
  expect(await postmaster()).toBeUndefined()
})

test('also after its folder was moved', async () => {
  await created()
  await kill(await otherProcess('await db.pool.query("create table kept (n int)")'))
  const pid = await postmaster()
  await rename(dataDir, `${dataDir} moved`)
  dataDir = `${dataDir} moved`
  expect(await numbers(await openHere())).toEqual([])
  expect(await postmaster()).toBe(pid)
})

test('a first start killed in the middle does no harm', async () => {
  await mkdir(dataDir, { recursive: true })
  const begun = new AbortController()
  const changes = watch(dataDir, { signal: begun.signal })
  const child = startProcess('')
  for await (const { filename } of changes) if (filename?.startsWith('cluster-')) break
  await kill(child)
  const db = await openHere()
  expect((await db.pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('a postmaster.pid left by a crash of the machine does not block, even if its number is in use again', async () => {
  await created()
  const db = await openHere()
  await close(db)
  await writeFile(
    join(dataDir, 'postgres', 'postmaster.pid'),
    `${process.pid}\n${dataDir}\n1\n5432\n\n127.0.0.1\n1 1\nready\n`,
  )
  const again = await openHere()
  expect(await postmaster()).not.toBe(process.pid)
  expect((await again.pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('a Postgres that dies under us is started again, at the same address, and is still ours', async () => {
  await created()
  const db = await openHere()
  await db.pool.query('create table kept (n int)')
  const pid = (await postmaster())!
  process.kill(pid, 'SIGKILL')
  await vi.waitFor(async () => {
    expect(await postmaster()).not.toBe(pid)
    expect(await numbers(db)).toEqual([])
    const { rows } = await db.pool.query("select count(*)::int as users from pg_locks where locktype = 'advisory'")
    expect(rows[0].users).toBe(1)
  }, PATIENCE)
})

test('a second server is refused; the role of a killed one is free', async () => {
  await created()
  const child = await otherProcess('await claimServerRole(db)')
  const db = await openHere()
  await expect(claimServerRole(db)).rejects.toThrow(AlreadyServing)
  await kill(child)
  const role = await vi.waitFor(() => claimServerRole(db), PATIENCE)
  await expect(claimServerRole(db)).rejects.toThrow(AlreadyServing)
  await role.release()
  await (await claimServerRole(db)).release()
})

test('the role survives a loss of its connection', async () => {
  await created()
  const db = await openHere()
  const role = await claimServerRole(db)
  const holder = "select pid from pg_locks where locktype = 'advisory' and objid = 2"
  const { rows: before } = await db.pool.query(holder)
  await db.pool.query('select pg_terminate_backend($1)', [before[0].pid])
  await vi.waitFor(async () => {
    const { rows } = await db.pool.query(holder)
    expect(rows).toHaveLength(1)
    expect(rows[0].pid).not.toBe(before[0].pid)
  }, PATIENCE)
  expect(role.lost.aborted).toBe(false)
  await role.release()
})

test('a folder that only we may enter is no obstacle', async () => {
  await chmod(folder, 0o700)
  const db = await openHere()
  await db.pool.query('create table kept (n int)')
  await close(db)
  expect(await numbers(await openHere())).toEqual([])
})

test('what cannot be reached is said in one line', async () => {
  await created()
  await openHere()
  const failure = openDatabase({ url: 'postgres://somebody:secret@127.0.0.1:1/nothing' })
  await expect(failure).rejects.toThrow(PostgresUnavailable)
  await expect(failure).rejects.toThrow(
    /^cannot use the Postgres of DATABASE_URL: .*ECONNREFUSED[^\n]*unset DATABASE_URL[^\n]*$/,
  )
  await expect(failure).rejects.not.toThrow('secret')
})
