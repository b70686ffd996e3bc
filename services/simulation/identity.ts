// The log itself tells which simulation it holds, as the command ids carry the seed and the end.
import { type Instant, instantOf, msOf } from '@headwater/schema'

/** Begins every command id of a simulation. */
export const simulationId = (seed: number, endsAt: Instant) => `sim1.${seed}.${msOf(endsAt).toString(36)}`

/** The simulation that a command id belongs to, if any. */
export function simulationOf(commandId: string): { seed: number; endsAt: Instant } | undefined {
  const [, seed, endsAt] = /^sim1\.(\d+)\.([0-9a-z]+)\./.exec(commandId) ?? []
  return seed && endsAt ? { seed: Number(seed), endsAt: instantOf(Number.parseInt(endsAt, 36)) } : undefined
}

/** The id of the very last command. */
export const endOf = (seed: number, endsAt: Instant) => `${simulationId(seed, endsAt)}.end.0`
