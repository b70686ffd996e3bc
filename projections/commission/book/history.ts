// What one customer's payments bring, month by month of the ledger: worked out again only where something that bears on it became known.
import type { ContractFacts, CustomerFacts, Fact, PaymentFacts } from './facts.ts'
import type { Timeline } from './timeline.ts'
import type { View } from './view.ts'

/** A value that holds at the cut-offs of the ledger's months from `from` on, below `to`. */
export interface Held<T> {
  readonly value: T
  readonly from: number
  readonly to: number
}

/** Each payment's value at each cut-off. */
export function* historyOf<T>(
  customer: CustomerFacts,
  { months, indexOf, waitsForPayments }: Timeline,
  evaluate: (contract: ContractFacts, payment: PaymentFacts, view: View) => T,
): Generator<Held<T>> {
  const general = new Set(months.flatMap(({ isBreak }, i) => (isBreak ? [i] : [])))
  for (const fact of [...customer.owners, ...customer.contracts]) general.add(indexOf(fact))
  for (const contract of customer.contracts) {
    const own = new Set(general)
    for (const fact of bearingOn(contract, waitsForPayments)) own.add(indexOf(fact))
    for (const payment of contract.payments) {
      const first = Math.max(indexOf(payment), indexOf(contract))
      const turns = new Set(own)
      for (const fact of [...payment.allocated, ...payment.returned]) turns.add(indexOf(fact))
      const at = [first, ...[...turns].filter((i) => i > first).sort((a, b) => a - b)].filter((i) => i < months.length)
      for (const [n, from] of at.entries())
        yield { value: evaluate(contract, payment, months[from]!.view), from, to: at[n + 1] ?? months.length }
    }
  }
}

/** What bears on all of a contract's payments; its other payments do so too where something may wait for it to be paid in full. */
function bearingOn({ creditsChanged, milestones, payments }: ContractFacts, waitsForPayments: boolean): Fact[] {
  const others = waitsForPayments
    ? payments.flatMap((payment) => [payment, ...payment.allocated, ...payment.returned])
    : []
  return [...creditsChanged, ...milestones, ...others]
}
