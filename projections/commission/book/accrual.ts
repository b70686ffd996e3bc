// What a rep sees of the open month: the amount so far, and how far the next tier is.
import type { Period } from '@headwater/schema'
import type { Credited } from './book.ts'
import { onTiers, roundHalfUp, tierAt } from './exact.ts'
import { type Outcome, statementsOf } from './ledger.ts'
import type { Statement } from './line.ts'
import { windowOf } from './months.ts'
import { selects } from './plan.ts'
import { inForce } from './view.ts'

/** A tier rule's window so far; amounts in minor units, rates in millionths. */
export interface TierProgress {
  readonly planId: string
  readonly ruleId: string
  readonly window: string
  readonly base: number
  readonly rate: number
  /** Undefined on the last tier. */
  readonly next:
    | {
        readonly from: number
        readonly rate: number
        readonly distance: number
        /** What reaching it would bring in all, before multipliers. */
        readonly brings: number
      }
    | undefined
}

export interface Accrual {
  readonly statement: Statement | undefined
  readonly tiers: readonly TierProgress[]
  /** What was earned and adjusted by month: the growth curve. */
  readonly curve: readonly { readonly period: Period; readonly amount: number; readonly total: number }[]
}

/**
 * Of the last month of the timeline.
 * @param settled the rep's closed months, where they were worked out before
 */
export function accrual({ timeline, pools, entries }: Credited, repId: string, settled?: readonly Outcome[]): Accrual {
  const held = entries.get(repId) ?? []
  const statements = statementsOf(repId, held, pools, timeline, settled)
  const last = timeline.months.length - 1
  const { period, view } = timeline.months[last]!
  const known = held.filter(({ to }) => to > last).map(({ value }) => value)
  const tiers = [...view.plans.keys()].flatMap((planId) => {
    const rules = inForce(view, planId, period)?.rules ?? []
    return rules.flatMap((rule) => {
      if (rule.kind !== 'tiers') return []
      const window = windowOf(period, rule.over)
      const counted = known.filter(
        ({ plan, month, receipt: { line, contract } }) =>
          plan.planId === planId &&
          month <= period &&
          windowOf(month, rule.over) === window &&
          selects(rule.only, line.productLine, contract.storeId),
      )
      if (counted.length === 0) return []
      const base = counted.reduce((sum, entry) => sum + entry.base, 0)
      const { to, rate } = tierAt(base, rule.tiers)
      const gives = (at: number) => onTiers(at, rule.mode, rule.tiers)
      const next = to === undefined ? undefined : tierAt(to, rule.tiers)
      return {
        ...{ planId, ruleId: rule.id, window, base, rate },
        next: next && {
          ...{ from: next.from, rate: next.rate, distance: next.from - base },
          brings: roundHalfUp(gives(next.from) - gives(base)),
        },
      }
    })
  })
  let total = 0
  const curve = [...(settled ?? []), ...statements].map(({ period, earned, adjusted }) => {
    total += earned + adjusted
    return { period, amount: earned + adjusted, total }
  })
  return { statement: statements.find((one) => one.period === period), tiers, curve }
}
