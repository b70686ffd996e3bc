// The log itself tells which simulation it holds: command ids carry the seed and the end, those of the organisation also the size.
import { type Instant, instantOf, msOf } from '@headwater/schema'

/** How much there is to tell: whole numbers. */
export interface SimulationSize {
  readonly regions: number
  readonly stores: number
  /** Reps on duty at the end; managers come on top. */
  readonly reps: number
  readonly days: number
  /** On an average day. */
  readonly leadsPerDay: number
}

export interface SimulationIdentity extends SimulationSize {
  readonly seed: number
  /** The story's present: nothing is told of what comes after. */
  readonly endsAt: Instant
}

/** What `npm start` fills an empty log with. */
export const defaults = { seed: 42, regions: 3, stores: 40, reps: 160, days: 90, leadsPerDay: 70 } as const

type Seeded = Pick<SimulationIdentity, 'seed' | 'endsAt'>

/** Begins every command id of a simulation. */
export const simulationId = ({ seed, endsAt }: Seeded) => `sim1.${seed}.${msOf(endsAt).toString(36)}`

const sizes = ['regions', 'stores', 'reps', 'days', 'leadsPerDay'] as const

/** Begins the command ids of the organisation's story; the usual size goes without saying. */
export function organisationId(identity: SimulationIdentity): string {
  const usual = sizes.every((name) => identity[name] === defaults[name])
  const size = usual ? '' : `.${sizes.map((name) => identity[name].toString(36)).join('-')}`
  return `${simulationId(identity)}${size}.org`
}

/** The simulation whose organisation a command id belongs to, if any. */
export function simulationOf(commandId: string): SimulationIdentity | undefined {
  const [, seed, endsAt, size] =
    /^sim1\.(\d+)\.([0-9a-z]+)(?:\.((?:[0-9a-z]+-){4}[0-9a-z]+))?\.org\./.exec(commandId) ?? []
  if (!seed || !endsAt) return undefined
  const [regions, stores, reps, days, leadsPerDay] = size?.split('-').map((n) => Number.parseInt(n, 36)) ?? []
  const told =
    regions && stores && reps && days && leadsPerDay ? { regions, stores, reps, days, leadsPerDay } : defaults
  return { ...told, seed: Number(seed), endsAt: instantOf(Number.parseInt(endsAt, 36)) }
}

/** The id of the very last command. */
export const endOf = (identity: Seeded) => `${simulationId(identity)}.end.0`
