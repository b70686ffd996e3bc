// Who was where, under whom, on any date.
import type { Instant, JobPosition } from '@headwater/schema'
import type { z } from 'zod'
import { valueAt } from './history.ts'
import type { OrganisationState, Rep } from './state.ts'

export interface Placement {
  /** Null for who belongs to a region or to headquarters. */
  readonly storeId: string | null
  /** The store's region at that instant; null without a store. */
  readonly regionId: string | null
}

/** Employed from the instant of hiring up to, and not including, the instant of leaving. */
export const employedAt = (rep: Rep | undefined, at: Instant): rep is Rep =>
  rep !== undefined && rep.hiredAt <= at && (rep.status === 'employed' || at < rep.leftAt)

const employee = (state: OrganisationState, repId: string, at: Instant) => {
  const rep = state.reps.get(repId)
  return employedAt(rep, at) ? rep : undefined
}

/** Where a rep worked; undefined for somebody unknown or not employed then. */
export function placementAt(state: OrganisationState, repId: string, at: Instant): Placement | undefined {
  const rep = employee(state, repId, at)
  if (!rep) return undefined
  const storeId = valueAt(rep.placements, at) ?? null
  return { storeId, regionId: storeId === null ? null : (regionAt(state, storeId, at) ?? null) }
}

/** The region a store belonged to; undefined for an unknown store, or before it opened. */
export function regionAt(state: OrganisationState, storeId: string, at: Instant): string | undefined {
  return valueAt(state.stores.get(storeId)?.regions ?? [], at)
}

/** Undefined for somebody unknown or not employed then. */
export function positionAt(
  state: OrganisationState,
  repId: string,
  at: Instant,
): z.infer<typeof JobPosition> | undefined {
  return valueAt(employee(state, repId, at)?.positions ?? [], at)
}

/** Null at the top of the reporting line; undefined for somebody unknown or not employed then. */
export function superiorAt(state: OrganisationState, repId: string, at: Instant): string | null | undefined {
  return valueAt(employee(state, repId, at)?.superiors ?? [], at)
}

/** Superiors upwards, the direct one first. */
export function chainAt(state: OrganisationState, repId: string, at: Instant): readonly string[] {
  const superior = superiorAt(state, repId, at)
  return superior ? [superior, ...chainAt(state, superior, at)] : []
}

/** Direct reports. */
export function reportsOf(state: OrganisationState, repId: string, at: Instant): readonly string[] {
  return repsWhere(state, at, (rep) => valueAt(rep.superiors, at) === repId)
}

/** Everybody below in the reporting line, level by level. */
export function teamOf(state: OrganisationState, repId: string, at: Instant): readonly string[] {
  const reports = reportsOf(state, repId, at)
  return [...reports, ...reports.flatMap((report) => teamOf(state, report, at))]
}

/** Who worked in a store. */
export function whoWasIn(state: OrganisationState, storeId: string, at: Instant): readonly string[] {
  return repsWhere(state, at, (rep) => valueAt(rep.placements, at) === storeId)
}

function repsWhere(state: OrganisationState, at: Instant, matches: (rep: Rep) => boolean): readonly string[] {
  return [...state.reps].filter(([, rep]) => employedAt(rep, at) && matches(rep)).map(([repId]) => repId)
}
