// Stage 1, customer by customer: receipts become entries in the books of the reps whom they count for.
import { apportion, type Period } from '@headwater/schema'
import { type Crediting, creditingOf } from './crediting.ts'
import { type ContractFacts, type CustomerFacts, isKnown, type PaymentFacts } from './facts.ts'
import { type PlanVersion, selects } from './plan.ts'
import { type Receipt, type Release, receiptsOf, releaseOf } from './receipts.ts'
import { covers, inForceAt, planMonth, type View } from './view.ts'

/** A rep's part of a receipt under a plan: the version in force when the payment came, in the month in which it counts. */
export interface Entry {
  readonly repId: string
  readonly plan: PlanVersion
  readonly customer: CustomerFacts
  readonly receipt: Receipt
  readonly release: Release
  readonly month: Period
  readonly crediting: Crediting
  /** The rep's place in the crediting. */
  readonly place: number
  /** The rep's part of the net receipt, in minor units. */
  readonly base: number
}

/** A receipt that feeds a pool. */
export interface PoolReceipt {
  readonly planId: string
  readonly poolId: string
  readonly month: Period
  readonly receipt: Receipt
}

/** What one payment brings, to whom, as known in the view. */
export function entriesOf(
  customer: CustomerFacts,
  contract: ContractFacts,
  payment: PaymentFacts,
  view: View,
): Entry[] {
  const entries: Entry[] = []
  const receipts = knownReceipts(contract, payment, view)
  if (receipts.length === 0) return entries
  for (const versions of view.plans.values()) {
    const plan = ruling(versions, contract, payment)
    if (!plan) continue
    let crediting: Crediting | undefined
    for (const receipt of receipts) {
      const { line } = receipt
      if (!plan.rules.some(({ only }) => selects(only, line.productLine, contract.storeId))) continue
      const release = releaseOf(receipt, plan, view.asOf)
      if (!release) continue
      crediting ??= creditingOf(customer, contract, payment.occurredAt, plan.definition, view.asOf)
      const month = planMonth(plan, release.at)
      const bases = apportion(receipt.net, crediting.weights)
      for (let place = 0; place < bases.length; place++) {
        const repId = crediting.reps[place]!
        if (covers(plan, repId, payment.occurredAt, view))
          entries.push({ repId, plan, customer, receipt, release, month, crediting, place, base: bases[place]! })
      }
    }
  }
  return entries
}

/** What of a payment feeds pools, as known in the view. */
export function poolReceiptsOf(contract: ContractFacts, payment: PaymentFacts, view: View): PoolReceipt[] {
  const fed: PoolReceipt[] = []
  const receipts = knownReceipts(contract, payment, view)
  for (const versions of view.plans.values()) {
    const plan = ruling(versions, contract, payment)
    if (!plan) continue
    for (const pool of plan.pools)
      if (pool.stores.includes(contract.storeId))
        for (const receipt of receipts) {
          const release = releaseOf(receipt, plan, view.asOf)
          if (release) fed.push({ planId: plan.planId, poolId: pool.id, month: planMonth(plan, release.at), receipt })
        }
  }
  return fed
}

const knownReceipts = (contract: ContractFacts, payment: PaymentFacts, { asOf }: View): Receipt[] =>
  isKnown(contract, asOf) && isKnown(payment, asOf) ? receiptsOf(contract, payment, asOf) : []

/** The version of a plan in force when a payment came, if it is in the contract's currency. */
function ruling(
  versions: readonly PlanVersion[],
  { currency }: ContractFacts,
  { occurredAt }: PaymentFacts,
): PlanVersion | undefined {
  const plan = inForceAt(versions, occurredAt)
  return plan?.definition.currency === currency ? plan : undefined
}
