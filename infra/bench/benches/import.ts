// Source events per second of a whole import, read models brought up to date: a made-up log of 260,000 events, and the public one.
import path from 'node:path'
import { importFiles, readMapping } from '@headwater/import'
import type { Database } from '@headwater/infra/database'
import { openHeadwater } from '@headwater/runtime'
import { newId } from '@headwater/schema'
import { touch } from '../material/touch.ts'
import { publicDataSet, writeXes } from '../material/xes.ts'
import { type Bench, result } from '../result.ts'

const CASES = 13_000
/** 262,200 events in a minute. */
const GOAL = 4_370
const PEER_EVENTS = 2_000

export const importing: Bench = async function* ({ db, folder }) {
  const file = path.join(folder, 'made-up.xes.gz')
  await writeXes(file, CASES)
  const peer = { name: 'an INSERT an event', value: await insertEach(db) }
  yield await measured('import, made up', { db, folder, file, peer })
  const real = publicDataSet()
  if (real) yield await measured('import, bpi2012', { db, folder, file: real, peer })
}

interface Import {
  readonly db: Database
  readonly folder: string
  readonly file: string
  readonly peer: { name: string; value: number }
}

/** The made-up log and the public one have the same ids of cases: each gets a database of its own. */
async function measured(bench: string, { db, folder, file, peer }: Import) {
  const database = `import_${newId().replaceAll('-', '')}`
  await db.pool.query(`create database ${database}`)
  const url = new URL(db.url)
  url.pathname = database
  const headwater = await openHeadwater({ databaseUrl: url.href, dataDir: folder, masterKey: undefined })
  try {
    const start = performance.now()
    const mapping = await readMapping('bpi2012')
    const { rows, badRows } = await importFiles({ files: [file], mapping, application: headwater.application })
    await headwater.readModels.catchUp()
    const seconds = (performance.now() - start) / 1000
    if (badRows.count > 0) throw new Error(`${bench}: ${badRows.count} bad rows`)
    return result({ bench, unit: 'source events/s', ours: rows / seconds, peer, goal: GOAL, goalOf: 'ours' })
  } finally {
    await headwater.close()
  }
}

/** The import that one writes first, without its decisions and read models: a row an event, each its own commit, one after the other. */
async function insertEach({ pool }: Database): Promise<number> {
  await pool.query('create table insert_each (position bigserial primary key, id uuid unique, body json not null)')
  const start = performance.now()
  for (let i = 0; i < PEER_EVENTS; i++) {
    const event = touch()
    await pool.query({
      name: 'insert-each',
      text: 'insert into insert_each (id, body) values ($1, $2)',
      values: [event.id, JSON.stringify(event)],
    })
  }
  return PEER_EVENTS / ((performance.now() - start) / 1000)
}
