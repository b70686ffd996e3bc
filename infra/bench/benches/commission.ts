// All statements of a year, worked out from the facts of a million payments, rep by rep: the book is pure, so each processor takes a part of the reps.
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Done, Share } from '../children/commission.ts'
import { canMeasureMemory, residentMiB } from '../memory.ts'
import { type Bench, result } from '../result.ts'

const REPS = 3030

export const commission: Bench = async function* () {
  const before = canMeasureMemory ? await residentMiB('self') : 0
  const threads = availableParallelism()
  const start = (n: number) => Math.floor((n * REPS) / threads)
  const done = await Promise.all(
    Array.from({ length: threads }, (_, n) => run({ reps: REPS, from: start(n), to: start(n + 1) })),
  )
  const sum = (of: keyof Done) => done.reduce((total, one) => total + one[of], 0)
  const bench = `commission: ${sum('payments')} payments, ${REPS} reps, ${sum('lines')} lines, ${sum('adjustments')} adjustments`
  const slowest = Math.max(...done.map(({ ms }) => ms))
  yield result({ bench: `${bench}, ${threads} threads`, unit: 's', ours: slowest / 1000, goal: 10, less: true })
  if (canMeasureMemory) {
    const grown = (await residentMiB('self', 'peak')) - before
    yield result({ bench: 'commission: memory above the start, at its highest', unit: 'MiB', ours: grown, less: true })
  }
}

async function run(workerData: Share): Promise<Done> {
  const worker = new Worker(new URL('../children/commission.js', import.meta.url), { workerData })
  const [done] = (await once(worker, 'message')) as [Done]
  return done
}
