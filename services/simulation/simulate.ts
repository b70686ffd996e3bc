// The simulated organisation in a log: told, found again, completed after an interruption.
import type { EventLog } from '@headwater/infra/ports'
import { ORGANISATION_ID, organisation } from '@headwater/organisation'
import { builtinPlaybooks } from '@headwater/sales'
import { type Instant, streamName } from '@headwater/schema'
import { type FillOptions, fill } from './fill.ts'
import { endOf, simulationOf } from './identity.ts'
import { defaults, type SimulationOptions, writeScript } from './script.ts'

/** What a log says of the simulation it was filled with. */
export interface FoundSimulation {
  readonly seed: number
  readonly endsAt: Instant
  /** False where the fill was interrupted. */
  readonly complete: boolean
}

/** The simulation that this log was begun with; undefined for a log that began otherwise, or is empty. */
export async function findSimulation(log: EventLog): Promise<FoundSimulation | undefined> {
  const events = await log.readStream(streamName(organisation.category, ORGANISATION_ID))
  const found = events[0] && simulationOf(events[0].meta.commandId)
  if (!found) return undefined
  const end = endOf(found.seed, found.endsAt)
  return { ...found, complete: events.some(({ meta }) => meta.commandId === end) }
}

export interface SimulateOptions extends Omit<FillOptions, 'written' | 'onProgress'> {
  readonly log: EventLog
  /** Steps done so far, and all of them. */
  readonly onProgress?: (done: number, all: number) => void
}

/**
 * Fills the log with a simulated organisation and its story, through the deciders. The same seed and end give the same commands, so that
 * doing it again after an interruption ends with the same data as if there had been none.
 * @throws StoryRefused; the signal's reason; what the shell throws
 */
export async function simulate(
  { log, onProgress, ...options }: SimulateOptions,
  wanted: Pick<SimulationOptions, 'endsAt'> & Partial<SimulationOptions>,
): Promise<void> {
  const script = writeScript({ ...defaults, playbooks: builtinPlaybooks, ...wanted })
  const written = await commandsIn(log)
  await fill(script, {
    ...options,
    written,
    ...(onProgress && { onProgress: (done) => onProgress(done, script.size) }),
  })
}

async function commandsIn(log: EventLog): Promise<Set<string>> {
  const ids = new Set<string>()
  for await (const { events } of log.readAll()) for (const { meta } of events) ids.add(meta.commandId)
  return ids
}
