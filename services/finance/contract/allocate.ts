// How money finds the lines of a contract, and its way back.
import { type Allocation, type AllocationRule, apportion, isRefusal, type Money, type Refusal } from '@headwater/schema'
import { refuse } from './refusals.ts'
import { type Contract, leftOf, owedBy, type Payment } from './state.ts'

/** An allocation as a command states it. */
interface Wanted {
  readonly lineId: string
  readonly amount: Money
}

export interface How {
  readonly rule?: AllocationRule | undefined
  readonly allocations?: readonly Wanted[] | undefined
}

export interface Allocated {
  readonly rule: AllocationRule
  readonly allocations: Allocation[]
  readonly unallocated: number
}

/** Divides an amount (minor units) among the lines as the command says; `unallocated` is what no line takes. */
export function allocate(amount: number, how: How, contract: Contract): Allocated | Refusal {
  const rule = how.rule ?? (how.allocations ? 'explicit' : 'in-order')
  const owed = contract.signed.lines.map((line) => ({ lineId: line.lineId, amount: owedBy(line, contract) }))
  const allocations =
    rule === 'explicit'
      ? explicit(how.allocations!, contract)
      : rule === 'in-order'
        ? inOrder(amount, owed)
        : proRata(amount, owed)
  if (isRefusal(allocations)) return allocations
  const unallocated = amount - sumOf(allocations)
  if (unallocated < 0)
    return refuse('payment-overallocated', `The allocations are ${-unallocated} minor units more than there are.`, {
      available: amount,
      allocated: amount - unallocated,
    })
  for (const { lineId, amount } of allocations) {
    const open = owed.find((line) => line.lineId === lineId)!.amount
    if (amount > open)
      return refuse(
        'line-overallocated',
        `Line ${lineId} still owes ${open} minor units and cannot take ${amount}: leave the rest unallocated.`,
        { lineId, owed: open, allocated: amount },
      )
  }
  return { rule, allocations, unallocated }
}

/** In minor units, each line once, in the contract's order. */
function explicit(wanted: readonly Wanted[], { signed }: Contract): Allocation[] | Refusal {
  const amounts = new Map<string, number>()
  for (const { lineId, amount } of wanted) {
    if (!signed.lines.some((line) => line.lineId === lineId))
      return refuse('unknown-line', `Contract ${signed.contractId} has no line ${lineId}.`, {
        lineId,
        known: signed.lines.map((line) => line.lineId),
      })
    if (amounts.has(lineId)) return refuse('duplicate-line', `Line ${lineId} is named twice.`, { lineId })
    const problem = currencyProblem(amount, signed.currency)
    if (problem) return problem
    amounts.set(lineId, amount.amount)
  }
  return inContractOrder(amounts, signed.lines)
}

function inOrder(amount: number, owed: readonly Allocation[]): Allocation[] {
  let left = amount
  return owed.flatMap(({ lineId, amount: open }) => {
    const part = Math.min(left, open)
    left -= part
    return part > 0 ? [{ lineId, amount: part }] : []
  })
}

/** No line gets more than it owes: its exact part of what all owe together is at most that, and so is the part rounded up. */
function proRata(amount: number, owed: readonly Allocation[]): Allocation[] {
  const parts = apportion(
    Math.min(amount, sumOf(owed)),
    owed.map((line) => line.amount),
  )
  return owed.map(({ lineId }, i) => ({ lineId, amount: parts[i]! })).filter((part) => part.amount > 0)
}

export interface Returned {
  readonly amount: number
  readonly allocations: Allocation[]
  readonly fromUnallocated: number
}

/**
 * Where a refund comes from. As receivables usually have it, money that pays for nothing yet goes back first; then each line that the payment still pays for gives in
 * proportion to that (largest remainder; of equal ones the first of the contract).
 */
export function giveBack(
  amount: number,
  wanted: readonly Wanted[] | undefined,
  payment: Payment,
  contract: Contract,
): Returned | Refusal {
  const { paymentId } = payment.received
  const left = leftOf(payment)
  if (amount > left)
    return refuse(
      'refund-exceeds-payment',
      `Of payment ${paymentId} ${left} minor units are left: no more can be refunded.`,
      { received: payment.received.amount, left, asked: amount },
    )
  if (!wanted) return inProportion(amount, payment, contract)
  const allocations = explicit(wanted, contract)
  if (isRefusal(allocations)) return allocations
  for (const { lineId, amount } of allocations) {
    const paid = payment.allocated.get(lineId) ?? 0
    if (amount > paid)
      return refuse(
        'refund-exceeds-payment',
        `Payment ${paymentId} pays ${paid} minor units for line ${lineId}: no more can be refunded from it.`,
        { lineId, left: paid, asked: amount },
      )
  }
  const fromUnallocated = amount - sumOf(allocations)
  if (fromUnallocated < 0 || fromUnallocated > payment.unallocated)
    return refuse(
      'payment-overallocated',
      `The allocations are ${sumOf(allocations)} minor units of a refund of ${amount}, and ${payment.unallocated} of the payment are unallocated.`,
      { refund: amount, allocated: sumOf(allocations), unallocated: payment.unallocated },
    )
  return { amount, allocations, fromUnallocated }
}

function inProportion(amount: number, { allocated, unallocated }: Payment, { signed }: Contract): Returned {
  const fromUnallocated = Math.min(amount, unallocated)
  const paid = inContractOrder(allocated, signed.lines)
  const parts = apportion(
    amount - fromUnallocated,
    paid.map((line) => line.amount),
  )
  const allocations = paid.map(({ lineId }, i) => ({ lineId, amount: parts[i]! })).filter((part) => part.amount > 0)
  return { amount, allocations, fromUnallocated }
}

const inContractOrder = (
  amounts: ReadonlyMap<string, number>,
  lines: readonly { readonly lineId: string }[],
): Allocation[] =>
  lines.flatMap(({ lineId }) => {
    const amount = amounts.get(lineId) ?? 0
    return amount > 0 ? [{ lineId, amount }] : []
  })

const sumOf = (allocations: readonly Allocation[]) => allocations.reduce((sum, { amount }) => sum + amount, 0)

export const currencyProblem = ({ currency }: Money, expected: string): Refusal | undefined =>
  currency === expected
    ? undefined
    : refuse('wrong-currency', `The contract is in ${expected}, not in ${currency}.`, { expected, given: currency })
