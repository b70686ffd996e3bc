// A contract of two lines, and the commands and events of its specs.
import type { ContractEvent } from '@headwater/schema'
import { spec } from '@headwater/schema/testing'
import { type ContractCommand, contract } from './index.ts'

export const at = '2026-03-02T02:00:00.000Z'
export const earlier = '2026-03-01T02:00:00.000Z'
export const later = '2026-03-03T02:00:00.000Z'
export const customer = { status: 'registered', caseId: 'lead-1' }
export const needs = { customer, placement: { storeId: 's-1' } }
export const given = spec(contract, { streamId: 'k-1', at, needs })
export const cny = (amount: number) => ({ amount, currency: 'CNY' })
export const term = { from: '2026-03-01', to: '2027-02-28' }

export const sign = (more: object = {}) =>
  ({
    type: 'SignContract',
    data: {
      customerId: 'cu-1',
      repId: 'rep-1',
      term,
      lines: [
        { lineId: 'a', productLine: 'kitchen', amount: cny(600) },
        { lineId: 'b', productLine: 'bath', amount: cny(400) },
      ],
      ...more,
    },
  }) as ContractCommand
export const signed: ContractEvent & { type: 'ContractSigned' } = {
  type: 'ContractSigned',
  data: {
    contractId: 'k-1',
    caseId: 'lead-1',
    customerId: 'cu-1',
    repId: 'rep-1',
    storeId: 's-1',
    currency: 'CNY',
    lines: [
      { lineId: 'a', productLine: 'kitchen', amount: 600 },
      { lineId: 'b', productLine: 'bath', amount: 400 },
    ],
    term,
  },
}
export const pay = (amount: number, more: object = {}) =>
  ({ type: 'ReceivePayment', data: { paymentId: 'p-1', amount: cny(amount), ...more } }) as ContractCommand
export const received = (amount: number, a: number, b: number, paymentId = 'p-1') =>
  ({
    type: 'PaymentReceived',
    data: { paymentId, amount, rule: 'in-order', allocations: lines(a, b), unallocated: amount - a - b },
  }) as const
export const lines = (a: number, b: number) =>
  Object.entries({ a, b }).flatMap(([lineId, amount]) => (amount > 0 ? [{ lineId, amount }] : []))
export const refund = (amount: number, more: object = {}) =>
  ({
    type: 'RefundPayment',
    data: { paymentId: 'p-1', refundId: 'r-1', amount: cny(amount), reason: 'complaint', ...more },
  }) as ContractCommand
export const refunded = (a: number, b: number, fromUnallocated = 0) =>
  ({
    type: 'PaymentRefunded',
    data: {
      paymentId: 'p-1',
      refundId: 'r-1',
      amount: a + b + fromUnallocated,
      allocations: lines(a, b),
      fromUnallocated,
      reason: 'complaint',
    },
  }) as const
export const reverse = { type: 'ReversePayment', data: { paymentId: 'p-1', reason: 'bounced' } } as const
export const allocate = (data: object = {}) =>
  ({ type: 'AllocatePayment', data: { paymentId: 'p-1', ...data } }) as ContractCommand
export const cancel = { type: 'CancelContract', data: { reason: 'moved away' } } as const
export const cancelled = { type: 'ContractCancelled', data: { reason: 'moved away' } } as const
