// An empty log gets a simulated organisation, and an interrupted one the rest of it.
import type { Headwater } from '@headwater/runtime'
import { instantOf } from '@headwater/schema'
import { defaults, findSimulation, StoryRefused, simulate } from '@headwater/simulation'
import { count } from '../terminal/format.ts'
import { progress } from '../terminal/progress.ts'

export async function fillIfEmpty(
  { log, vault, application, readModels }: Headwater,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<void> {
  const begun = await findSimulation(log)
  const isEmpty = (await log.head()) === undefined
  if (begun ? begun.complete : !isEmpty) return
  const { regions, stores, reps, days } = defaults
  say(
    begun
      ? 'An earlier start was interrupted while it filled the log with a simulated organisation: completing it.'
      : `The log is empty: filling it with a simulated organisation (${regions} regions, ${stores} stores, ${reps} reps, the last ${days} days).\n` +
          'To start without it, use an empty data folder and: npm start -- --empty (or HEADWATER_EMPTY=1).',
  )
  const { seed, endsAt } = begun ?? { seed: defaults.seed, endsAt: instantOf(Date.now()) }
  const started = performance.now()
  const bar = progress('filling', 1)
  try {
    const settle = () => readModels.catchUp({ signal })
    await simulate(
      { log, vault, shell: application.shell, settle, signal, onProgress: (done, all) => bar.update(done / all) },
      { seed, endsAt },
    )
  } catch (error) {
    if (signal.aborted) return
    if (!(error instanceof StoryRefused)) throw error
    return say(`The simulated organisation stays incomplete: another version began it (${error.message}).`)
  } finally {
    bar.stop()
  }
  say(`Done in ${count(Math.round((performance.now() - started) / 1000))} s.`)
}
