// The real command line in processes of its own, in a folder of its own; it runs what `npm run build` has built.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openDatabase } from '@headwater/infra/database'
import { openPostgresEventLog } from '@headwater/infra/event-log'
import { copyDataFolder, freshDatabase } from '@headwater/infra/testing'

const bin = fileURLToPath(new URL('../bin/headwater.mjs', import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly process: ChildProcess
  /** What it has said so far, on stdout and stderr together. */
  said(): string
  /** The first match in what it says. @throws when it ends without */
  says(pattern: RegExp): Promise<RegExpExecArray>
  readonly ended: Promise<Ended>
}

/**
 * What commands find: a `database` in the Postgres of the test run; an `embedded` Postgres of their own, which each of them starts
 * where it does not run; or `nothing`, so that the first one creates that, too.
 */
export type Engine = 'database' | 'embedded' | 'nothing'

export interface CommandLine {
  /** A folder for files, with a space in its path. */
  readonly folder: string
  readonly dataDir: string
  readonly databaseUrl: string | undefined
  start(...args: string[]): Running
  run(...args: string[]): Promise<Ended>
  /** What `--json` gives. @throws unless it ends with 0 */
  json<T>(...args: string[]): Promise<T>
  /** Ends as soon as the log holds so many events. */
  logHolds(events: number): Promise<void>
  /** Kills what still runs, stops the embedded Postgres, and removes all data. */
  remove(): Promise<void>
}

export async function commandLine(engine: Engine = 'database'): Promise<CommandLine> {
  const folder = await mkdtemp(join(tmpdir(), 'headwater cli '))
  await chmod(folder, 0o711) // started by root, Postgres runs as somebody else
  const dataDir = join(folder, 'data')
  if (engine === 'embedded') await copyDataFolder(dataDir)
  const database = engine === 'database' ? await freshDatabase() : undefined
  const env = {
    ...process.env,
    HEADWATER_DATA: dataDir,
    DATABASE_URL: database?.url ?? '',
    HEADWATER_EMPTY: '',
    NODE_OPTIONS: '',
  }
  const alive = new Set<Running>()

  const start = (...args: string[]): Running => {
    const child = spawn(process.execPath, [bin, ...args], { env, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
    const running = follow(child)
    alive.add(running)
    void running.ended.then(() => alive.delete(running))
    return running
  }
  const run = (...args: string[]) => start(...args).ended
  return {
    folder,
    dataDir,
    databaseUrl: database?.url,
    start,
    run,
    async json<T>(...args: string[]) {
      const { code, stdout, stderr } = await run(...args, '--json')
      if (code !== 0) throw new Error(`headwater ${args.join(' ')} ended with ${code}: ${stderr}`)
      return JSON.parse(stdout) as T
    },
    async logHolds(events) {
      const db = await openDatabase({ url: database?.url, dataDir })
      const closing = new AbortController()
      for await (const { position } of (await openPostgresEventLog(db)).subscribe({ signal: closing.signal }))
        if (Number(position) >= events) closing.abort()
      await db.close()
    },
    async remove() {
      for (const { process } of alive) process.kill('SIGKILL')
      await Promise.all([...alive].map(({ ended }) => ended))
      if (database) await database.drop()
      else await run('log', 'head') // the last user of the embedded Postgres stops it
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function follow(child: ChildProcess): Running {
  let [stdout, stderr] = ['', '']
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    stdout += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    stderr += text
  })
  const said = () => stdout + stderr
  const ended = once(child, 'close').then(([code]) => ({ code, stdout, stderr }))
  return {
    process: child,
    said,
    ended,
    async says(pattern) {
      for (;;) {
        const match = pattern.exec(said())
        if (match) return match
        const over = await Promise.race([ended, once(child.stdout!, 'data'), once(child.stderr!, 'data')])
        if (!Array.isArray(over) && !pattern.test(said())) throw new Error(`ended without ${pattern}: ${said()}`)
      }
    },
  }
}
