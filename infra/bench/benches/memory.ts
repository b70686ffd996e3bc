// Whether memory is flat in the length of the log: the highest that a process of its own has held, after 100,000 events and after
// 4 times as many, or as many as BENCH_MEMORY_EVENTS says.
import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { openHeadwater } from '@headwater/runtime'
import { beginStory } from '../material/story.ts'
import { canMeasureMemory } from '../memory.ts'
import { type Bench, result } from '../result.ts'

const SHORT = 100_000
const LONG = Number(process.env.BENCH_MEMORY_EVENTS ?? 400_000)
/** A heap that grows with the log would be as many times as large as the log. */
const GOAL = 1.25
/** MiB, however long the log. */
const MOST = 300

const works = { read: 'reading', 'catch-up': 'catching up', rebuild: 'rebuilding' } as const
type Work = keyof typeof works

export const memory: Bench = async function* ({ db, folder }) {
  if (!canMeasureMemory) return
  const headwater = await openHeadwater({ databaseUrl: db.url, dataDir: folder, masterKey: undefined })
  const peaks = async () => {
    const peak = {} as Record<Work, number>
    for (const work of Object.keys(works) as Work[]) peak[work] = await peakMiB(work, db.url, folder)
    return peak
  }
  try {
    const story = await beginStory(headwater, LONG)
    await story.tell(SHORT)
    const short = await peaks()
    await story.tell(LONG - SHORT)
    const long = await peaks()
    for (const [work, name] of Object.entries(works) as [Work, string][]) {
      const peak = (events: number, ours: number, goal?: number) =>
        result({
          bench: `peak memory ${name}, ${events.toLocaleString('en')} events`,
          unit: 'MiB',
          ours,
          less: true,
          ...(goal && { goal }),
        })
      yield peak(SHORT, short[work])
      yield peak(LONG, long[work], MOST)
      yield result({
        bench: `growth ${name}, ${LONG / SHORT} times the log`,
        unit: '×',
        ours: long[work] / short[work],
        less: true,
        goal: GOAL,
      })
    }
  } finally {
    await headwater.close()
  }
}

const child = path.join(import.meta.dirname, '..', 'children', `memory${path.extname(import.meta.filename)}`)

async function peakMiB(work: Work, url: string, folder: string): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, [child, work, url, folder])
  return Number(stdout)
}
