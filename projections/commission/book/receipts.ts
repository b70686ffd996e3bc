// What of a payment counts, and from when: its net allocation to a line of the contract, released when what it waits for has come.
import type { ContractLine, Instant, Position } from '@headwater/schema'
import { type ContractFacts, type Fact, isKnown, type PaymentFacts, type ReturnFact, those } from './facts.ts'
import { later } from './months.ts'
import { type PlanVersion, selects } from './plan.ts'

/** Minor units. `net` = `gross` − what was given back. */
export interface Receipt {
  /** `contract/payment/line`. */
  readonly id: string
  readonly contract: ContractFacts
  readonly payment: PaymentFacts
  readonly line: ContractLine
  readonly gross: number
  readonly net: number
  readonly returned: readonly ReturnFact[]
}

/** The lines that a payment pays for, as known at `asOf`. */
export function receiptsOf(contract: ContractFacts, payment: PaymentFacts, asOf: Position): Receipt[] {
  const isPast = (fact: Fact) => isKnown(fact, asOf)
  const since = those(payment.allocated, isPast)
  const allocations = since.length > 0 ? [payment, ...since].flatMap((fact) => fact.allocations) : payment.allocations
  const returned = those(payment.returned, isPast)
  const receipts: Receipt[] = []
  for (const line of contract.lines) {
    const gross = sumFor(line.lineId, allocations)
    if (gross === 0) continue
    const touching = those(returned, (fact) => sumFor(line.lineId, fact.allocations) > 0)
    const net = gross - touching.reduce((sum, fact) => sum + sumFor(line.lineId, fact.allocations), 0)
    const id = `${contract.contractId}/${payment.paymentId}/${line.lineId}`
    receipts.push({ id, contract, payment, line, gross, net, returned: touching })
  }
  return receipts
}

function sumFor(lineId: string, allocations: PaymentFacts['allocations']): number {
  let sum = 0
  for (const allocation of allocations) if (allocation.lineId === lineId) sum += allocation.amount
  return sum
}

/** When a receipt counts, and the facts that it waited for. */
export interface Release {
  readonly at: Instant
  readonly facts: readonly Fact[]
}

/** Undefined while it is held. The later of the payment and of all that it waits for. */
export function releaseOf(
  { contract, payment, line }: Receipt,
  plan: PlanVersion,
  asOf: Position,
): Release | undefined {
  let release: Release = { at: payment.occurredAt, facts: [] }
  for (const { until, only } of plan.definition.holds) {
    if (!selects(only, line.productLine, contract.storeId)) continue
    const awaited = until === 'fully-paid' ? fullyPaid(contract, asOf) : reached(contract, until.milestone, asOf)
    if (!awaited) return undefined
    release = { at: later(release.at, awaited.occurredAt), facts: [...release.facts, awaited] }
  }
  return release
}

const reached = (contract: ContractFacts, milestone: string, asOf: Position): Fact | undefined =>
  contract.milestones
    .filter((fact) => fact.milestone === milestone && isKnown(fact, asOf))
    .reduce<Fact | undefined>((first, fact) => (!first || fact.occurredAt < first.occurredAt ? fact : first), undefined)

/**
 * The payment with which the contract was paid in full for the first time: receipts so far, less what had been given back by then. What bounced never
 * came; what is refunded afterwards takes its own part only and holds nothing again.
 */
function fullyPaid(contract: ContractFacts, asOf: Position): Fact | undefined {
  const total = contract.lines.reduce((sum, { amount }) => sum + amount, 0)
  const moves = contract.payments
    .filter((payment) => isKnown(payment, asOf))
    .filter(({ returned }) => !returned.some((fact) => fact.kind === 'reversal' && isKnown(fact, asOf)))
    .flatMap((payment) => [
      { fact: payment as Fact, amount: receiptsOf(contract, payment, asOf).reduce((sum, { gross }) => sum + gross, 0) },
      ...payment.returned
        .filter((fact) => isKnown(fact, asOf))
        .map((fact) => ({
          fact: fact as Fact,
          amount: -fact.allocations.reduce((sum, { amount }) => sum + amount, 0),
        })),
    ])
    .sort((a, b) =>
      a.fact.occurredAt < b.fact.occurredAt ? -1 : a.fact.occurredAt > b.fact.occurredAt ? 1 : a.amount - b.amount,
    )
  let received = 0
  for (const { fact, amount } of moves) {
    received += amount
    if (received >= total) return fact
  }
  return undefined
}
