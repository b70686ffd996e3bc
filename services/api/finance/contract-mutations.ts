import { contract } from '@headwater/finance'
import { builder } from '../shared/builder.ts'
import { type InputFields, idOf } from '../shared/input.ts'
import { type CommandSpec, defineCommand } from '../shared/mutation.ts'
import { ContractRef } from '../shared/refs.ts'
import { entityResult } from '../shared/result.ts'
import { MoneyInput } from '../shared/values.ts'
import { AllocationRuleEnum } from './contract-types.ts'

const ContractResult = entityResult(ContractRef, 'contract', ({ loaders }, key) => loaders.contracts.load(key))
const onContract = { aggregate: contract, target: 'contractId', result: ContractResult } as const

const LineInput = builder.inputType('ContractLineInput', {
  description: 'Something that a contract sells.',
  fields: (t) => ({
    lineId: t.id({ required: true, description: 'Its id, unique within the contract.' }),
    productLine: t.string({ required: true, description: 'The product line.' }),
    amount: t.field({ type: MoneyInput, required: true, description: 'Its price, in the same currency as all lines.' }),
  }),
})
const TermInput = builder.inputType('TermInput', {
  description: 'How long a contract holds.',
  fields: (t) => ({
    from: t.string({ required: true, description: 'The first day, such as 2026-05-01.' }),
    to: t.string({ required: true, description: 'The last day.' }),
  }),
})
const CreditInput = builder.inputType('CreditInput', {
  description: 'The part of a contract’s receipts that counts for a rep.',
  fields: (t) => ({
    repId: idOf(t, 'Rep', 'The rep.', { required: true }),
    share: t.string({ required: true, description: 'The part as a decimal, such as `0.25`; together they are 1.' }),
  }),
})
const AllocationInput = builder.inputType('PaymentAllocationInput', {
  description: 'Money of a payment that is of one line.',
  fields: (t) => ({
    lineId: t.id({ required: true, description: 'The line of the contract.' }),
    amount: t.field({ type: MoneyInput, required: true, description: 'How much.' }),
  }),
})

const the = (t: InputFields) => ({ contractId: idOf(t, 'Contract', 'The contract.', { required: true }) })
const thePayment = (t: InputFields) => ({
  ...the(t),
  paymentId: t.id({ required: true, description: 'The payment.' }),
})
const money = (t: InputFields) => t.field({ type: MoneyInput, required: true, description: 'How much.' })
const reason = (t: InputFields) => t.string({ required: true, description: 'Why.' })
const how = (t: InputFields) => ({
  rule: t.field({
    type: AllocationRuleEnum,
    description: 'How it finds its lines; in order where neither this nor `allocations` is given.',
  }),
  allocations: t.field({ type: [AllocationInput], description: 'The lines, where the rule is explicit.' }),
})

const commands: Readonly<Record<string, CommandSpec>> = {
  signContract: {
    ...onContract,
    command: 'SignContract',
    description: 'A customer has signed.',
    fields: (t) => ({
      contractId: idOf(t, 'Contract', 'Its id from now on; made from the command id where it is left out.'),
      customerId: idOf(t, 'Customer', 'Whom it is with.', { required: true }),
      dealId: idOf(t, 'Deal', 'The deal it came out of.'),
      renewalOf: idOf(t, 'Contract', 'The contract of the same customer that it goes on from.'),
      repId: idOf(t, 'Rep', 'Who signed it for us.', { required: true }),
      storeId: idOf(t, 'Store', 'The store it counts for; the rep’s where it is left out.'),
      lines: t.field({ type: [LineInput], required: true, description: 'What it sells.' }),
      term: t.field({ type: TermInput, required: true, description: 'How long it holds.' }),
      credits: t.field({
        type: [CreditInput],
        description: 'For whom its receipts count; left out: for the customer’s owner when they come in.',
      }),
    }),
  },
  changeContractCredits: {
    ...onContract,
    command: 'ChangeContractCredits',
    description: 'Says for whom receipts count from `occurredAt` on.',
    fields: (t) => ({
      ...the(t),
      credits: t.field({ type: [CreditInput], description: 'For whom; null or left out: for the customer’s owner.' }),
    }),
    data: ({ credits = null, ...data }) => ({ ...data, credits }),
  },
  reachMilestone: {
    ...onContract,
    command: 'ReachMilestone',
    description: 'Something was reached that commission may wait for.',
    fields: (t) => ({
      ...the(t),
      milestone: t.id({ required: true, description: 'Its id, such as `installation-accepted`.' }),
      note: t.string({ description: 'What else there is to say.' }),
    }),
  },
  cancelContract: {
    ...onContract,
    command: 'CancelContract',
    description: 'Ends a contract before its term. What was paid can still be refunded.',
    fields: (t) => ({ ...the(t), reason: reason(t) }),
  },
  receivePayment: {
    ...onContract,
    command: 'ReceivePayment',
    description: 'Money came in. What no line takes stays unallocated.',
    fields: (t) => ({
      ...the(t),
      paymentId: t.id({ description: 'Its id from now on; made from the command id where it is left out.' }),
      amount: money(t),
      ...how(t),
      method: t.string({ description: 'How it was paid.' }),
      reference: t.string({ description: 'As the bank or the till names it.' }),
    }),
  },
  allocatePayment: {
    ...onContract,
    command: 'AllocatePayment',
    description: 'Gives lines what a payment has left unallocated.',
    fields: (t) => ({ ...thePayment(t), ...how(t) }),
  },
  refundPayment: {
    ...onContract,
    command: 'RefundPayment',
    description:
      'Gives back money of a payment: what was unallocated first, then of each line in proportion to what the payment still pays for it; or as told.',
    fields: (t) => ({
      ...thePayment(t),
      refundId: t.id({ description: 'Its id from now on; made from the command id where it is left out.' }),
      amount: money(t),
      allocations: t.field({
        type: [AllocationInput],
        description: 'The lines it is taken from; what they do not name comes from what is unallocated.',
      }),
      reason: reason(t),
    }),
  },
  reversePayment: {
    ...onContract,
    command: 'ReversePayment',
    description: 'A payment bounced: what is left of it never came.',
    fields: (t) => ({ ...thePayment(t), reason: reason(t) }),
  },
}

for (const [mutation, spec] of Object.entries(commands)) defineCommand(mutation, spec)
