import type { Durations, FunnelResult, StageFigures } from '../query.ts'

/**
 * A result as it would be at a later `now` with the same facts: every open stay is older by the time that has passed, so its mean
 * and percentiles are. `calendar` and `business` are seconds.
 */
export function rebase(result: FunnelResult, now: string, calendar: number, business: number): FunnelResult {
  const older = (ages: Durations, by: number): Durations => ({
    count: ages.count,
    mean: ages.mean === null ? null : ages.mean + by,
    median: ages.median === null ? null : ages.median + by,
    p90: ages.p90 === null ? null : ages.p90 + by,
  })
  const stage = (figures: StageFigures): StageFigures => ({
    ...figures,
    openAge: older(figures.openAge, calendar),
    openAgeBusiness: older(figures.openAgeBusiness, business),
  })
  const groups = result.groups.map((group) => ({ ...group, stages: group.stages.map(stage) }))
  return { ...result, asOf: { ...result.asOf, businessTime: now }, groups }
}
