import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import { remoteTeller, type SimulationIdentity, type Teller } from '@headwater/simulation'
import type { TellerData } from './teller-thread.ts'

/** A thread is started on what is built, even where this runs from its source or in a bundle. */
const built = () => createRequire(import.meta.url).resolve('@headwater/cli/teller-thread')

/** MiB. What is decided soon becomes garbage, of which more at a time costs less: a fifth of the CPU time. */
const young = 64

/** So many threads, each of which tells a share; without any, no tellers. Stopping waits for nothing. */
export function startTellers(count: number, databaseUrl: string, identity: SimulationIdentity) {
  const threads = Array.from(
    { length: count },
    (_, index) =>
      new Worker(built(), {
        workerData: { databaseUrl, identity, share: { index, of: count } } satisfies TellerData,
        execArgv: [],
        resourceLimits: { maxYoungGenerationSizeMb: young },
      }),
  )
  const tellers: readonly Teller[] | undefined = count > 0 ? threads.map(remoteTeller) : undefined
  return { tellers, stop: () => Promise.all(threads.map((thread) => thread.terminate())) }
}
