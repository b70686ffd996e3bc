import { z } from 'zod'
import { Id } from '../ids.ts'
import { Currency, MinorUnits } from '../money.ts'
import { Share } from '../rate.ts'
import { LocalDate } from '../time/index.ts'
import { defineEvent, type EventOf } from './define.ts'
import { Label } from './lead.ts'

const Text = z.string().min(1).max(2000)

/** What is sold: all lines of a contract are in its currency. */
export const ContractLine = z.object({ lineId: Id, productLine: Label, amount: MinorUnits.positive() })
export type ContractLine = z.infer<typeof ContractLine>

/** The part of a contract's receipts that counts for a rep; the shares of a contract add up to one. */
export const Credit = z.object({ repId: Id, share: Share })
export type Credit = z.infer<typeof Credit>

/** Money of a payment that pays for a line. */
export const Allocation = z.object({ lineId: Id, amount: MinorUnits.positive() })
export type Allocation = z.infer<typeof Allocation>

/** How a payment finds its lines: as told, the lines in the contract's order until each is paid, or in proportion to what each still owes. */
export const AllocationRule = z.enum(['explicit', 'in-order', 'pro-rata'])
export type AllocationRule = z.infer<typeof AllocationRule>

export const ContractSigned = defineEvent('ContractSigned', [
  z.object({
    contractId: Id,
    /** The story it belongs to: its customer's. */
    caseId: Id,
    customerId: Id,
    dealId: Id.optional(),
    /** The contract that this one goes on from. */
    renewalOf: Id.optional(),
    repId: Id,
    storeId: Id,
    currency: Currency,
    lines: z.array(ContractLine).min(1),
    /** Both days belong to it. */
    term: z.object({ from: LocalDate, to: LocalDate }),
    /** Without it, receipts count for whoever owns the customer when they come in. */
    credits: z.array(Credit).min(1).optional(),
  }),
])
/** Who receipts count for from now on; null: whoever owns the customer. */
export const ContractCreditsChanged = defineEvent('ContractCreditsChanged', [
  z.object({ credits: z.array(Credit).min(1).nullable() }),
])
/** Something that commission may wait for, such as `installation-accepted`. */
export const ContractMilestoneReached = defineEvent('ContractMilestoneReached', [
  z.object({ milestone: Id, note: Text.optional() }),
])
export const ContractCancelled = defineEvent('ContractCancelled', [z.object({ reason: Text })])

/** Received, in the contract's currency; what no line takes stays visibly unallocated. */
export const PaymentReceived = defineEvent('PaymentReceived', [
  z.object({
    paymentId: Id,
    amount: MinorUnits.positive(),
    rule: AllocationRule,
    allocations: z.array(Allocation),
    unallocated: MinorUnits.nonnegative(),
    method: Label.optional(),
    /** As the bank or the till names it. */
    reference: Label.optional(),
  }),
])
/** Of a payment's unallocated rest. */
export const PaymentAllocated = defineEvent('PaymentAllocated', [
  z.object({
    paymentId: Id,
    rule: AllocationRule,
    allocations: z.array(Allocation).min(1),
    unallocated: MinorUnits.nonnegative(),
  }),
])
/** Given back: from the lines that it paid for, and from what was not allocated. */
export const PaymentRefunded = defineEvent('PaymentRefunded', [
  z.object({
    paymentId: Id,
    refundId: Id,
    amount: MinorUnits.positive(),
    allocations: z.array(Allocation),
    fromUnallocated: MinorUnits.nonnegative(),
    reason: Text,
  }),
])
/** Bounced: what was left of it never came. */
export const PaymentReversed = defineEvent('PaymentReversed', [
  z.object({
    paymentId: Id,
    amount: MinorUnits.positive(),
    allocations: z.array(Allocation),
    fromUnallocated: MinorUnits.nonnegative(),
    reason: Text,
  }),
])

export const contractEvents = [
  ContractSigned,
  ContractCreditsChanged,
  ContractMilestoneReached,
  ContractCancelled,
  PaymentReceived,
  PaymentAllocated,
  PaymentRefunded,
  PaymentReversed,
] as const
export type ContractEvent = EventOf<typeof contractEvents>
