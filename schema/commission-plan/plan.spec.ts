import { describe, expect, it } from 'vitest'
import { CommissionPlanDefinition, type CommissionPlanInput } from './index.ts'

const tiers = [
  { from: '0', to: '100000', rate: '0.05' },
  { from: '100000', to: '300000', rate: '0.08' },
  { from: '300000', rate: '0.12' },
]
const plan = (more: Partial<CommissionPlanInput> = {}): CommissionPlanInput => ({
  name: { 'zh-CN': '阶梯提成', en: 'Tiers' },
  currency: 'CNY',
  zone: 'Asia/Shanghai',
  effective: { from: '2026-01-01' },
  rules: [{ id: 'tiers', kind: 'tiers', over: 'month', mode: 'marginal', tiers }],
  ...more,
})
const problems = (input: unknown) =>
  CommissionPlanDefinition.safeParse(input).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)

describe('a commission plan', () => {
  it('is right with half-open tiers from zero without an end', () => {
    expect(problems(plan())).toBeUndefined()
    expect(CommissionPlanDefinition.parse(plan())).toMatchObject({
      retroactive: false,
      handOver: { kind: 'new-owner' },
    })
  })

  it.each([
    [[{ ...tiers[0], from: '1' }, tiers[1], tiers[2]], 'rules.0.tiers.0.from: the first tier begins at 0'],
    [
      [tiers[0], { ...tiers[1], from: '100001' }, tiers[2]],
      'rules.0.tiers.1.from: a tier begins where the one before it ends',
    ],
    [[tiers[0], tiers[1]], 'rules.0.tiers.1.to: the last tier has no end'],
    [[tiers[0], { from: '100000', rate: '0.08' }, tiers[2]], 'rules.0.tiers.1.to: only the last tier has no end'],
    [
      [
        { from: '0', to: '0', rate: '0.05' },
        { from: '0', rate: '0.08' },
      ],
      'rules.0.tiers.0.to: a tier ends above where it begins',
    ],
    [[{ from: '0.001', rate: '0.05' }], 'rules.0.tiers.0.from: "0.001" has more decimals than CNY has (2)'],
  ])('points at what is wrong with the tiers %j', (wrong, message) => {
    expect(
      problems(plan({ rules: [{ id: 't', kind: 'tiers', over: 'month', mode: 'whole', tiers: wrong as never }] })),
    ).toEqual([message])
  })

  it('points at everything else that is wrong', () => {
    const wrong = plan({
      effective: { from: '2026-01-02', to: '2026-02-27' },
      productLines: ['kitchen'],
      rules: [{ id: 'a', kind: 'flat', rate: '0.05', only: { productLines: ['kitchn'] } }],
      multipliers: { productLines: { bath: '1.2' } },
      cap: '100',
      floor: '100.01',
      pools: [
        {
          id: 'p',
          rate: '0.01',
          stores: ['s1'],
          members: [
            { repId: 'a', share: '0.5' },
            { repId: 'a', share: '0.4' },
          ],
        },
      ],
    })
    expect(problems(wrong)).toEqual([
      'effective.from: 2026-01-02 is not the first day of a month',
      'effective.to: 2026-02-27 is not the last day of a month',
      'rules.0.only.productLines.0: unknown product line kitchn: productLines does not name it',
      'multipliers.productLines.bath: unknown product line bath: productLines does not name it',
      'floor: the floor is above the cap',
      'pools.0.members: the shares must add up to 1',
      'pools.0.members: a rep is a member once',
    ])
    expect(problems(plan({ currency: 'RMB' }))).toEqual(['currency: not an ISO 4217 currency code such as CNY'])
    expect(problems(plan({ draw: { amount: '-5', recoverable: true } }))).toEqual(['draw.amount: -5 is negative'])
  })
})
