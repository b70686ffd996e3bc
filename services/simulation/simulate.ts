// The simulated organisation in a log: told, found again, completed after an interruption.
import type { EventLog } from '@headwater/infra/ports'
import { ORGANISATION_ID, organisation } from '@headwater/organisation'
import { builtinPlaybooks } from '@headwater/sales'
import { streamName } from '@headwater/schema'
import { type FillOptions, fill } from './fill.ts'
import { defaults, endOf, type SimulationIdentity, simulationOf } from './identity.ts'
import { type SimulationOptions, writeScript } from './script.ts'

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

/**
 * Fills the log with a simulated organisation and its story, through the deciders. The same options give the same commands, so that
 * doing it again after an interruption ends with the same data as if there had been none.
 * @throws StoryRefused; the signal's reason; what the shell throws
 */
export async function simulate(
  options: FillOptions,
  wanted: Pick<SimulationOptions, 'endsAt'> & Partial<SimulationOptions>,
): Promise<void> {
  await fill(writeScript({ ...defaults, playbooks: builtinPlaybooks, ...wanted }), options)
}
