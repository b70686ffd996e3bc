// Reading the whole log, page by page, against a plain `select … order by position` of the same events in pages.
import { openPostgresEventLog } from '@headwater/infra/event-log'
import { type NewEvent, newId, type RecordedEvent } from '@headwater/schema'
import type pg from 'pg'
import { touch } from '../material/touch.ts'
import { type Bench, result } from '../result.ts'

const EVENTS = 400_000
const PAGE = 2_000

/** Both give the same: ours parses a page at once, the straightforward store has a row an event, whose columns the driver parses. */
export const read: Bench = async function* ({ db }) {
  const log = await openPostgresEventLog(db)
  const events = (n: number): NewEvent[] => Array.from({ length: n }, touch)
  for (let i = 0; i < EVENTS; i += 10_000)
    await Promise.all(
      Array.from({ length: 20 }, () => log.append(`lead-${newId()}`, events(500), { expected: 'none' })),
    )
  await db.pool.query(`create table plain as
    select position, stream, revision, id, type, (body::json->>'version')::integer as version, body::json->'data' as data,
      body::json->'meta' as meta, to_timestamp(recorded_at / 1000.0) as recorded_at
    from log.events`)
  await db.pool.query('alter table plain add primary key (position)')

  const seconds = async (run: () => Promise<number>) => {
    const start = performance.now()
    const count = await run()
    if (count !== EVENTS) throw new Error(`read ${count} of ${EVENTS} events`)
    return (performance.now() - start) / 1000
  }
  const ours = () =>
    seconds(async () => {
      let count = 0
      for await (const batch of log.readAll()) count += batch.events.length
      return count
    })
  const plain = () =>
    seconds(async () => {
      let count = 0
      for (let after = 0; ; ) {
        const { rows } = await db.pool.query({
          name: 'plain-read',
          text: 'select * from plain where position > $1 order by position limit $2',
          values: [after, PAGE],
        })
        if (rows.length === 0) return count
        count += rows.map(toEvent).length
        after = Number(rows.at(-1).position)
      }
    })
  await ours()
  await plain()
  const peer = { name: 'rows of pg', value: EVENTS / (await plain()) }
  yield result({ bench: 'read the log', unit: 'events/s', ours: EVENTS / (await ours()), peer })
  await log.close()
}

const toEvent = ({ id, type, version, data, meta, stream, revision, ...row }: pg.QueryResultRow): RecordedEvent => ({
  ...{ id, type, version, data, meta, stream, revision },
  position: row.position.padStart(16, '0'),
  recordedAt: row.recorded_at.toISOString(),
})
