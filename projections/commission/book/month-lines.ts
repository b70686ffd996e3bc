// Stage 2, after the rules: what a plan gives or takes by the month.
import { apportion, type Period } from '@headwater/schema'
import { ALL, commonWeights, divide, type Exact, multiply, roundHalfUp } from './exact.ts'
import type { CertificateFact } from './facts.ts'
import type { CommissionLine, LineKind } from './line.ts'
import { lastDayOf } from './months.ts'
import type { PlanVersion } from './plan.ts'
import type { PoolTotal, PoolTotals } from './pools.ts'
import type { Worked } from './rules.ts'
import { heldCertificate, inForce, isPaidIn, type View } from './view.ts'

/** How a month's line came about; amounts in minor units. */
export type MonthBasis =
  | {
      readonly kind: 'cap' | 'floor'
      readonly plan: PlanVersion
      readonly limit: number
      readonly lines: readonly CommissionLine[]
    }
  | { readonly kind: 'allowance'; readonly plan: PlanVersion; readonly amount: number; readonly fact: CertificateFact }
  | {
      readonly kind: 'pool'
      readonly plan: PlanVersion
      readonly pool: PlanVersion['pools'][number]
      readonly total: PoolTotal
      readonly exact: Exact
      readonly unsplit: number
      readonly place: number
    }

/** One rep's, under one plan, in one month, beside the rules' lines of that month. */
export function monthLines(
  repId: string,
  planId: string,
  month: Period,
  ruled: readonly CommissionLine[],
  pools: PoolTotals,
  view: View,
): Worked<MonthBasis>[] {
  const plan = inForce(view, planId, month)
  if (!plan) return []
  const lines: Worked<MonthBasis>[] = []
  const add = (kind: LineKind, ruleId: string, base: number, amount: number, basis: MonthBasis) => {
    const id = [planId, repId, month, kind, ...(ruleId === kind ? [] : [ruleId])].join('/')
    const { version: planVersion } = plan
    lines.push({ line: { id, kind, repId, period: month, planId, planVersion, ruleId, base, amount }, basis })
  }

  const sum = ruled.reduce((total, { amount }) => total + amount, 0)
  const { cap, floor } = plan
  if (cap !== undefined && sum > cap) add('cap', 'cap', sum, cap - sum, { kind: 'cap', plan, limit: cap, lines: ruled })
  const isPaid = (floor !== undefined || plan.allowances.length > 0) && isPaidIn(plan, repId, month, view)
  if (floor !== undefined && sum < floor && isPaid)
    add('floor', 'floor', sum, floor - sum, { kind: 'floor', plan, limit: floor, lines: ruled })
  for (const { certificate, amount } of isPaid ? plan.allowances : []) {
    const fact = heldCertificate(repId, certificate, lastDayOf(month), view)
    if (fact) add('allowance', certificate, 0, amount, { kind: 'allowance', plan, amount, fact })
  }
  for (const pool of plan.pools) {
    const place = pool.members.findIndex((member) => member.repId === repId)
    const total = place < 0 ? undefined : pools(planId, pool.id, month)
    if (!total || total.net === 0) continue
    const exact = multiply(total.net, [pool.rate])
    const unsplit = roundHalfUp(exact)
    const part = apportion(unsplit, weightsOf(pool))[place]!
    add('pool', pool.id, total.net, part, { kind: 'pool', plan, pool, total, exact, unsplit, place })
  }
  return lines
}

/** The members' shares, in the plan's order. */
export const weightsOf = ({ members }: PlanVersion['pools'][number]): bigint[] =>
  commonWeights(members.map(({ share }) => divide(ALL, share).taken))
