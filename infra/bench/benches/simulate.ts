// Events per second that the simulation makes, decides and appends, against plain INSERT of as many rows.
import { execFile } from 'node:child_process'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import type { Database } from '@headwater/infra/database'
import { touch } from '../material/touch.ts'
import { type Bench, result } from '../result.ts'
import { root } from '../root.ts'

/** Some 200,000 events. */
const ORGANISATION =
  '--seed 1 --stores 50 --reps 200 --days 180 --leads-per-day 90 --ends-at 2026-06-30T15:00:00Z --no-read-models'
const GOAL = 50_000
const CONNECTIONS = 10

/** As the command line does it, with a thread a processor. */
export const simulate: Bench = async function* ({ db, folder }) {
  const env = { ...process.env, DATABASE_URL: db.url, HEADWATER_DATA: folder }
  const program = path.join(root, 'services/cli/bin/headwater.mjs')
  const threads = ['--threads', String(availableParallelism())]
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [program, 'simulate', ...ORGANISATION.split(' '), ...threads, '--json'],
    { env },
  )
  const { events, seconds } = JSON.parse(stdout)
  const peer = { name: 'plain INSERT', value: await insertEach(db, events) }
  yield result({ bench: 'simulate', unit: 'events/s', ours: events / seconds.events, peer, goal: GOAL, goalOf: 'ours' })
}

/** A row an event, each its own commit, on all connections of the pool at once; nothing is decided. */
async function insertEach({ pool }: Database, count: number): Promise<number> {
  await pool.query('create table insert_each (position bigserial primary key, id uuid unique, body json not null)')
  const start = performance.now()
  let left = count
  const writer = async () => {
    while (left-- > 0) {
      const event = touch()
      await pool.query({
        name: 'insert-each',
        text: 'insert into insert_each (id, body) values ($1, $2)',
        values: [event.id, JSON.stringify(event)],
      })
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, writer))
  return count / ((performance.now() - start) / 1000)
}
