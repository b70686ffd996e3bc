// A simulated organisation of any size in an empty log.
import { availableParallelism } from 'node:os'
import { instantOf } from '@headwater/schema'
import { defaults, findSimulation, type SimulationIdentity } from '@headwater/simulation'
import type { Answer } from '../answer.ts'
import { withSession } from '../session.ts'
import { Failure } from '../terminal/failure.ts'
import { count } from '../terminal/format.ts'
import { interrupted } from '../terminal/interrupted.ts'
import { facts } from '../terminal/table.ts'
import { type FillChoices, type Filled, fillWithProgress } from './fill-with-progress.ts'

const names = ['stores', 'reps', 'days', 'leadsPerDay', 'seed', 'endsAt'] as const
export interface SimulateOptions extends Partial<Pick<SimulationIdentity, (typeof names)[number]>>, FillChoices {}

/**
 * Fills an empty log, or completes the simulation that the log holds where it was interrupted.
 * @throws Failure for a log that holds anything else, or another simulation than the options name
 */
export function simulate(options: SimulateOptions): Promise<Answer> {
  return withSession(
    async (headwater) => {
      const begun = await findSimulation(headwater.log)
      if (!begun && (await headwater.log.head()) !== undefined)
        throw new Failure(
          'the log is not empty: a simulation needs a log of its own (HEADWATER_DATA names another folder)',
        )
      const differs = begun && names.find((name) => (options[name] ?? begun[name]) !== begun[name])
      if (differs)
        throw new Failure(
          `the log holds another simulation: its ${differs} is ${begun[differs]}, not ${options[differs]}`,
        )
      const { complete = false, ...simulation } = begun ?? { ...sized(options), complete: false }
      const signal = interrupted('simulate again to complete it')
      const filled = complete
        ? nothing
        : await fillWithProgress(headwater, simulation, signal, {
            threads: threadsFor(simulation),
            ...options,
          })
      return {
        json: { simulation, ...filled },
        text: () => (complete ? 'This simulation is in the log already.' : report(filled)),
      }
    },
    { upToDate: false },
  )
}

/** Below so many leads, threads are not worth their start. */
const manyLeads = 20_000

const threadsFor = ({ days, leadsPerDay }: SimulationIdentity) =>
  days * leadsPerDay < manyLeads ? 0 : availableParallelism()

const nothing: Filled = { events: 0, seconds: { events: 0, readModels: 0 } }

/** What is not said follows in proportion from what is: a larger organisation has more reps, and they more leads. */
function sized({
  stores = defaults.stores,
  reps = Math.round((stores * defaults.reps) / defaults.stores),
  leadsPerDay = Math.ceil((reps * defaults.leadsPerDay) / defaults.reps),
  days = defaults.days,
  seed = defaults.seed,
  endsAt = instantOf(Date.now()),
}: SimulateOptions): SimulationIdentity {
  const regions = Math.min(30, Math.max(1, Math.round((stores * defaults.regions) / defaults.stores)))
  return { regions, stores, reps, days, leadsPerDay, seed, endsAt }
}

const report = ({ events, seconds }: Filled) =>
  facts([
    ['events', count(events)],
    ['made and appended in', `${seconds.events.toFixed(1)} s (${count(Math.round(events / seconds.events))} a second)`],
    ['read models brought up to date in', `${seconds.readModels.toFixed(1)} s`],
  ])
