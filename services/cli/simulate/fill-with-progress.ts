import type { Headwater } from '@headwater/runtime'
import { openShell } from '@headwater/shell'
import { type SimulationIdentity, simulate } from '@headwater/simulation'
import { count } from '../terminal/format.ts'
import { progress } from '../terminal/progress.ts'
import { startTellers } from './threads.ts'

export interface Filled {
  readonly events: number
  /** Spent on making and appending them, and on bringing the read models up to date. */
  readonly seconds: { readonly events: number; readonly readModels: number }
}

export interface FillChoices {
  /** Bring the read models up to date on the way; true unless said. */
  readonly readModels?: boolean
  /** That make it up and decide it; none, and this one does it, unless said. */
  readonly threads?: number
}

/**
 * Tells a simulation into the log, or the rest of one, behind a bar. Without `readModels` they stay as they are: the look-up of duplicates
 * knows of nobody, and no month is closed. @throws as `simulate`
 */
export async function fillWithProgress(
  { db, log, application, closing, readModels }: Headwater,
  identity: SimulationIdentity,
  signal: AbortSignal,
  { readModels: wanted = true, threads = 0 }: FillChoices = {},
): Promise<Filled> {
  const started = performance.now()
  let [events, settling] = [0, 0]
  const seconds = () => ({ events: (performance.now() - started - settling) / 1000, readModels: settling / 1000 })
  const settle = async () => {
    if (!wanted) return
    const before = performance.now()
    await readModels.catchUp({ signal })
    settling += performance.now() - before
  }
  const bar = progress('filling', 1)
  const { tellers, stop } = startTellers(threads, db.url, identity)
  try {
    await simulate(
      {
        ...{ log, settle, signal, tellers, closing: wanted ? closing : undefined },
        shellOn: (draft) => openShell({ ...application.options, log: draft }),
        onProgress(done) {
          events = done.events
          bar.update(done.share, `${count(Math.round(events / seconds().events))} events/s`)
        },
      },
      identity,
    )
  } finally {
    await stop()
    bar.stop()
  }
  return { events, seconds: seconds() }
}
