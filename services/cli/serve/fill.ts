// An empty log gets a simulated organisation, and an interrupted one the rest of it.
import type { Headwater } from '@headwater/runtime'
import { instantOf } from '@headwater/schema'
import { defaults, findSimulation, StoryRefused } from '@headwater/simulation'
import { fillWithProgress } from '../simulate/fill-with-progress.ts'
import { count } from '../terminal/format.ts'

export async function fillIfEmpty(
  headwater: Headwater,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<void> {
  const { log } = headwater
  const begun = await findSimulation(log)
  const isEmpty = (await log.head()) === undefined
  if (begun ? begun.complete : !isEmpty) return
  say(
    begun
      ? 'An earlier start was interrupted while it filled the log with a simulated organisation: completing it.'
      : `The log is empty: filling it with a simulated organisation (${defaults.regions} regions, ${defaults.stores} stores, ${defaults.reps} reps, the last ${defaults.days} days).\n` +
          'To start without it, use an empty data folder and: npm start -- --empty (or HEADWATER_EMPTY=1).',
  )
  const started = performance.now()
  try {
    await fillWithProgress(headwater, begun ?? { ...defaults, endsAt: instantOf(Date.now()) }, signal)
  } catch (error) {
    if (signal.aborted) return
    if (!(error instanceof StoryRefused)) throw error
    return say(`The simulated organisation stays incomplete: another version began it (${error.message}).`)
  }
  say(`Done in ${count(Math.round((performance.now() - started) / 1000))} s.`)
}
