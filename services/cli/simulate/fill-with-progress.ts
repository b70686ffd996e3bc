import type { Headwater } from '@headwater/runtime'
import { type SimulationIdentity, simulate } from '@headwater/simulation'
import { count } from '../terminal/format.ts'
import { progress } from '../terminal/progress.ts'

export interface Filled {
  readonly events: number
  /** Spent on making and appending them, and on bringing the read models up to date. */
  readonly seconds: { readonly events: number; readonly readModels: number }
}

/**
 * Tells a simulation into the log, or the rest of one, behind a bar. Without `readModels` they stay as they are: the look-up of duplicates
 * knows of nobody, and no month is closed. @throws as `simulate`
 */
export async function fillWithProgress(
  { log, application, closing, readModels }: Pick<Headwater, 'log' | 'application' | 'closing' | 'readModels'>,
  identity: SimulationIdentity,
  signal: AbortSignal,
  { readModels: wanted = true }: { readonly readModels?: boolean } = {},
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
  try {
    await simulate(
      {
        ...{ log, shell: application.shell, settle, signal, closing: wanted ? closing : undefined },
        onProgress(done) {
          events = done.events
          bar.update(done.share, `${count(Math.round(events / seconds().events))} events/s`)
        },
      },
      identity,
    )
  } finally {
    bar.stop()
  }
  return { events, seconds: seconds() }
}
