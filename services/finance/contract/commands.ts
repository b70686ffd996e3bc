import { AllocationRule, Credit, Id, Label, LocalDate, Money } from '@headwater/schema'
import { z } from 'zod'

const command = <Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) =>
  z.object({ type: z.literal(type), data: z.object(shape) })
const text = z.string().min(1).max(2000)
const Amount = Money.refine(({ amount }) => amount > 0, { path: ['amount'], error: 'an amount is more than nothing' })
const Allocations = z.array(z.object({ lineId: Id, amount: Amount })).max(1000)

/** `explicit`, with `allocations`, or one of the other two without; `in-order` where neither is given. */
const how = { rule: AllocationRule.optional(), allocations: Allocations.optional() }
const ruled = { path: ['rule'], error: 'allocations are given where, and only where, the rule is explicit' }
const isRuled = ({ rule, allocations }: { rule?: AllocationRule | undefined; allocations?: unknown }) =>
  rule === undefined || (rule === 'explicit') === (allocations !== undefined)

/** Commands of a contract and its payments; the stream's id is the contract's. Amounts carry the currency they are meant in. */
export const ContractCommand = z.discriminatedUnion('type', [
  command('SignContract', {
    customerId: Id,
    dealId: Id.optional(),
    renewalOf: Id.optional(),
    repId: Id,
    /** The rep's at the time unless one is named. */
    storeId: Id.optional(),
    lines: z
      .array(z.object({ lineId: Id, productLine: Label, amount: Amount }))
      .min(1)
      .max(1000),
    /** Both days belong to it. */
    term: z.object({ from: LocalDate, to: LocalDate }),
    credits: z.array(Credit).min(1).optional(),
  }),
  /** From `occurredAt` on; null: receipts count for whoever owns the customer. */
  command('ChangeContractCredits', { credits: z.array(Credit).min(1).nullable() }),
  command('ReachMilestone', { milestone: Id, note: text.optional() }),
  command('CancelContract', { reason: text }),
  z.object({
    type: z.literal('ReceivePayment'),
    data: z
      .object({
        /** Follows from the command's id where it is left out. */
        paymentId: Id.optional(),
        amount: Amount,
        ...how,
        method: Label.optional(),
        reference: Label.optional(),
      })
      .refine(isRuled, ruled),
  }),
  /** Of what a payment has left unallocated. */
  z.object({
    type: z.literal('AllocatePayment'),
    data: z.object({ paymentId: Id, ...how }).refine(isRuled, ruled),
  }),
  /**
   * Without `allocations`, what was not allocated is given back first, then the lines in proportion to what the payment still pays for each. With
   * them, what they do not name comes from what was not allocated.
   */
  command('RefundPayment', {
    paymentId: Id,
    refundId: Id.optional(),
    amount: Amount,
    allocations: Allocations.optional(),
    reason: text,
  }),
  /** All that is left of the payment. */
  command('ReversePayment', { paymentId: Id, reason: text }),
])
export type ContractCommand = z.infer<typeof ContractCommand>

/** The data of one command. */
export type DataOf<Type extends ContractCommand['type']> = Extract<ContractCommand, { type: Type }>['data']
