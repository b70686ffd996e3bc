// Why a line of a closed month is another one now: what the log learnt meanwhile that bears on it.
import type { Entry } from './entries.ts'
import type { Fact } from './facts.ts'
import type { Held } from './history.ts'
import type { CommissionLine } from './line.ts'
import { windowOf } from './months.ts'
import { selects } from './plan.ts'
import type { PoolBook } from './pools.ts'
import type { Timeline } from './timeline.ts'

/** Facts first known at the cut-off of the ledger's month `index`, in the order of the log. */
export function causesOf(
  line: CommissionLine,
  entries: readonly Held<Entry>[],
  index: number,
  pools: PoolBook,
  { common, months, indexOf }: Timeline,
): Fact[] {
  const changed = entries.filter(({ from, to, value }) => (from === index || to === index) && bearsOn(value, line))
  const rep = months[index]!.view.reps.get(line.repId)
  const facts = new Set<Fact>([
    ...changed.flatMap(({ value }) => factsOf(value)),
    ...common.plans.filter(({ planId }) => planId === line.planId),
    ...(rep ? [...rep.stores, ...rep.certificates, ...(rep.left ? [rep.left] : [])] : []),
    ...(line.kind === 'pool' ? pools.causes(index, line.planId, line.ruleId, line.period) : []),
  ])
  return [...facts].filter((fact) => indexOf(fact) === index).sort((a, b) => (a.position < b.position ? -1 : 1))
}

/** May an entry that came or went change the line? Its own receipt, one of the same tiers' window, or any for what sums up a month. */
function bearsOn({ receipt, plan, month }: Entry, line: CommissionLine): boolean {
  if (line.kind !== 'rule') return line.kind === 'cap' || line.kind === 'floor'
  const { contract, payment } = receipt
  if (contract.contractId === line.contractId && payment.paymentId === line.paymentId) return true
  return plan.rules.some(
    (rule) =>
      rule.kind === 'tiers' &&
      rule.id === line.ruleId &&
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
