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
  { months, breaks, indexOf, waitsForPayments }: Timeline,
  evaluate: (contract: ContractFacts, payment: PaymentFacts, view: View) => T,
): Generator<Held<T>> {
  const general = [...breaks, ...customer.owners.map(indexOf), ...customer.contracts.map(indexOf)]
  for (const contract of customer.contracts) {
    const own = [...general, ...bearingOn(contract, waitsForPayments).map(indexOf)]
    const signed = indexOf(contract)
    for (const payment of contract.payments) {
      const first = Math.max(indexOf(payment), signed)
      const turns = own.filter((i) => i > first)
      for (const facts of [payment.allocated, payment.returned])
        for (const fact of facts) if (indexOf(fact) > first) turns.push(indexOf(fact))
      const at = turns.length === 0 ? [first] : [first, ...new Set(turns.sort((a, b) => a - b))]
      for (let n = 0; n < at.length && at[n]! < months.length; n++) {
        const from = at[n]!
        const to = Math.min(at[n + 1] ?? months.length, months.length)
        yield { value: evaluate(contract, payment, months[from]!.view), from, to }
      }
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
