import { CommissionPlanDefinition } from '@headwater/schema'
import { describe, expect, it } from 'vitest'
import { accrual } from './accrual.ts'
import { allStatements, credited } from './book.ts'
import { wilson } from './estimate.ts'
import { explain } from './explain.ts'
import { forecast } from './forecast.ts'
import { sentences } from './sentences.ts'
import { tell, yuan } from './testing/story.ts'
import { whatIf } from './what-if.ts'

const tiers = [
  { from: '0', to: '100000', rate: '0.05' },
  { from: '100000', to: '300000', rate: '0.08' },
  { from: '300000', rate: '0.12' },
]

describe('what is coming', () => {
  it.each([
    ['marginal', '3,000.00'],
    ['whole', '6,000.00'],
  ] as const)('tells how far the next tier is and what it brings, %s', (mode, brings) => {
    const story = tell('2026-05')
      .plan({ rules: [{ id: 'tiers', kind: 'tiers', over: 'month', mode, tiers }] })
      .contract('2026-05-01', { contractId: 'k' })
      .pay('k', 'p', yuan('40,000.00'), '2026-05-02')
    const { statement, tiers: progress, curve } = accrual(credited(story.facts()), 'A')
    expect(statement).toMatchObject({ period: '2026-05', status: 'open', earned: yuan('2,000.00') })
    const next = { from: yuan('100,000.00'), rate: 80_000, distance: yuan('60,000.00'), brings: yuan(brings) }
    expect(progress).toEqual([
      { planId: 'plan', ruleId: 'tiers', window: '2026-05', base: yuan('40,000.00'), rate: 50_000, next },
    ])
    expect(curve).toEqual([{ period: '2026-05', amount: yuan('2,000.00'), total: yuan('2,000.00') }])
  })

  it('expects renewals as often as the organisation saw them, at the rates that the plan steps to', () => {
    const line = { lineId: 'l1', productLine: 'kitchen', amount: yuan('100,000.00') }
    const story = tell('2024-01').plan({
      rules: [{ id: 'ltv', kind: 'relationship', year: 'anniversary', rates: ['0.05', '0.06', '0.08'] }],
    })
    for (const n of [1, 2, 3, 4]) {
      const contract = { customerId: `old${n}`, repId: 'B', term: { from: '2024-01-01', to: '2024-12-31' } }
      story.contract('2024-01-01', { contractId: `o${n}`, ...contract })
      const term = { from: '2025-01-01', to: '2025-06-30' }
      if (n < 4) story.contract('2025-01-01', { ...contract, contractId: `r${n}`, renewalOf: `o${n}`, term })
    }
    const term = { from: '2026-01-10', to: '2027-01-09' }
    story.contract('2026-01-10', { contractId: 'k', customerId: 'new', term, lines: [line] })
    const found = forecast(story.facts(), 'A', '2026-05-01')
    expect(found.renewal).toEqual({ ...wilson(3, 7), graceMonths: 3 })
    expect(found.years.map(({ from, ifAllRenew }) => [from, ifAllRenew])).toEqual([
      ['2026-05-01', yuan('6,000.00')],
      ['2027-05-01', yuan('8,000.00')],
      ['2028-05-01', yuan('8,000.00')],
    ])
    // 3/7 = 0.428571 of 6,000.00; its square of 8,000.00
    expect(found.years.slice(0, 2).map((year) => year.expected)).toEqual([yuan('2,571.43'), yuan('1,469.39')])
    for (const { low, expected, high, ifAllRenew } of found.years)
      expect([low, expected, high, ifAllRenew]).toEqual([low, expected, high, ifAllRenew].toSorted((a, b) => a - b))
  })

  it('has Wilson’s interval', () => {
    // R: binom::binom.confint(10, 20, methods = "wilson") and for 0 of 5
    expect(wilson(10, 20)).toMatchObject({ p: 500_000, low: 299_298, high: 700_702 })
    expect(wilson(0, 5)).toMatchObject({ p: 0, low: 0, high: 434_482 })
    expect(wilson(0, 0)).toMatchObject({ low: 0, high: 1_000_000 })
  })

  it('compares a draft with what is, and changes nothing', () => {
    const story = tell('2026-05')
      .plan({ rules: [{ id: 'flat', kind: 'flat', rate: '0.1' }] })
      .contract('2026-05-01', { contractId: 'k' })
      .pay('k', 'p1', 1000, '2026-05-02')
      .close('2026-05')
      .pay('k', 'p2', 2000, '2026-06-02')
    const facts = story.facts()
    const before = allStatements(facts)
    const definition = CommissionPlanDefinition.parse({
      ...facts.common.plans[0]!.definition,
      rules: [{ id: 'flat', kind: 'flat', rate: '0.3' }],
    })
    const draft = { planId: 'plan', definition }
    expect(whatIf(draft, facts, '2026-05', '2026-06')).toEqual([{ repId: 'A', old: 300, new: 900, difference: 600 }])
    expect(whatIf(draft, facts, '2026-06', '2026-06')).toEqual([{ repId: 'A', old: 200, new: 600, difference: 400 }])
    expect(allStatements(facts)).toEqual(before)
  })
})

describe('sentences', () => {
  it('say in both languages what a line is made of', () => {
    const story = tell('2026-05')
      .plan({ rules: [{ id: 'tiers', kind: 'tiers', over: 'month', mode: 'marginal', tiers }] })
      .owner('c', 'A', '2026-05-01')
      .contract('2026-05-01', { contractId: 'k' })
      .pay('k', 'p1', yuan('90,000.00'), '2026-05-05')
      .pay('k', 'p2', yuan('60,000.00'), '2026-05-31 23:30')
    const [, line] = story.statements()[0]!.lines
    const tree = explain(story.facts(), 'A', '2026-05', line!.id)!
    expect(sentences(tree, 'en')).toMatchInlineSnapshot(`
      [
        "Payment p2 (event e5 @ 000000000005, 2026-05-31 23:30) brought 60000.00 CNY for line l1 (kitchen) of contract k.",
        "It counts for A by who owned the customer then (event e2 @ 000000000002, 2026-05-01 12:00).",
        "Plan "Plan" (plan, version 1, approved by event e1 @ 000000000001, 2020-01-01 12:00) applies: tiers.",
        "Tiers over 2026-05, each part at the rate of its tier (from 0.00 to below 100000.00 0.05, from 100000.00 to below 300000.00 0.08, from 300000.00 on 0.12): from 90000.00 to 150000.00 they give 4500.00 more.",
        "The sum so far is rounded half up, so that all lines add up to their rounded total: 4500.00 + 4500.00 less 4500.00, both rounded, gives 4500.00.",
      ]
    `)
    expect(sentences(tree, 'zh-CN')).toMatchInlineSnapshot(`
      [
        "回款 p2（事件 e5 @ 000000000005，2026-05-31 23:30）中有 60000.00 CNY 分配给合同 k 的明细 l1（kitchen）。",
        "按回款当时的客户归属计给 A（事件 e2 @ 000000000002，2026-05-01 12:00）。",
        "适用方案“方案”（plan，第 1 版，批准：事件 e1 @ 000000000001，2020-01-01 12:00）：tiers。",
        "2026-05 阶梯，各段按各自比例（0.00 至 100000.00（不含）0.05、100000.00 至 300000.00（不含）0.08、300000.00 及以上 0.12）：累计由 90000.00 到 150000.00，增加 4500.00。",
        "对累计数四舍五入，使各行之和等于总额的舍入值：4500.00 + 4500.00 与 4500.00 分别舍入后相减，得 4500.00。",
      ]
    `)
  })
})
