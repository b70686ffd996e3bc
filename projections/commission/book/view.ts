// The plans and reps as they were known at a position of the log.

import type { Instant, LocalDate, Period, Position } from '@headwater/schema'
import { type CertificateFact, type CommonFacts, isKnown, type RepFacts } from './facts.ts'
import { groupBy } from './group.ts'
import { dayOf, lastDayOf, monthOf } from './months.ts'
import { type PlanVersion, readPlan } from './plan.ts'

export interface View {
  readonly asOf: Position
  readonly common: CommonFacts
  /** The versions of each plan that were approved, the highest first. */
  readonly plans: ReadonlyMap<string, readonly PlanVersion[]>
  readonly reps: ReadonlyMap<string, RepFacts>
}

/** What was known up to and with each position; a plan version is read once for all of them. */
export function viewsAt(common: CommonFacts, positions: readonly Position[]): View[] {
  const versions = common.plans.map((fact) => readPlan(fact, common.ledger)).sort((a, b) => b.version - a.version)
  const reps = new Map(common.reps.map((rep) => [rep.repId, rep]))
  return positions.map((asOf) => ({
    asOf,
    common,
    plans: groupBy(
      versions.filter(({ fact }) => isKnown(fact, asOf)),
      ({ planId }) => planId,
    ),
    reps,
  }))
}

/** The version that rules a month: the highest of those that may. */
export const inForce = (view: View, planId: string, month: Period): PlanVersion | undefined =>
  view.plans.get(planId)?.find(({ first, last }) => first <= month && (last === undefined || month <= last))

/** The version of a plan that rules what comes at an instant: the highest of those that may. */
export const inForceAt = (versions: readonly PlanVersion[], at: Instant): PlanVersion | undefined =>
  versions.find((version) => {
    const month = planMonth(version, at)
    return version.first <= month && (version.last === undefined || month <= version.last)
  })

/** Does a version pay this rep, for what came at this time? It names the rep, or the store that the rep was of. */
export function covers({ reps, stores }: PlanVersion, repId: string, at: Instant, view: View): boolean {
  if (!reps && !stores) return true
  if (reps?.has(repId)) return true
  const storeId = stores && storeOf(repId, at, view)
  return typeof storeId === 'string' && stores!.has(storeId)
}

/** The store that a rep was of; undefined before the hiring. */
function storeOf(repId: string, at: Instant, view: View): string | null | undefined {
  return latest(view.reps.get(repId)?.stores.filter((fact) => fact.occurredAt <= at && isKnown(fact, view.asOf)) ?? [])
    ?.storeId
}

/** The last in business time, and of those at one time the last in the log. */
export const latest = <F extends { occurredAt: Instant; position: Position }>(facts: readonly F[]): F | undefined =>
  facts.reduce<F | undefined>(
    (last, fact) =>
      !last ||
      fact.occurredAt > last.occurredAt ||
      (fact.occurredAt === last.occurredAt && fact.position > last.position)
        ? fact
        : last,
    undefined,
  )

/** Is the rep one of the organisation on the last day of a month, and covered by the version? */
export function isPaidIn(version: PlanVersion, repId: string, month: Period, view: View): boolean {
  const rep = view.reps.get(repId)
  const zone = version.definition.zone
  const last = lastDayOf(month)
  const hired = rep?.stores.filter((fact) => isKnown(fact, view.asOf) && dayOf(fact.occurredAt, zone) <= last) ?? []
  const latestStore = latest(hired)
  if (!rep || !latestStore) return false
  if (rep.left && isKnown(rep.left, view.asOf) && dayOf(rep.left.occurredAt, zone) <= last) return false
  if (!version.reps && !version.stores) return true
  return (version.reps?.has(repId) ?? false) || (version.stores?.has(latestStore.storeId ?? '') ?? false)
}

/** The certificate as last said, if it is held on that day. */
export function heldCertificate(
  repId: string,
  certificate: string,
  day: LocalDate,
  view: View,
): CertificateFact | undefined {
  const said = view.reps
    .get(repId)
    ?.certificates.findLast((fact) => fact.certificate === certificate && isKnown(fact, view.asOf))
  return said && said.from <= day && (said.until === null || day <= said.until) ? said : undefined
}

/** The month of an instant on the plan's calendar. */
export const planMonth = (version: PlanVersion, at: Instant): Period => monthOf(dayOf(at, version.definition.zone))
