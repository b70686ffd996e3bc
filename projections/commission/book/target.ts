// All lines as known at a position: rules, then what goes by the month.

import type { Period, Position } from '@headwater/schema'
import { type Entry, entriesOf, poolReceiptsOf } from './entries.ts'
import type { Facts } from './facts.ts'
import { groupBy } from './group.ts'
import type { CommissionLine } from './line.ts'
import { type MonthBasis, monthLines } from './month-lines.ts'
import { monthsFrom } from './months.ts'
import type { PoolTotals } from './pools.ts'
import { type RuleBasis, ruleLines, type Worked } from './rules.ts'
import { type View, viewsAt } from './view.ts'

export type WorkedLine = Worked<RuleBasis | MonthBasis>

/**
 * Everybody's lines as known at `asOf`, for the ledger's months up to and with `through`: the definition that statements are the differences of, worked
 * out from zero.
 * @param only the rep whose lines are wanted
 */
export function target({ common, customers }: Facts, asOf: Position, through: Period, only?: string): WorkedLine[] {
  const view = viewsAt(common, [asOf])[0]!
  const payments = customers.flatMap((customer) =>
    customer.contracts.flatMap((contract) => contract.payments.map((payment) => ({ customer, contract, payment }))),
  )
  const entries = payments.flatMap(({ customer, contract, payment }) => entriesOf(customer, contract, payment, view))
  const fed = groupBy(
    payments.flatMap(({ contract, payment }) => poolReceiptsOf(contract, payment, view)),
    ({ planId, poolId, month }) => `${planId}/${poolId}/${month}`,
  )
  const pools: PoolTotals = (planId, poolId, month) => {
    const receipts = fed.get(`${planId}/${poolId}/${month}`)
    return receipts && { net: receipts.reduce((sum, { receipt }) => sum + receipt.net, 0), receipts }
  }
  const members = common.plans.flatMap(({ definition }) => definition.pools.flatMap((pool) => pool.members))
  const reps = new Set([...common.reps, ...entries, ...members].map(({ repId }) => repId))
  const months = monthsFrom(common.ledger.firstPeriod, through)
  const keyOf = (repId: string, planId: string) => `${repId}/${planId}`
  const byKey = groupBy(entries, ({ repId, plan }) => keyOf(repId, plan.planId))
  return (only ? [only] : [...reps].sort()).flatMap((repId) =>
    [...view.plans.keys()].flatMap((planId) =>
      targetOf(repId, planId, months, byKey.get(keyOf(repId, planId)) ?? [], pools, view),
    ),
  )
}

/** A rep's lines under one plan for some months, with the entries of the whole windows that these months are in. */
function targetOf(
  repId: string,
  planId: string,
  months: readonly Period[],
  entries: readonly Entry[],
  pools: PoolTotals,
  view: View,
): WorkedLine[] {
  const ruled = ruleLines(entries, view)
  const byMonth = groupBy(ruled, ({ line }) => line.period)
  return months.flatMap((month) => {
    const rules = byMonth.get(month) ?? []
    const lines: CommissionLine[] = rules.map(({ line }) => line)
    return [...rules, ...monthLines(repId, planId, month, lines, pools, view)]
  })
}
