// Events per second that the simulation makes, decides and appends, against plain INSERT of as many rows.
import type { Database } from '@headwater/infra/database'
import { openHeadwater } from '@headwater/runtime'
import { simulate as tell } from '@headwater/simulation'
import { touch } from '../material/touch.ts'
import { type Bench, result } from '../result.ts'

/** Some 100,000 events. */
const ORGANISATION = {
  ...{ seed: 1, regions: 4, stores: 50, reps: 200, days: 90, leadsPerDay: 90 },
  endsAt: '2026-06-30T15:00:00.000Z',
}
const GOAL = 50_000
const CONNECTIONS = 10

export const simulate: Bench = async function* ({ db, folder }) {
  const headwater = await openHeadwater({ databaseUrl: db.url, dataDir: folder, masterKey: undefined })
  let [events, settling] = [0, 0]
  /** Not a part of what is measured. */
  const settle = async () => {
    const start = performance.now()
    await headwater.readModels.catchUp()
    settling += performance.now() - start
  }
  try {
    const start = performance.now()
    const { log, application } = headwater
    const onProgress = (done: { events: number }) => {
      events = done.events
    }
    await tell({ log, shell: application.shell, settle, onProgress }, ORGANISATION)
    const ours = events / ((performance.now() - start - settling) / 1000)
    const peer = { name: 'plain INSERT', value: await insertEach(db, events) }
    yield result({ bench: 'simulate', unit: 'events/s', ours, peer, goal: GOAL, goalOf: 'ours' })
  } finally {
    await headwater.close()
  }
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
