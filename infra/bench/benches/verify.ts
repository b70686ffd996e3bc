// Verifying the whole log against its seal and its recorded leaves, beside only reading the same log; and whether memory is flat in its length.
import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { recordLog, type SealContent, sealPeriod, verify as verifyLog } from '@headwater/audit'
import { openPostgresLeafStore } from '@headwater/infra/audit'
import { openPostgresEventLog, openPostgresStoredEvents } from '@headwater/infra/event-log'
import { newId } from '@headwater/schema'
import { touch } from '../material/touch.ts'
import { canMeasureMemory } from '../memory.ts'
import { type Bench, result } from '../result.ts'

const SHORT = 100_000
const LONG = 400_000
const GOAL = 200_000
/** A heap that grows with the log would be 4 times as large. */
const FLAT = 1.25

export const verify: Bench = async function* ({ db }) {
  const log = await openPostgresEventLog(db)
  const stored = openPostgresStoredEvents(db)
  const leaves = await openPostgresLeafStore(db)
  const content: Omit<SealContent, 'log'> = { period: '2026-01', statements: 0, lines: 0, total: 0, linesRoot: '' }
  const append = async (count: number) => {
    for (let i = 0; i < count; i += 10_000)
      await Promise.all(
        Array.from({ length: 20 }, () =>
          log.append(`lead-${newId()}`, Array.from({ length: 500 }, touch), { expected: 'none' }),
        ),
      )
  }
  const perSecond = async (run: () => Promise<number>) => {
    const start = performance.now()
    const count = await run()
    if (count !== LONG) throw new Error(`${count} of ${LONG} events`)
    return (LONG / (performance.now() - start)) * 1000
  }
  const read = async () => {
    let count = 0
    for await (const { events } of log.readAll()) count += events.length
    return count
  }
  const peak = async () => Number((await promisify(execFile)(process.execPath, [child, db.url])).stdout)

  await append(SHORT)
  await recordLog(stored, leaves, (await log.head())!)
  const short = canMeasureMemory ? await peak() : 0
  await append(LONG - SHORT)
  const start = performance.now()
  const root = await recordLog(stored, leaves, (await log.head())!)
  const recorded = ((LONG - SHORT) / (performance.now() - start)) * 1000
  const closed = [sealPeriod({ ...content, log: root }, null)]
  const verified = async () => {
    const { intact, sealed } = await verifyLog({ log: stored, leaves, closed })
    if (!intact) throw new Error('the log is not as it was sealed')
    return sealed
  }
  await db.pool.query('vacuum analyze log.events')
  await read()
  await verified()
  const peer = { name: 'reading alone', value: await perSecond(read) }
  const ours = await perSecond(verified)
  yield result({ bench: 'verify the log', unit: 'events/s', ours, peer, goal: GOAL, goalOf: 'ours' })
  yield result({ bench: 'record leaves at a close', unit: 'events/s', ours: recorded })
  if (canMeasureMemory) {
    const long = await peak()
    yield result({ bench: `peak memory verifying, ${LONG / 1000},000 events`, unit: 'MiB', ours: long, less: true })
    yield result({ bench: 'growth verifying, 4 times the log', unit: '×', ours: long / short, less: true, goal: FLAT })
  }
  await log.close()
}

const child = path.join(import.meta.dirname, '..', 'children', `verify${path.extname(import.meta.filename)}`)
