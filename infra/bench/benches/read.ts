// Reading the whole log, page by page, against a plain `select … order by position` of the same rows in pages.
import { openPostgresEventLog } from '@headwater/infra/event-log'
import { type NewEvent, newId } from '@headwater/schema'
import { touch } from '../material/touch.ts'
import { type Bench, result } from '../result.ts'

const EVENTS = 400_000
const PAGE = 2_000

/** Ours parses a page at once; the peer is what a straightforward store does: rows, `json` columns parsed by the driver. */
export const read: Bench = async function* ({ db }) {
  const log = await openPostgresEventLog(db)
  const events = (n: number): NewEvent[] => Array.from({ length: n }, touch)
  for (let i = 0; i < EVENTS; i += 10_000)
    await Promise.all(
      Array.from({ length: 20 }, () => log.append(`lead-${newId()}`, events(500), { expected: 'none' })),
    )
  await db.pool.query(
    `create table plain as select position, stream, revision, id, type, recorded_at, body::json as body from log.events`,
  )
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
      for (let after = 0; ; after += PAGE) {
        const { rows } = await db.pool.query({
          name: 'plain-read',
          text: 'select * from plain where position > $1 order by position limit $2',
          values: [after, PAGE],
        })
        if (rows.length === 0) return count
        count += rows.length
      }
    })
  await ours()
  await plain()
  const peer = { name: 'rows of pg', value: EVENTS / (await plain()) }
  yield result({ bench: 'read the log', unit: 'events/s', ours: EVENTS / (await ours()), peer })
  await log.close()
}
