// Any history: payments, refunds, hand-overs, new plans and closes, in any order, much of it told late.
import type { CommissionPlanInput } from '@headwater/schema'
import fc from 'fast-check'
import { addMonths } from '../months.ts'
import { type Story, tell } from './story.ts'

const reps = ['A', 'B', 'C']
const rep = fc.constantFrom(...reps)
const customer = fc.constantFrom('c1', 'c2', 'c3')
const productLine = fc.constantFrom('kitchen', 'bath')
const FIRST = '2026-01'

const tiers = [
  { from: '0', to: '1000', rate: '0.05' },
  { from: '1000', to: '3000', rate: '0.08' },
  { from: '3000', rate: '0.1234' },
]
const share = fc.constantFrom('0.25', '0.333333', '0.5')
const rule = fc.oneof(
  fc.record({ kind: fc.constant('flat' as const), rate: fc.constantFrom('0.05', '0.033333') }),
  fc.record({
    kind: fc.constant('tiers' as const),
    over: fc.constantFrom('month', 'quarter', 'year'),
    mode: fc.constantFrom('marginal', 'whole'),
    tiers: fc.constant(tiers),
  }),
  fc.record({
    kind: fc.constant('relationship' as const),
    year: fc.constantFrom('anniversary', 'renewals'),
    rates: fc.constant<string[]>(['0.05', '0.06', '0.08']),
  }),
)
const only = fc.option(fc.record({ productLines: fc.constant<string[]>(['kitchen']) }), { nil: undefined })
const rules = fc
  .array(fc.tuple(rule, only), { minLength: 1, maxLength: 2 })
  .map((list) => list.map(([one, selector], i) => ({ id: `r${i}`, ...one, ...(selector && { only: selector }) })))

/** Rules only: what they give is in proportion to what came. */
export const plainPlan = fc.record({
  rules,
  productLines: fc.constant<string[]>(['kitchen', 'bath']),
  handOver: fc.oneof(
    fc.constant({ kind: 'new-owner' as const }),
    fc.record({ kind: fc.constant('sunset' as const), share, months: fc.constantFrom(1, 12) }),
  ),
}) as fc.Arbitrary<Partial<CommissionPlanInput>>

const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 })
const extras = fc.record({
  retroactive: fc.boolean(),
  multipliers: fc.constantFrom(undefined, { productLines: { bath: '1.23' }, stores: { s2: '0.777777' } }),
  cap: some(fc.constantFrom('100', '200.01')),
  floor: some(fc.constantFrom('10', '99.99')),
  allowances: some(fc.constant([{ certificate: 'skill', amount: '30' }])),
  covers: some(fc.constantFrom({ stores: ['s1'] }, { reps: ['A', 'B'] })),
  pools: some(
    fc.constant([
      {
        id: 'team',
        rate: '0.01',
        stores: ['s1'],
        members: [
          { repId: 'A', share: '0.333333' },
          { repId: 'B', share: '0.666667' },
        ],
      },
    ]),
  ),
  draw: some(fc.record({ amount: fc.constant('50'), recoverable: fc.boolean() })),
  holds: some(fc.constantFrom([{ until: 'fully-paid' as const }], [{ until: { milestone: 'accepted' } }])),
})
export const anyPlan = fc.tuple(plainPlan, extras).map(([plain, more]) => {
  const named = Object.entries(more).filter(([, value]) => value !== undefined)
  return { ...plain, ...Object.fromEntries(named) } as Partial<CommissionPlanInput>
})

/** `when`: hours since the first month began. */
const when = fc.nat(24 * 28 * 5)
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('pay' as const),
      amount: fc.integer({ min: 1, max: 300_000 }),
      n: fc.nat(9),
      bath: fc.boolean(),
      when,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('return' as const),
      all: fc.boolean(),
      bounce: fc.boolean(),
      n: fc.nat(30),
      part: fc.integer({ min: 1, max: 100 }),
      when,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('own' as const), customer, rep, when }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('sign' as const),
      customer,
      rep,
      productLine,
      renews: fc.boolean(),
      split: fc.boolean(),
      store: fc.constantFrom('s1', 's2'),
      when,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('credit' as const), n: fc.nat(9), rep, split: fc.boolean(), when }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reach' as const), n: fc.nat(9), when }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('move' as const), rep, store: fc.constantFrom('s1', 's2'), when }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('certify' as const), rep, when }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('close' as const) }) },
)
export type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

const timeOf = (hours: number): string =>
  new Date(Date.UTC(2026, 0, 1) + hours * 3_600_000).toISOString().slice(0, 16).replace('T', ' ')

const shares = [
  { repId: 'B', share: '0.333333' },
  { repId: 'A', share: '0.333333' },
  { repId: 'C', share: '0.333334' },
]

/** Tells the steps; what cannot be (a refund of nothing) is left out. `onStep` sees the story after each. */
export function play(
  steps: readonly (Step | { do: 'plan'; plan: Partial<CommissionPlanInput> })[],
  onStep?: (story: Story) => void,
): Story {
  const story = tell(FIRST)
  const contracts: string[] = []
  const payments: { id: string; left: number }[] = []
  let [versions, closed] = [0, 0]
  for (const repId of reps) story.rep(repId, repId === 'C' ? 's2' : 's1')
  for (const [i, one] of steps.entries()) {
    const contract = 'n' in one ? contracts[one.n % Math.max(1, contracts.length)] : undefined
    if (one.do === 'plan') story.plan(one.plan, { version: ++versions, at: '2026-01-01' })
    else if (one.do === 'own') story.owner(one.customer, one.rep, timeOf(one.when))
    else if (one.do === 'move') story.move(one.rep, one.store, timeOf(one.when))
    else if (one.do === 'certify') story.certify(one.rep, 'skill', timeOf(one.when).slice(0, 10))
    else if (one.do === 'close') closed < 4 && story.close(addMonths(FIRST, closed++))
    else if (one.do === 'sign') {
      const contractId = `k${i}`
      story.contract(timeOf(one.when), {
        ...{ contractId, customerId: one.customer, repId: one.rep, storeId: one.store },
        lines: [
          { lineId: 'l1', productLine: one.productLine, amount: 200_000 },
          { lineId: 'l2', productLine: 'bath', amount: 100_000 },
        ],
        ...(one.split && { credits: shares }),
        ...(one.renews && contracts.length > 0 && { renewalOf: contracts.at(-1)! }),
      })
      contracts.push(contractId)
    } else if (contract && one.do === 'pay') {
      story.pay(contract, `p${i}`, one.amount, timeOf(one.when), one.bath ? 'l2' : 'l1')
      payments.push({ id: `p${i}`, left: one.amount })
    } else if (contract && one.do === 'credit')
      story.credits(contract, timeOf(one.when), one.split ? shares : [{ repId: one.rep, share: '1' }])
    else if (contract && one.do === 'reach') story.milestone(contract, 'accepted', timeOf(one.when))
    else if (one.do === 'return') {
      const payment = payments[one.n % Math.max(1, payments.length)]
      const amount = payment ? (one.all || one.bounce ? payment.left : Math.min(payment.left, one.part * 1000)) : 0
      if (!payment || amount === 0) continue
      payment.left -= amount
      story.refund(payment.id, amount, timeOf(one.when), one.bounce ? 'reversal' : 'refund')
    }
    onStep?.(story)
  }
  return story
}

/** A first plan and a contract, then anything; further versions come in between. */
export const historyWith = (plan: fc.Arbitrary<Partial<CommissionPlanInput>>, maxLength = 30) =>
  fc
    .tuple(
      plan,
      fc.array(
        fc.oneof(
          { weight: 20, arbitrary: step },
          { weight: 1, arbitrary: plan.map((p) => ({ do: 'plan' as const, plan: p })) },
        ),
        {
          minLength: 5,
          maxLength,
        },
      ),
    )
    .map(([first, steps]) => [
      { do: 'plan' as const, plan: first },
      ...(['c1', 'c2'] as const).map((one, i) => ({
        ...{ do: 'sign' as const, customer: one, rep: reps[i]!, productLine: 'kitchen' as const },
        ...{ renews: false, split: i === 1, store: 's1' as const, when: 0 },
      })),
      ...steps,
    ])
