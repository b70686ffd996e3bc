// Money that comes in, finds its lines, and goes back.
import {
  type Allocation,
  type ContractEvent,
  type Decision,
  type DecisionContext,
  isRefusal,
  sameData,
} from '@headwater/schema'
import { allocate, currencyProblem, giveBack, type How } from './allocate.ts'
import type { DataOf } from './commands.ts'
import { refuse } from './refusals.ts'
import { type Contract, leftOf, type Payment } from './state.ts'

type Step = Decision<ContractEvent>

export function receive(data: DataOf<'ReceivePayment'>, contract: Contract, { id }: DecisionContext): Step {
  const { paymentId = id('payment'), amount, rule, allocations: wanted, ...facts } = data
  const known = contract.payments.get(paymentId)
  if (known)
    return isReceivedAs(known, { ...data, paymentId }, contract)
      ? []
      : refuse('payment-exists', `Payment ${paymentId} came in before, and was another one.`, { paymentId })
  const problem = currencyProblem(amount, contract.signed.currency)
  if (problem) return problem
  const total = [...contract.payments.values()].reduce((sum, { received }) => sum + received.amount, amount.amount)
  if (!Number.isSafeInteger(total))
    return refuse('amount-too-large', `More than ${Number.MAX_SAFE_INTEGER} minor units would have come in.`)
  const allocated = allocate(amount.amount, { rule, allocations: wanted }, contract)
  if (isRefusal(allocated)) return allocated
  return [{ type: 'PaymentReceived', data: { paymentId, amount: amount.amount, ...allocated, ...facts } }]
}

/** Did the command say what the payment was when it came in? How a rule divided it then, depends on what had come before. */
function isReceivedAs({ received }: Payment, data: DataOf<'ReceivePayment'>, { signed }: Contract): boolean {
  const { amount, rule = data.allocations ? 'explicit' : 'in-order', allocations, ...facts } = data
  const { allocations: before, unallocated: _, rule: byRule, ...known } = received
  return (
    amount.currency === signed.currency &&
    rule === byRule &&
    sameData({ ...facts, amount: amount.amount }, known) &&
    areStated(before, allocations, signed.currency)
  )
}

/** Without allocations in the command, whatever a rule made of it. */
function areStated(before: readonly Allocation[], wanted: How['allocations'], currency: string): boolean {
  const list = (lines: NonNullable<How['allocations']>) =>
    lines.map(({ lineId, amount }) => `${lineId} ${amount.amount} ${amount.currency}`).sort()
  const known = before.map(({ lineId, amount }) => ({ lineId, amount: { amount, currency } }))
  return wanted === undefined || sameData(list(wanted), list(known))
}

export function allocateRest(
  data: DataOf<'AllocatePayment'>,
  contract: Contract,
  { occurredAt }: DecisionContext,
): Step {
  const { paymentId } = data
  const payment = contract.payments.get(paymentId)
  if (!payment) return unknownPayment(paymentId, contract)
  const problem = datedBefore(payment.receivedAt, occurredAt, paymentId)
  if (problem) return problem
  if (payment.unallocated === 0)
    return refuse('nothing-unallocated', `Nothing of payment ${paymentId} is unallocated.`, { paymentId })
  const allocated = allocate(payment.unallocated, data, contract)
  if (isRefusal(allocated)) return allocated
  if (allocated.allocations.length === 0)
    return refuse('nothing-owed', `No line of contract ${contract.signed.contractId} takes anything of it.`, {
      paymentId,
    })
  return [{ type: 'PaymentAllocated', data: { paymentId, ...allocated } }]
}

export function refund(data: DataOf<'RefundPayment'>, contract: Contract, context: DecisionContext): Step {
  const { paymentId, refundId = context.id('refund'), amount, allocations, reason } = data
  const payment = contract.payments.get(paymentId)
  if (!payment) return unknownPayment(paymentId, contract)
  const { currency } = contract.signed
  const known = contract.refunds.get(refundId)
  if (known)
    return known.paymentId === paymentId &&
      sameData(amount, { amount: known.amount, currency }) &&
      known.reason === reason &&
      areStated(known.allocations, allocations, currency)
      ? []
      : refuse('refund-exists', `Refund ${refundId} was made before, and was another one.`, { refundId })
  const problem = currencyProblem(amount, currency) ?? goesBackBefore(payment, context)
  if (problem) return problem
  const returned = giveBack(amount.amount, allocations, payment, contract)
  if (isRefusal(returned)) return returned
  return [{ type: 'PaymentRefunded', data: { paymentId, refundId, ...returned, reason } }]
}

export function reverse(data: DataOf<'ReversePayment'>, contract: Contract, context: DecisionContext): Step {
  const { paymentId, reason } = data
  const payment = contract.payments.get(paymentId)
  if (!payment) return unknownPayment(paymentId, contract)
  if (payment.reversed) return []
  const problem = goesBackBefore(payment, context)
  if (problem) return problem
  const left = leftOf(payment)
  if (left === 0)
    return refuse('nothing-left', `All of payment ${paymentId} was refunded: nothing of it is left to reverse.`, {
      paymentId,
    })
  const returned = giveBack(left, undefined, payment, contract)
  if (isRefusal(returned)) return returned
  return [{ type: 'PaymentReversed', data: { paymentId, ...returned, reason } }]
}

const unknownPayment = (paymentId: string, { signed: { contractId }, payments }: Contract) =>
  refuse('unknown-payment', `Contract ${contractId} has no payment ${paymentId}.`, {
    paymentId,
    known: [...payments.keys()],
  })

function datedBefore(receivedAt: string, occurredAt: string, paymentId: string) {
  if (receivedAt <= occurredAt) return undefined
  return refuse('before-payment', `Payment ${paymentId} came in at ${receivedAt}, after ${occurredAt}.`, {
    receivedAt,
    occurredAt,
  })
}

/** Nothing goes back before it came, nor out of a line before it was allocated to it. */
function goesBackBefore(
  { received: { paymentId }, receivedAt, allocatedAt }: Payment,
  { occurredAt }: DecisionContext,
) {
  const problem = datedBefore(receivedAt, occurredAt, paymentId)
  if (problem || allocatedAt <= occurredAt) return problem
  return refuse('before-allocation', `Payment ${paymentId} was allocated at ${allocatedAt}, after ${occurredAt}.`, {
    allocatedAt,
    occurredAt,
  })
}
