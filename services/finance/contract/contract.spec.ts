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
    const credits = [{ repId: 'rep-2', share: '1' }]
    const absent = { kind: 'lookup', as: 'absent', name: 'absent', input: { repIds: ['rep-2'], at } }
    expect(needsToSign(Object.assign(data, { credits }), at)).toContainEqual(absent)
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
    ['unknown-rep', { credits: [{ repId: 'rep-9', share: '1' }] }, { absent: ['rep-9'] }],
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
    given(signed)
      .when(change, { needs: { ...needs, absent: ['rep-1'] } })
      .thenRefused('unknown-rep', { details: { repId: 'rep-1', at } })
    given(signed, changed)
      .when(change, { needs: { ...needs, absent: ['rep-1'] } })
      .thenDecided()
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
