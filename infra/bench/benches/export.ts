// The log and the largest read models into files, by the real command, against COPY of the same tables into a file.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { leadsModel, tablesOf } from '@headwater/projections'
import { openHeadwater } from '@headwater/runtime'
import { to as copyTo } from 'pg-copy-streams'
import { beginStory } from '../material/story.ts'
import { type Bench, result } from '../result.ts'
import { root } from '../root.ts'

const EVENTS = 200_000

/** Rows per second from the start of the process to its end; the sizes of the files beside those of COPY. */
export const exporting: Bench = async function* ({ db, folder }) {
  const headwater = await openHeadwater({ databaseUrl: db.url, dataDir: folder, masterKey: undefined })
  const story = await beginStory(headwater, EVENTS)
  await story.tell(EVENTS)
  await headwater.readModels.catchUp()
  await headwater.close()

  /** @returns rows a second, and bytes a row */
  const exported = async (what: string, format: string) => {
    const to = path.join(folder, `${what}.${format}`)
    const started = performance.now()
    await command({ DATABASE_URL: db.url, HEADWATER_DATA: folder }, 'export', what, '--format', format, '--to', to)
    const seconds = (performance.now() - started) / 1000
    const { tables, files } = JSON.parse(await readFile(path.join(to, 'manifest.json'), 'utf8')) as Manifest
    const rows = tables
      .filter(({ name }) => what !== 'log' || name === 'events')
      .reduce((sum, one) => sum + one.rows, 0)
    const bytes = (wanted: (table: string) => boolean) =>
      files.reduce((sum, one) => sum + (wanted(one.table) ? one.bytes : 0), 0) / rows
    return { rate: rows / seconds, flat: bytes((table) => table === 'events'), all: bytes(() => true) }
  }
  const copied = async (tables: readonly string[]) => {
    const client = await db.pool.connect()
    const started = performance.now()
    let [rows, bytes] = [0, 0]
    for (const table of tables) {
      const file = path.join(folder, `${table}.copy`)
      const stream = client.query(copyTo(`copy ${table} to stdout (format csv)`))
      await pipeline(stream, createWriteStream(file))
      rows += stream.rowCount
      bytes += (await stat(file)).size
    }
    client.release()
    return { rate: rows / ((performance.now() - started) / 1000), bytes: bytes / rows }
  }

  const log = await copied(['log.events'])
  const name = 'COPY'
  for (const format of ['jsonl', 'parquet', 'csv']) {
    const ours = await exported('log', format)
    yield result({
      ...{ bench: `export of the log, ${format}`, unit: 'events/s', ours: ours.rate },
      peer: { name, value: log.rate },
    })
    yield result({
      ...{ bench: `size of the events, ${format}`, unit: 'bytes an event', ours: ours.flat, less: true },
      peer: { name, value: log.bytes },
    })
    if (format === 'parquet')
      yield result({
        ...{ bench: 'size with the tables of types, parquet', unit: 'bytes an event', ours: ours.all, less: true },
        peer: { name, value: log.bytes },
      })
  }
  const leads = await copied(tablesOf(leadsModel).map(([, table]) => `read.${table.name}`))
  for (const format of ['parquet', 'csv']) {
    const ours = await exported('leads', format)
    yield result({
      ...{ bench: `export of leads, ${format}`, unit: 'rows/s', ours: ours.rate },
      peer: { name, value: leads.rate },
    })
    yield result({
      ...{ bench: `size of leads, ${format}`, unit: 'bytes a row', ours: ours.all, less: true },
      peer: { name, value: leads.bytes },
    })
  }
}

interface Manifest {
  readonly tables: readonly { readonly name: string; readonly rows: number }[]
  readonly files: readonly { readonly table: string; readonly bytes: number }[]
}

/** @throws where it does not end with 0 */
async function command(variables: Readonly<Record<string, string>>, ...args: string[]): Promise<void> {
  const bin = path.join(root, 'services/cli/bin/headwater.mjs')
  const child = spawn(process.execPath, [bin, ...args, '--json'], {
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`headwater ${args.join(' ')} ended with ${code}`)
}
