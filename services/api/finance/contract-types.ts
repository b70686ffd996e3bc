import type {
  AllocationFact,
  CancelledFact,
  MilestoneFact,
  PaidLine,
  PaymentRow,
  ReturnFact,
} from '@headwater/projections'
import type { Allocation, Credit, Money } from '@headwater/schema'
import { builder } from '../shared/builder.ts'
import { defineEnum } from '../shared/enum.ts'
import { ContractRef, CustomerRef, DealRef, RepRef, StoreRef } from '../shared/refs.ts'
import { MoneyRef } from '../shared/values.ts'

export const ContractStatusEnum = defineEnum('ContractStatus', 'Whether a contract holds.', {
  active: 'It holds.',
  cancelled: 'It was cancelled.',
})
export const AllocationRuleEnum = defineEnum('AllocationRule', 'How a payment finds the lines of its contract.', {
  explicit: 'As told, line by line.',
  'in-order': 'The lines in the contract’s order, each until it is paid.',
  'pro-rata': 'All lines, in proportion to what each still owes; largest remainder.',
})
const ReturnKind = defineEnum('PaymentReturnKind', 'Why money of a payment went back.', {
  refund: 'It was given back.',
  reversal: 'The payment bounced: what was left of it never came.',
})

/** With the currency of the contract that it is of. */
type In<T> = T & { readonly currency: string }
const money = (amount: number, { currency }: { readonly currency: string }): Money => ({ amount, currency })
const inCurrencyOf = <T>(items: readonly T[], { currency }: { readonly currency: string }): In<T>[] =>
  items.map((item) => ({ ...item, currency }))

const AllocationRef = builder.objectRef<In<Allocation>>('PaymentAllocation').implement({
  description: 'Money of a payment that is of one line.',
  fields: (t) => ({
    lineId: t.exposeString('lineId', { description: 'The line of the contract.' }),
    amount: t.field({ type: MoneyRef, description: 'How much.', resolve: (part) => money(part.amount, part) }),
  }),
})

const LaterAllocationRef = builder.objectRef<In<AllocationFact>>('LaterPaymentAllocation').implement({
  description: 'Money that was unallocated at first, and found its lines later.',
  fields: (t) => ({
    allocatedAt: t.expose('occurredAt', { type: 'DateTime', description: 'When.' }),
    eventId: t.exposeString('eventId', { description: 'The event that says so.' }),
    rule: t.expose('rule', { type: AllocationRuleEnum, description: 'How it found its lines.' }),
    allocations: t.field({
      type: [AllocationRef],
      description: 'The lines it went to.',
      resolve: (fact) => inCurrencyOf(fact.allocations, fact),
    }),
  }),
})

const ReturnRef = builder.objectRef<In<ReturnFact>>('PaymentReturn').implement({
  description: 'Money of a payment that went back.',
  fields: (t) => ({
    kind: t.expose('kind', { type: ReturnKind, description: 'Refund or reversal.' }),
    refundId: t.string({
      nullable: true,
      description: 'The refund’s id; null for a reversal.',
      resolve: ({ refundId }) => refundId,
    }),
    returnedAt: t.expose('occurredAt', { type: 'DateTime', description: 'When.' }),
    eventId: t.exposeString('eventId', { description: 'The event that says so.' }),
    amount: t.field({ type: MoneyRef, description: 'How much.', resolve: (fact) => money(fact.amount, fact) }),
    allocations: t.field({
      type: [AllocationRef],
      description: 'The lines it was taken from.',
      resolve: (fact) => inCurrencyOf(fact.allocations, fact),
    }),
    fromUnallocated: t.field({
      type: MoneyRef,
      description: 'What of it had paid for no line.',
      resolve: (fact) => money(fact.fromUnallocated, fact),
    }),
    reason: t.exposeString('reason', { description: 'Why.' }),
  }),
})

const PaymentRef = builder.objectRef<In<PaymentRow>>('Payment').implement({
  description: 'Money that came in under a contract.',
  fields: (t) => ({
    key: t.exposeString('paymentId', { description: 'Its id, unique within the contract.' }),
    receivedAt: t.expose('occurredAt', { type: 'DateTime', description: 'When it came in.' }),
    eventId: t.exposeString('eventId', { description: 'The event that says so.' }),
    amount: t.field({ type: MoneyRef, description: 'What came in.', resolve: (row) => money(row.amount, row) }),
    rule: t.expose('rule', { type: AllocationRuleEnum, description: 'How it found its lines.' }),
    allocations: t.field({
      type: [AllocationRef],
      description: 'The lines it went to as it came in.',
      resolve: (row) => inCurrencyOf(row.allocations, row),
    }),
    allocatedLater: t.field({
      type: [LaterAllocationRef],
      description: 'What found its lines later.',
      resolve: (row) => inCurrencyOf(row.allocated, row),
    }),
    unallocated: t.field({
      type: MoneyRef,
      description: 'What of it pays for no line now.',
      resolve: (row) => money(row.unallocated, row),
    }),
    returns: t.field({
      type: [ReturnRef],
      description: 'What of it went back.',
      resolve: (row) => inCurrencyOf(row.returned, row),
    }),
    returned: t.field({
      type: MoneyRef,
      description: 'How much of it went back.',
      resolve: (row) => money(row.returnedAmount, row),
    }),
    reversed: t.exposeBoolean('reversed', { description: 'Whether it bounced.' }),
    method: t.exposeString('method', { nullable: true, description: 'How it was paid, where that was said.' }),
    reference: t.exposeString('reference', { nullable: true, description: 'As the bank or the till names it.' }),
  }),
})

const LineRef = builder.objectRef<In<PaidLine>>('ContractLine').implement({
  description: 'Something that a contract sells.',
  fields: (t) => ({
    lineId: t.exposeString('lineId', { description: 'Its id, unique within the contract.' }),
    productLine: t.exposeString('productLine', { description: 'The product line.' }),
    amount: t.field({ type: MoneyRef, description: 'Its price.', resolve: (line) => money(line.amount, line) }),
    paid: t.field({
      type: MoneyRef,
      description: 'What payments pay for it, net of what went back.',
      resolve: (line) => money(line.paid, line),
    }),
  }),
})

const CreditRef = builder.objectRef<Credit>('Credit').implement({
  description: 'The part of a contract’s receipts that counts for a rep.',
  fields: (t) => ({
    rep: t.field({
      type: RepRef,
      nullable: true,
      description: 'The rep.',
      resolve: ({ repId }, _, { loaders }) => loaders.reps.load(repId),
    }),
    share: t.exposeString('share', {
      description: 'The part as an exact decimal, such as `0.25`; together they are 1.',
    }),
  }),
})

const MilestoneRef = builder.objectRef<MilestoneFact>('Milestone').implement({
  description: 'Something that was reached under a contract, and that commission may wait for.',
  fields: (t) => ({
    milestone: t.exposeString('milestone', { description: 'Its id, such as `installation-accepted`.' }),
    reachedAt: t.expose('occurredAt', { type: 'DateTime', description: 'When.' }),
  }),
})

const CancellationRef = builder.objectRef<CancelledFact>('Cancellation').implement({
  description: 'The end of a contract before its term.',
  fields: (t) => ({
    cancelledAt: t.expose('occurredAt', { type: 'DateTime', description: 'When.' }),
    reason: t.exposeString('reason', { description: 'Why.' }),
  }),
})

builder.node(ContractRef, {
  description: 'What a customer has signed: its lines, and the payments under it.',
  id: { resolve: (contract) => contract.contractId },
  loadMany: (ids, { loaders }) => ids.map((id) => loaders.contracts.load(id)),
  fields: (t) => {
    const sum = (of: 'amount' | 'paid' | 'unallocated', description: string) =>
      t.field({ type: MoneyRef, description, resolve: (row) => money(row[of], row) })
    return {
      key: t.exposeString('contractId', {
        description: 'The id within its kind, as streams, events and imports have it.',
      }),
      revision: t.exposeInt('revision', { description: 'The revision of its stream that is shown here.' }),
      status: t.expose('status', { type: ContractStatusEnum, description: 'Whether it holds.' }),
      customer: t.field({
        type: CustomerRef,
        nullable: true,
        description: 'Whom it is with.',
        resolve: ({ customerId }, _, { loaders }) => loaders.customers.load(customerId),
      }),
      deal: t.field({
        type: DealRef,
        nullable: true,
        description: 'The deal it came out of.',
        resolve: ({ dealId }, _, { loaders }) => (dealId === null ? null : loaders.deals.load(dealId)),
      }),
      renewalOf: t.field({
        type: ContractRef,
        nullable: true,
        description: 'The contract that it goes on from.',
        resolve: ({ renewalOf }, _, { loaders }) => (renewalOf === null ? null : loaders.contracts.load(renewalOf)),
      }),
      rep: t.field({
        type: RepRef,
        nullable: true,
        description: 'Who signed it for us.',
        resolve: ({ repId }, _, { loaders }) => loaders.reps.load(repId),
      }),
      store: t.field({
        type: StoreRef,
        nullable: true,
        description: 'The store it counts for.',
        resolve: ({ storeId }, _, { loaders }) => loaders.stores.load(storeId),
      }),
      signedAt: t.expose('occurredAt', { type: 'DateTime', description: 'When it was signed.' }),
      termFrom: t.exposeString('termFrom', { description: 'The first day of its term.' }),
      termTo: t.exposeString('termTo', { description: 'The last day of its term.' }),
      amount: sum('amount', 'The price of all lines.'),
      paid: sum('paid', 'What payments pay for its lines, net of what went back.'),
      unallocated: sum('unallocated', 'What came in, is still there, and pays for no line.'),
      lines: t.field({
        type: [LineRef],
        description: 'What it sells.',
        resolve: (row) => inCurrencyOf(row.lines, row),
      }),
      credits: t.field({
        type: [CreditRef],
        nullable: true,
        description: 'For whom its receipts count; null: for the customer’s owner when they come in.',
        resolve: ({ credits, creditsChanged }) => {
          const last = creditsChanged.at(-1)
          return last ? last.credits && [...last.credits] : credits && [...credits]
        },
      }),
      milestones: t.field({
        type: [MilestoneRef],
        description: 'What was reached under it.',
        resolve: ({ milestones }) => [...milestones],
      }),
      cancellation: t.field({
        type: CancellationRef,
        nullable: true,
        description: 'Its end before its term; null where there was none.',
        resolve: ({ cancelled }) => cancelled,
      }),
      payments: t.field({
        type: [PaymentRef],
        description: 'The payments under it, as they were recorded.',
        resolve: async (row, _, { loaders }) => inCurrencyOf(await loaders.payments.load(row.contractId), row),
      }),
    }
  },
})
