// What is paid: the balance from before, what was earned and adjusted, and draws.
import type { Adjustment, CommissionLine, Statement } from './line.ts'
import type { PlanVersion } from './plan.ts'
import type { Timeline } from './timeline.ts'
import { inForce, isPaidIn } from './view.ts'

/**
 * Nothing is paid while the rep owes; what is owed is carried on. A draw fills up what is due to its amount: one that is not recoverable as a line of its
 * own, a recoverable one as an advance that the balance carries on. Of several plans' draws of one kind the highest counts.
 */
export function settle(
  repId: string,
  { period, status, view }: Timeline['months'][number],
  opening: number,
  lines: readonly CommissionLine[],
  adjustments: readonly Adjustment[],
): Statement {
  const adjusted = sum(adjustments)
  const before = opening + sum(lines) + adjusted
  const draws = [...view.plans.keys()].flatMap((planId) => {
    const plan = inForce(view, planId, period)
    return plan?.draw && isPaidIn(plan, repId, period, view) ? [{ plan, ...plan.draw }] : []
  })
  const gift = highest(draws.filter(({ recoverable }) => !recoverable))
  const given = gift ? drawn(gift.amount, before) : 0
  const all = gift && given > 0 ? [...lines, drawLine(repId, period, gift.plan, before, given)] : lines
  const due = before + given
  const advance = drawn(highest(draws.filter(({ recoverable }) => recoverable))?.amount ?? 0, due)
  const payable = Math.max(0, due) + advance
  return {
    ...{ repId, period, status, opening, lines: all, adjustments, earned: sum(all), adjusted, advance, payable },
    closing: due - payable,
  }
}

const sum = (lines: readonly { readonly amount: number }[]): number =>
  lines.reduce((total, { amount }) => total + amount, 0)

/** What fills up what is due; a debt is not filled up. */
const drawn = (amount: number, due: number): number => Math.max(0, amount - Math.max(0, due))

const highest = <D extends { amount: number }>(draws: readonly D[]): D | undefined =>
  draws.reduce<D | undefined>((most, draw) => (most && most.amount >= draw.amount ? most : draw), undefined)

function drawLine(repId: string, period: string, plan: PlanVersion, base: number, amount: number): CommissionLine {
  const { planId, version: planVersion } = plan
  const id = `${planId}/${repId}/${period}/draw`
  return { id, kind: 'draw', repId, period, planId, planVersion, ruleId: 'draw', base, amount }
}
