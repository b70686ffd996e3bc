// The simulated organisation in a log: told, found again, completed after an interruption.
import type { EventLog } from '@headwater/infra/ports'
import { ORGANISATION_ID, organisation } from '@headwater/organisation'
import { builtinPlaybooks } from '@headwater/sales'
import { streamName } from '@headwater/schema'
import { type FillOptions, fill } from './fill.ts'
import { defaults, endOf, type SimulationIdentity, simulationOf } from './identity.ts'
import { type Share, type SimulationOptions, writeScript } from './script.ts'
import { openTeller, type Teller, type TellerOptions } from './teller.ts'

/** What a log says of the simulation it was filled with. */
export interface FoundSimulation extends SimulationIdentity {
  /** False where the fill was interrupted. */
  readonly complete: boolean
}

/** The simulation that this log was begun with; undefined for a log that began otherwise, or is empty. */
export async function findSimulation(log: EventLog): Promise<FoundSimulation | undefined> {
  const events = await log.readStream(streamName(organisation.category, ORGANISATION_ID))
  const found = events[0] && simulationOf(events[0].meta.commandId)
  if (!found) return undefined
  const end = endOf(found)
  return { ...found, complete: events.some(({ meta }) => meta.commandId === end) }
}

export interface SimulateOptions extends Omit<FillOptions, 'log'>, TellerOptions {
  /** Tellers of all shares, at work elsewhere; one that works here unless given. */
  readonly tellers?: readonly Teller[] | undefined
}

type Wanted = Pick<SimulationOptions, 'endsAt'> & Partial<SimulationOptions>

const scriptOf = (wanted: Wanted, share?: Share) =>
  writeScript({ ...defaults, playbooks: builtinPlaybooks, ...wanted }, share)

/**
 * Fills the log with a simulated organisation and its story, through the deciders. The same options give the same events in the same order,
 * whoever tells them, but for their ids, the times of recording and the keys of persons; doing it again after an interruption ends with the
 * same data as if there had been none.
 * @throws StoryRefused; the signal's reason; what the shell and the log throw
 */
export async function simulate(options: SimulateOptions, wanted: Wanted): Promise<void> {
  await fill(scriptOf(wanted), options.tellers ?? [tellerOf(wanted, options)], options)
}

/** Tells a share of what `simulate` wants told, for a thread of its own; all of it unless given. */
export function tellerOf(wanted: Wanted, options: TellerOptions, share?: Share): Teller {
  return openTeller(scriptOf(wanted, share), options)
}
