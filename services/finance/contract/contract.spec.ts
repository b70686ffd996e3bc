<<<<<<< HEAD
import { describe, expect, it } from 'vitest'
import { contract } from './index.ts'
import { needsToSign } from './sign.ts'
import {
  allocate,
  at,
  cancel,
  cancelled,
  cny,
  earlier,
  given,
  later,
  needs,
  pay,
  received,
  refund,
  refunded,
  reverse,
  sign,
  signed,
} from './testing.ts'
=======
import type { ContractEvent } from '@headwater/schema'
import { spec } from '@headwater/schema/testing'
import { describe, expect, it } from 'vitest'
import { type ContractCommand, contract } from './index.ts'
import { needsToSign } from './sign.ts'

const at = '2026-03-02T02:00:00.000Z'
const earlier = '2026-03-01T02:00:00.000Z'
const later = '2026-03-03T02:00:00.000Z'
const customer = { status: 'registered', caseId: 'lead-1' }
const needs = { customer, placement: { storeId: 's-1' } }
const given = spec(contract, { streamId: 'k-1', at, needs })
const cny = (amount: number) => ({ amount, currency: 'CNY' })
const term = { from: '2026-03-01', to: '2027-02-28' }

const sign = (more: object = {}) =>
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
const signed: ContractEvent & { type: 'ContractSigned' } = {
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
const pay = (amount: number, more: object = {}) =>
  ({ type: 'ReceivePayment', data: { paymentId: 'p-1', amount: cny(amount), ...more } }) as ContractCommand
const received = (amount: number, a: number, b: number, paymentId = 'p-1') =>
  ({
    type: 'PaymentReceived',
    data: { paymentId, amount, rule: 'in-order', allocations: lines(a, b), unallocated: amount - a - b },
  }) as const
const lines = (a: number, b: number) =>
  Object.entries({ a, b }).flatMap(([lineId, amount]) => (amount > 0 ? [{ lineId, amount }] : []))
const refund = (amount: number, more: object = {}) =>
  ({
    type: 'RefundPayment',
    data: { paymentId: 'p-1', refundId: 'r-1', amount: cny(amount), reason: 'complaint', ...more },
  }) as ContractCommand
const refunded = (a: number, b: number, fromUnallocated = 0) =>
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
const reverse = { type: 'ReversePayment', data: { paymentId: 'p-1', reason: 'bounced' } } as const
const allocate = (data: object = {}) =>
  ({ type: 'AllocatePayment', data: { paymentId: 'p-1', ...data } }) as ContractCommand
const cancel = { type: 'CancelContract', data: { reason: 'moved away' } } as const
const cancelled = { type: 'ContractCancelled', data: { reason: 'moved away' } } as const
>>>>>>> 6ae53c2 (Contracts with their payments, commission plans and the ledger as deciders)

describe('a contract', () => {
  it('is signed in the story of its customer', () => {
    given().when(sign()).thenDecided(signed)
    expect(contract.caseId('k-1', given(signed).state)).toBe('lead-1')
    given(signed).when(sign()).thenDecided()
    given(signed)
      .when(sign({ repId: 'rep-2' }))
      .thenRefused('contract-exists')
  })

  it('asks for what it names', () => {
    const data = { customerId: 'cu-1', repId: 'rep-1', dealId: 'd-1', renewalOf: 'k-0' } as never
    expect(needsToSign(data, at).map((need) => need.as)).toEqual(['customer', 'deal', 'renewed', 'placement'])
  })

  it.each<[string, object, object]>([
    ['unknown-customer', {}, { customer: { status: 'none' } }],
    ['unknown-deal', { dealId: 'd-1' }, { deal: { status: 'none' } }],
    ['other-customer', { dealId: 'd-1' }, { deal: { status: 'won', deal: { customerId: 'cu-2' } } }],
    ['unknown-contract', { renewalOf: 'k-0' }, { renewed: { status: 'none' } }],
    ['other-customer', { renewalOf: 'k-1', customerId: 'cu-2' }, { renewed: given(signed).state }],
    ['unknown-rep', {}, { placement: undefined }],
    ['rep-without-store', {}, { placement: { storeId: null } }],
    ['ends-before-it-begins', { term: { from: '2026-03-02', to: '2026-03-01' } }, {}],
    ['shares-not-one', { credits: [{ repId: 'rep-1', share: '0.999999' }] }, {}],
    ['shares-not-one', { credits: ['0.5', '0.500001'].map((share, i) => ({ repId: `rep-${i}`, share })) }, {}],
    ['duplicate-rep', { credits: ['0.5', '0.5'].map((share) => ({ repId: 'rep-1', share })) }, {}],
    ['duplicate-line', { lines: [1, 2].map((n) => ({ lineId: 'a', productLine: 'bath', amount: cny(n) })) }, {}],
    [
      'amount-too-large',
      { lines: ['a', 'b'].map((lineId) => ({ lineId, productLine: 'x', amount: cny(Number.MAX_SAFE_INTEGER) })) },
      {},
    ],
    [
      'wrong-currency',
      {
        lines: ['CNY', 'USD'].map((currency) => ({
          lineId: currency,
          productLine: 'bath',
          amount: { amount: 1, currency },
        })),
      },
      {},
    ],
  ])('is refused: %s', (code, data, more) => {
    given()
      .when(sign(data), { needs: { ...needs, ...more } })
      .thenRefused(code)
  })

  it('counts for reps by shares of one, or for the owner of its customer', () => {
    const credits = ['0.25', '0.75'].map((share, i) => ({ repId: `rep-${i}`, share }))
    const changed = { type: 'ContractCreditsChanged', data: { credits } } as const
    const change = { type: 'ChangeContractCredits', data: { credits } } as const
    given()
      .when(sign({ credits }))
      .thenDecided({ ...signed, data: { ...signed.data, credits } })
    given(signed).when(change).thenDecided(changed)
    given(signed, changed).when(change).thenDecided()
    const toOwner = { type: 'ChangeContractCredits', data: { credits: null } } as const
    given(signed).when(toOwner).thenDecided()
    given(signed, { ...changed, occurredAt: later })
      .when(toOwner)
      .thenRefused('earlier-than-last-change')
    given(signed)
      .when({ type: 'ChangeContractCredits', data: { credits: credits.slice(1) } })
      .thenRefused('shares-not-one', { details: { millionths: 750_000 } })
  })

  it('reaches a milestone once', () => {
    const reach = { type: 'ReachMilestone', data: { milestone: 'installation-accepted' } } as const
    const reached = { type: 'ContractMilestoneReached', data: { milestone: 'installation-accepted' } } as const
    given(signed).when(reach).thenDecided(reached)
    given(signed, reached).when(reach).thenDecided()
  })

  it('knows nothing before it is signed', () => {
    for (const command of [pay(1), refund(1), allocate(), reverse, cancel])
      given().when(command).thenRefused('contract-not-found')
    given(signed).when(pay(1), { at: earlier, now: at }).thenRefused('before-signing')
  })

  it('ends: what came before may be entered late, what goes back may go back later', () => {
    given(signed).when(cancel).thenDecided(cancelled)
    const ended = given(signed, received(100, 100, 0), { ...cancelled, occurredAt: later })
    ended.when(cancel).thenDecided()
    ended.when(pay(100), { at: later }).thenDecided()
    ended.when(pay(1, { paymentId: 'p-2' }), { at: later }).thenRefused('contract-cancelled')
    ended.when(pay(1, { paymentId: 'p-2' }), { at, now: later }).thenDecided(received(1, 1, 0, 'p-2'))
    ended.when(refund(100), { at: '2026-03-09T00:00:00.000Z' }).thenDecided(refunded(100, 0))
    given(signed, { ...received(100, 100, 0), occurredAt: later })
      .when(cancel)
      .thenRefused('earlier-than-last-change')
  })
})
<<<<<<< HEAD
=======

describe('a payment', () => {
  it.each([
    ['the lines in order until each is paid', 700, {}, [600, 100]],
    ['what no line owes stays unallocated', 1200, {}, [600, 400]],
    ['in proportion to what each owes', 101, { rule: 'pro-rata' }, [61, 40]],
    ['as told', 300, { allocations: [{ lineId: 'b', amount: cny(200) }] }, [0, 200]],
    ['to nothing', 300, { allocations: [] }, [0, 0]],
  ] as const)('finds %s', (_, amount, how, [a, b]) => {
    const rule = 'rule' in how ? how.rule : 'allocations' in how ? 'explicit' : 'in-order'
    given(signed)
      .when(pay(amount, how))
      .thenDecided({
        type: 'PaymentReceived',
        data: { paymentId: 'p-1', amount, rule, allocations: lines(a, b), unallocated: amount - a - b },
      })
  })

  it('goes on where those before it have ended', () => {
    given(signed, received(700, 600, 100))
      .when(pay(700, { paymentId: 'p-2' }))
      .thenDecided(received(700, 0, 300, 'p-2'))
  })

  it.each<[string, object]>([
    ['wrong-currency', { amount: { amount: 1, currency: 'USD' } }],
    ['wrong-currency', { allocations: [{ lineId: 'a', amount: { amount: 1, currency: 'USD' } }] }],
    ['unknown-line', { allocations: [{ lineId: 'c', amount: cny(1) }] }],
    ['duplicate-line', { allocations: [1, 1].map((n) => ({ lineId: 'a', amount: cny(n) })) }],
    ['line-overallocated', { allocations: [{ lineId: 'a', amount: cny(601) }] }],
    ['payment-overallocated', { allocations: [{ lineId: 'a', amount: cny(800) }] }],
    ['amount-too-large', { amount: cny(Number.MAX_SAFE_INTEGER), paymentId: 'p-2' }],
  ])('is refused: %s', (code, data) => {
    given(signed, received(1, 0, 0, 'p-0'))
      .when(pay(700, data))
      .thenRefused(code)
  })

  it('is explicit where, and only where, allocations are given', () => {
    expect(contract.command.safeParse(pay(1, { rule: 'explicit' })).success).toBe(false)
    expect(contract.command.safeParse(pay(1, { rule: 'pro-rata', allocations: [] })).success).toBe(false)
    expect(contract.command.safeParse(pay(0)).success).toBe(false)
  })

  it('comes in once; another one needs another id', () => {
    const known = given(signed, received(700, 600, 100))
    known.when(pay(700)).thenDecided()
    known.when(pay(700), { at: later }).thenDecided()
    known.when(pay(701)).thenRefused('payment-exists')
    known.when(pay(700, { method: 'cash' })).thenRefused('payment-exists')
    known.when(pay(700, { rule: 'pro-rata' })).thenRefused('payment-exists')
    const explicit = { allocations: [{ lineId: 'b', amount: cny(2) }] }
    const [event] = given(signed).when(pay(9, explicit)).decision as never[]
    given(signed, event!).when(pay(9, explicit)).thenDecided()
    given(signed, event!)
      .when(pay(9, { allocations: [{ lineId: 'b', amount: cny(3) }] }))
      .thenRefused('payment-exists')
  })

  it('has its rest allocated later', () => {
    const known = given(signed, received(300, 100, 0))
    known.when(allocate()).thenDecided({
      type: 'PaymentAllocated',
      data: { paymentId: 'p-1', rule: 'in-order', allocations: lines(200, 0), unallocated: 0 },
    })
    known
      .when(allocate({ allocations: [{ lineId: 'b', amount: cny(201) }] }))
      .thenRefused('payment-overallocated', { details: { available: 200, allocated: 201 } })
    known.when(allocate({ paymentId: 'p-9' })).thenRefused('unknown-payment')
    known.when(allocate({ allocations: [] })).thenRefused('nothing-owed')
    given(signed, { ...received(300, 100, 0), occurredAt: later })
      .when(allocate())
      .thenRefused('before-payment')
    given(signed, received(300, 300, 0))
      .when(allocate())
      .thenRefused('nothing-unallocated')
    given(signed, received(1200, 600, 400))
      .when(allocate())
      .thenRefused('nothing-owed')
  })
})

describe('a refund', () => {
  it('takes what pays for nothing first, then of each line in proportion', () => {
    const known = given(signed, received(1100, 600, 400))
    known.when(refund(60)).thenDecided(refunded(0, 0, 60))
    known.when(refund(151)).thenDecided(refunded(31, 20, 100))
    known.when(refund(1100)).thenDecided(refunded(600, 400, 100))
  })

  it('takes from the lines that it names', () => {
    const known = given(signed, received(1100, 600, 400))
    const from = (b: number) => ({ allocations: [{ lineId: 'b', amount: cny(b) }] })
    known.when(refund(400, from(400))).thenDecided(refunded(0, 400))
    known.when(refund(500, from(400))).thenDecided(refunded(0, 400, 100))
    known.when(refund(501, from(400))).thenRefused('payment-overallocated')
    known.when(refund(300, from(400))).thenRefused('payment-overallocated')
    known.when(refund(401, from(401))).thenRefused('refund-exceeds-payment')
  })

  it('is never more than was received net of earlier refunds', () => {
    const again = { refundId: 'r-2' }
    const known = given(signed, received(1000, 600, 400), refunded(300, 200))
    known.when(refund(500)).thenDecided()
    known.when(refund(499)).thenRefused('refund-exists')
    known.when(refund(500, { allocations: [] })).thenRefused('refund-exists')
    known
      .when(refund(501, again))
      .thenRefused('refund-exceeds-payment', { details: { received: 1000, left: 500, asked: 501 } })
    known.when(refund(1, { ...again, amount: { amount: 1, currency: 'USD' } })).thenRefused('wrong-currency')
    known.when(refund(1, { ...again, paymentId: 'p-9' })).thenRefused('unknown-payment')
  })

  it('opens its lines for other payments', () => {
    given(signed, received(1000, 600, 400), refunded(300, 200))
      .when(pay(500, { paymentId: 'p-2' }))
      .thenDecided(received(500, 300, 200, 'p-2'))
  })

  it('and a reversal come after what they take back', () => {
    const allocated = {
      type: 'PaymentAllocated',
      data: { paymentId: 'p-1', rule: 'in-order', allocations: lines(1, 0), unallocated: 0 },
      occurredAt: later,
    } as const
    for (const command of [refund(1), reverse]) {
      given(signed, { ...received(1, 1, 0), occurredAt: later })
        .when(command)
        .thenRefused('before-payment')
      given(signed, received(1, 0, 0), allocated)
        .when(command)
        .thenRefused('before-allocation')
    }
  })
})

describe('a reversal', () => {
  const reversed = {
    type: 'PaymentReversed',
    data: { paymentId: 'p-1', amount: 500, allocations: lines(300, 200), fromUnallocated: 0, reason: 'bounced' },
  } as const

  it('takes back all that is left, once', () => {
    const known = [signed, received(1000, 600, 400), refunded(300, 200)]
    given(...known)
      .when(reverse)
      .thenDecided(reversed)
    given(...known, reversed)
      .when(reverse)
      .thenDecided()
    given(...known, reversed)
      .when(refund(1, { refundId: 'r-2' }))
      .thenRefused('refund-exceeds-payment')
    given(signed, received(1, 1, 0), refunded(1, 0))
      .when(reverse)
      .thenRefused('nothing-left')
    given(signed).when(reverse).thenRefused('unknown-payment')
  })
})
>>>>>>> 6ae53c2 (Contracts with their payments, commission plans and the ledger as deciders)
