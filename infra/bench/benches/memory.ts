// Whether memory is flat in the length of the log: the highest that a process of its own has held, after 100,000 events and 400,000.
import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { openHeadwater } from '@headwater/runtime'
import { beginStory } from '../material/story.ts'
import { canMeasureMemory } from '../memory.ts'
import { type Bench, result } from '../result.ts'

const SHORT = 100_000
const LONG = 400_000
/** A heap that grows with the log would be 4 times as large. */
const GOAL = 1.25

export const memory: Bench = async function* ({ db, folder }) {
  if (!canMeasureMemory) return
  const headwater = await openHeadwater({ databaseUrl: db.url, dataDir: folder, masterKey: undefined })
  const peak = (work: 'read' | 'catch-up') => peakMiB(work, db.url, folder)
  try {
    const story = await beginStory(headwater, LONG)
    await story.tell(SHORT)
    const short = { read: await peak('read'), 'catch-up': await peak('catch-up') }
    await story.tell(LONG - SHORT)
    for (const work of ['read', 'catch-up'] as const) {
      const long = await peak(work)
      const name = { read: 'reading', 'catch-up': 'catching up' }[work]
      yield result({
        bench: `peak memory ${name}, ${SHORT / 1000},000 events`,
        unit: 'MiB',
        ours: short[work],
        less: true,
      })
      yield result({ bench: `peak memory ${name}, ${LONG / 1000},000 events`, unit: 'MiB', ours: long, less: true })
      yield result({
        bench: `growth ${name}, 4 times the log`,
        unit: '×',
        ours: long / short[work],
        less: true,
        goal: GOAL,
      })
    }
  } finally {
    await headwater.close()
  }
}

const child = path.join(import.meta.dirname, '..', 'children', `memory${path.extname(import.meta.filename)}`)

async function peakMiB(work: string, url: string, folder: string): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, [child, work, url, folder])
  return Number(stdout)
}
