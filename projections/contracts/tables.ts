import type { Allocation, AllocationRule, ContractLine, Credit } from '@headwater/schema'
import { bigint, boolean, integer, json, nullable, type Row, table, text } from '../engine/table.ts'
import { type Fact, factColumns } from '../fact.ts'

/** A line, and what payments pay for it now, net of what went back. Minor units. */
export interface PaidLine extends ContractLine {
  readonly paid: number
}

/** `ContractCreditsChanged`. */
export interface CreditsFact extends Fact {
  readonly credits: readonly Credit[] | null
}

/** `ContractMilestoneReached`. */
export interface MilestoneFact extends Fact {
  readonly milestone: string
}

/** `ContractCancelled`. */
export interface CancelledFact extends Fact {
  readonly reason: string
}

/** `PaymentAllocated`. */
export interface AllocationFact extends Fact {
  readonly rule: AllocationRule
  readonly allocations: readonly Allocation[]
}

/** `PaymentRefunded`, or `PaymentReversed`, which has no refund id. Minor units. */
export interface ReturnFact extends Fact {
  readonly kind: 'refund' | 'reversal'
  readonly refundId?: string
  readonly amount: number
  readonly allocations: readonly Allocation[]
  readonly fromUnallocated: number
  readonly reason: string
}

/** For reading customer after customer, in the same order whatever the database's own. */
const byCustomer = 'customer_id collate "C"'

/** Contracts as they are, with everything recorded of them; the fact is the signature. */
export const contracts = table(
  'contracts',
  {
    contractId: text(),
    revision: integer,
    caseId: text(),
    customerId: text(),
    dealId: nullable(text()),
    renewalOf: nullable(text()),
    repId: text(),
    storeId: text(),
    status: text<'active' | 'cancelled'>(),
    currency: text(),
    /** Of all lines, in minor units, as the three that follow. */
    amount: bigint,
    /** What payments pay for the lines, net of what went back. */
    paid: bigint,
    /** What came in, is still there, and pays for no line. */
    unallocated: bigint,
    lines: json<readonly PaidLine[]>(),
    /** Local days; both belong to the term. */
    termFrom: text(),
    termTo: text(),
    /** As signed. */
    credits: nullable(json<readonly Credit[]>()),
    creditsChanged: json<readonly CreditsFact[]>(),
    milestones: json<readonly MilestoneFact[]>(),
    cancelled: nullable(json<CancelledFact>()),
    ...factColumns,
  },
  ['contractId'],
  ['customer_id', byCustomer, 'occurred_at, contract_id', 'rep_id', 'deal_id', 'renewal_of'],
)

/** Payments with what became of them; the fact is the receipt. Minor units of the contract's currency. */
export const payments = table(
  'payments',
  {
    contractId: text(),
    paymentId: text(),
    /** Place among the payments of the contract. */
    paymentNo: integer,
    customerId: text(),
    amount: bigint,
    rule: text<AllocationRule>(),
    /** As it came in. */
    allocations: json<readonly Allocation[]>(),
    /** Now. */
    unallocated: bigint,
    /** What went back. */
    returnedAmount: bigint,
    reversed: boolean,
    method: nullable(text()),
    reference: nullable(text()),
    allocated: json<readonly AllocationFact[]>(),
    returned: json<readonly ReturnFact[]>(),
    ...factColumns,
  },
  ['contractId', 'paymentId'],
  [byCustomer],
)

/** The reps that a contract ever counted for by itself: who signed it, and who was credited. */
export const contractReps = table(
  'contract_reps',
  { contractId: text(), repId: text(), customerId: text() },
  ['contractId', 'repId'],
  ['rep_id'],
)

export type ContractRow = Row<typeof contracts>
export type PaymentRow = Row<typeof payments>
