import { describe, expect, it } from 'vitest'
import { contract } from './index.ts'
import { allocate, cny, given, later, lines, pay, received, refund, refunded, reverse, signed } from './testing.ts'

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
