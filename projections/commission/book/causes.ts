// Why a line of a closed month is another one now: what the log learnt meanwhile that bears on it.
import type { Entry } from './entries.ts'
import type { Fact } from './facts.ts'
import type { CommissionLine } from './line.ts'
import { windowOf } from './months.ts'
import { selects } from './plan.ts'
import type { PoolBook } from './pools.ts'
import type { Timeline } from './timeline.ts'
import type { Unit } from './unit.ts'

/** Of a unit's lines: facts first known at the cut-off of the ledger's month `index` that bear on a line, in the order of the log. */
export function causesAt(
  index: number,
  { repId, planId, slots }: Unit,
  pools: PoolBook,
  timeline: Timeline,
): (line: CommissionLine) => Fact[] {
  const isNew = (fact: Fact) => timeline.indexOf(fact) === index
  const changed = slots
    .filter(({ from, to }) => from === index || to === index)
    .map(({ value }) => ({ entry: value, facts: factsOf(value).filter(isNew) }))
  const common = [
    ...timeline.common.plans.filter((plan) => plan.planId === planId),
    ...repFactsOf(timeline, repId),
  ].filter(isNew)
  return (line) => {
    const facts = new Set(common)
    for (const one of changed) if (bearsOn(one.entry, line)) for (const fact of one.facts) facts.add(fact)
    if (line.kind === 'pool') for (const fact of pools.causes(index, planId, line.ruleId, line.period)) facts.add(fact)
    return [...facts].sort((a, b) => (a.position < b.position ? -1 : 1))
  }
}

/** What the log tells of a rep beside customers. */
export function repFactsOf({ months }: Timeline, repId: string): Fact[] {
  const rep = months[0]!.view.reps.get(repId)
  return rep ? [...rep.stores, ...rep.certificates, ...(rep.left ? [rep.left] : [])] : []
}

/**
 * May an entry that came or went change the line? Its own receipt, one of the same tiers' window, or for what sums up a month any that may change
 * one of its lines. Only the entry's own plan says so, never the unit that it is in: a later plan can widen that.
 */
function bearsOn({ receipt, plan, month }: Entry, line: CommissionLine): boolean {
  const { contract, payment } = receipt
  const isOfRule = line.kind === 'rule'
  if (!isOfRule && line.kind !== 'cap' && line.kind !== 'floor') return false
  if (isOfRule && contract.contractId === line.contractId && payment.paymentId === line.paymentId) return true
  if (!isOfRule && month === line.period) return true
  return plan.rules.some(
    (rule) =>
      rule.kind === 'tiers' &&
      (!isOfRule || rule.id === line.ruleId) &&
      windowOf(month, rule.over) === windowOf(line.period, rule.over) &&
      selects(rule.only, receipt.line.productLine, contract.storeId),
  )
}

function factsOf({ customer, receipt: { contract, payment }, plan, crediting }: Entry): Fact[] {
  const counts = plan.rules.some(({ kind }) => kind === 'relationship') ? customer.contracts : [contract]
  const waits = plan.definition.holds.length > 0
  return [
    ...(crediting.by === 'credits' ? [] : customer.owners),
    ...counts,
    ...contract.creditsChanged,
    ...(waits ? contract.milestones : []),
    ...(waits ? contract.payments : [payment]).flatMap((one) => [one, ...one.allocated, ...one.returned]),
  ]
}
