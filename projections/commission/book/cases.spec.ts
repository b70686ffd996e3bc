import { describe, expect, it } from 'vitest'
import type { Statement } from './line.ts'
import { type Story, tell, yuan } from './testing/story.ts'

const tiers = [
  { from: '0', to: '100000', rate: '0.05' },
  { from: '100000', to: '300000', rate: '0.08' },
  { from: '300000', rate: '0.12' },
]
const tiered = (mode: 'marginal' | 'whole', over: 'month' | 'quarter' | 'year' = 'month') => ({
  rules: [{ id: 'tiers', kind: 'tiers' as const, over, mode, tiers }],
})
const statement = (story: Story, repId: string, period: string, through?: string): Statement =>
  story.statements(through).find((one) => one.repId === repId && one.period === period)!
const amounts = (found: { readonly amount: number }[] | readonly { readonly amount: number }[]) =>
  found.map(({ amount }) => amount)

describe('tiers', () => {
  const receipts = (mode: 'marginal' | 'whole') =>
    tell('2026-05')
      .plan(tiered(mode))
      .contract('2026-05-01', { contractId: 'k' })
      .pay('k', 'p1', yuan('90,000.00'), '2026-05-05')
      .pay('k', 'p2', yuan('60,000.00'), '2026-05-10')
      .pay('k', 'p3', yuan('250,000.00'), '2026-05-20')

  it('pays 33,000.00 marginal and 48,000.00 whole for 90,000, 60,000 and 250,000', () => {
    expect(statement(receipts('marginal'), 'A', '2026-05').earned).toBe(yuan('33,000.00'))
    expect(statement(receipts('whole'), 'A', '2026-05').earned).toBe(yuan('48,000.00'))
  })

  it('ends the month as if what is refunded in it had never come', () => {
    const refunded = (mode: 'marginal' | 'whole') => receipts(mode).refund('p2', yuan('60,000.00'), '2026-05-25')
    expect(statement(refunded('marginal'), 'A', '2026-05').earned).toBe(yuan('25,800.00'))
    expect(statement(refunded('whole'), 'A', '2026-05').earned).toBe(yuan('40,800.00'))
  })

  it('takes back 7,200.00 in the next month, naming the lines, when it is refunded after the close', () => {
    const story = receipts('marginal').close('2026-05').refund('p2', yuan('60,000.00'), '2026-06-03')
    const [may, june] = [statement(story, 'A', '2026-05'), statement(story, 'A', '2026-06')]
    expect(may).toMatchObject({ earned: yuan('33,000.00'), payable: yuan('33,000.00'), closing: 0 })
    expect(june).toMatchObject({ adjusted: -yuan('7,200.00'), lines: [], payable: 0, closing: -yuan('7,200.00') })
    const refund = story.facts().customers[0]!.contracts[0]!.payments[1]!.returned[0]!
    for (const { original, causes } of june.adjustments) {
      expect(may.lines.map(({ id }) => id)).toContain(original.id)
      expect(original.period).toBe('2026-05')
      expect(causes).toEqual([{ eventId: refund.eventId, position: refund.position }])
    }
    expect(amounts(june.adjustments)).toEqual([-yuan('4,500.00'), -yuan('2,700.00')])
  })

  it.each([
    ['100,000.00', 'marginal', '5,000.00'],
    ['100,000.01', 'marginal', '5,000.00'],
    ['100,000.10', 'marginal', '5,000.01'],
    ['99,999.99', 'whole', '5,000.00'],
    ['100,000.00', 'whole', '8,000.00'],
    ['100,000.01', 'whole', '8,000.00'],
  ] as const)('on exactly %s, %s, gives %s', (base, mode, expected) => {
    const story = tell('2026-05').plan(tiered(mode)).contract('2026-05-01', { contractId: 'k' })
    expect(statement(story.pay('k', 'p', yuan(base), '2026-05-05'), 'A', '2026-05').earned).toBe(yuan(expected))
  })

  it('adds up over a quarter and a year, and begins anew', () => {
    for (const [over, october] of [
      ['quarter', '5,000.00'],
      ['year', '12,000.00'],
    ] as const) {
      const story = tell('2026-08').plan(tiered('marginal', over)).contract('2026-08-01', { contractId: 'k' })
      story.pay('k', 'p1', yuan('300,000.00'), '2026-08-02').close('2026-08')
      story.pay('k', 'p2', yuan('100,000.00'), '2026-09-02').close('2026-09')
      story.pay('k', 'p3', yuan('100,000.00'), '2026-10-02')
      const all = story.statements()
      expect(amounts(all.flatMap(({ lines }) => lines))).toEqual(['21,000.00', '12,000.00', october].map(yuan))
    }
  })
})

describe('shares', () => {
  it('splits 100.00 as 33.34, 33.33, 33.33 in the order of the credits', () => {
    const credits = ['B', 'A', 'C'].map((repId) => ({ repId, share: '0.333333' }))
    const story = tell('2026-05')
      .plan({ rules: [{ id: 'flat', kind: 'flat', rate: '0.1' }] })
      .contract('2026-05-01', { contractId: 'k', credits })
      .pay('k', 'p', yuan('1,000.00'), '2026-05-02')
    expect(story.statements().map(({ repId, earned }) => [repId, earned])).toEqual([
      ['A', 3333],
      ['B', 3334],
      ['C', 3333],
    ])
  })
})

describe('the dividend of a long relationship', () => {
  const years = (handOver?: object) =>
    tell('2024-01')
      .plan({
        rules: [{ id: 'ltv', kind: 'relationship', year: 'anniversary', rates: ['0.05', '0.06', '0.08'] }],
        ...handOver,
      })
      .owner('c', 'A', '2024-01-01')
      .contract('2024-01-10', { contractId: 'k1' })
      .pay('k1', 'p1', yuan('100,000.00'), '2024-01-10')
      .contract('2025-01-10', { contractId: 'k2', renewalOf: 'k1' })
      .pay('k2', 'p2', yuan('100,000.00'), '2025-01-10')
      .owner('c', 'B', '2025-07-01 00:00')
      .contract('2026-01-10', { contractId: 'k3', renewalOf: 'k2' })
      .pay('k3', 'p3', yuan('100,000.00'), '2026-01-10')
  const earned = (story: Story) =>
    story.statements('2026-12').flatMap(({ repId, lines }) => lines.map(({ amount }) => [repId, amount]))

  it('steps the rate by the year, and pays whoever owns the customer then', () => {
    expect(earned(years())).toEqual([
      ['A', yuan('5,000.00')],
      ['A', yuan('6,000.00')],
      ['B', yuan('8,000.00')],
    ])
  })

  it('leaves the former owner a share for some months', () => {
    const sunset = years({ handOver: { kind: 'sunset', share: '0.25', months: 12 } })
    expect(earned(sunset)).toEqual([
      ['A', yuan('5,000.00')],
      ['A', yuan('6,000.00')],
      ['A', yuan('2,000.00')],
      ['B', yuan('6,000.00')],
    ])
    sunset.pay('k3', 'p4', yuan('100,000.00'), '2026-07-01 00:00')
    expect(earned(sunset).slice(-1)).toEqual([['B', yuan('8,000.00')]])
    expect(earned(sunset)).toHaveLength(5)
  })

  it('counts renewals where the plan says so, also for what is added on', () => {
    const story = tell('2026-01')
      .plan({ rules: [{ id: 'ltv', kind: 'relationship', year: 'renewals', rates: ['0.05', '0.06'] }] })
      .contract('2026-01-01', { contractId: 'k1' })
      .pay('k1', 'p1', yuan('100.00'), '2026-01-02')
      .contract('2026-01-03', { contractId: 'k2', renewalOf: 'k1' })
      .contract('2026-01-04', { contractId: 'add-on' })
      .pay('add-on', 'p2', yuan('100.00'), '2026-01-05')
    expect(earned(story)).toEqual([
      ['A', 600],
      ['A', 500],
    ])
  })

  it('turns a year on 28 February where there is no 29th', () => {
    const paid = (at: string) =>
      tell('2024-01')
        .plan({
          rules: [
            { id: 'ltv', kind: 'relationship', year: 'anniversary', rates: ['0.01', '0.02', '0.03', '0.04', '0.05'] },
          ],
        })
        .contract('2024-02-29', { contractId: 'k' })
        .pay('k', 'p', yuan('100.00'), at)
    const rates: [string, number][] = [
      ['2025-02-27', 100],
      ['2025-02-28 00:00', 200],
      ['2028-02-28', 400],
      ['2028-02-29', 500],
    ]
    for (const [at, expected] of rates) expect(earned2(paid(at))).toEqual([expected])
  })
  const earned2 = (story: Story) => story.statements('2030-01').flatMap(({ lines }) => amounts(lines))
})

describe('months', () => {
  it('has a payment at 23:30 of its last day in Shanghai', () => {
    const story = tell('2026-05')
      .plan({ rules: [{ id: 'flat', kind: 'flat', rate: '0.1' }] })
      .contract('2026-05-01', { contractId: 'k' })
      .pay('k', 'p1', 1000, '2026-05-31 23:30')
      .pay('k', 'p2', 2000, '2026-06-01 00:00')
    expect(story.statements('2026-06').map(({ period, earned }) => [period, earned])).toEqual([
      ['2026-05', 100],
      ['2026-06', 200],
    ])
  })

  it('keeps what is closed: what comes late is an adjustment, also a hand-over and a corrected plan', () => {
    const flat = (rate: string) => ({ rules: [{ id: 'flat', kind: 'flat' as const, rate }] })
    const story = tell('2026-05').plan(flat('0.1')).contract('2026-05-01', { contractId: 'k' })
    story.pay('k', 'p1', 1000, '2026-05-05').close('2026-05')
    const [may] = story.statements()
    story.owner('c', 'B', '2026-05-02').pay('k', 'p2', 5000, '2026-05-09')
    story.plan({ ...flat('0.2'), retroactive: true }, { version: 2, at: '2026-06-05' })
    story.plan(flat('0.9'), { planId: 'other', at: '2026-06-05' })
    expect(story.statements()[0]).toEqual({ ...may, status: 'closed' })
    expect(
      story
        .statements()
        .flatMap(({ repId, adjustments }) =>
          adjustments.map(({ original, before, after, period }) => [repId, original.id, period, before, after]),
        ),
    ).toEqual([
      ['A', 'plan/A/2026-05/rule/flat/k/p1/l1', '2026-06', 100, 0],
      ['B', 'plan/B/2026-05/rule/flat/k/p1/l1', '2026-06', 0, 200],
      ['B', 'plan/B/2026-05/rule/flat/k/p2/l1', '2026-06', 0, 1000],
    ])
  })
})
