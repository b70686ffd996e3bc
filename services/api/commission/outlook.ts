// What a rep has so far, and what is coming.
import type { book, RepAccrual, RepForecast } from '@headwater/projections'
import { rateText } from '@headwater/schema'
import { builder } from '../shared/builder.ts'
import { LocalTextRef, MoneyRef } from '../shared/values.ts'
import { type In, money, StatementRef } from './statements.ts'

const NextTierRef = builder.objectRef<In<NonNullable<book.TierProgress['next']>>>('NextTier').implement({
  description: 'The tier above the one that is reached.',
  fields: (t) => ({
    from: t.field({
      type: MoneyRef,
      description: 'The base from which on it holds.',
      resolve: (tier) => money(tier.from, tier),
    }),
    rate: t.string({ description: 'Its rate, as a decimal.', resolve: ({ rate }) => rateText(rate) }),
    distance: t.field({
      type: MoneyRef,
      description: 'How much base is missing.',
      resolve: (tier) => money(tier.distance, tier),
    }),
    brings: t.field({
      type: MoneyRef,
      description: 'What reaching it brings in all, before multipliers.',
      resolve: (tier) => money(tier.brings, tier),
    }),
  }),
})

const ProgressRef = builder.objectRef<In<book.TierProgress>>('TierProgress').implement({
  description: 'How far a rep has come in the tiers of a rule.',
  fields: (t) => ({
    planId: t.exposeString('planId', { description: 'The plan.' }),
    ruleId: t.exposeString('ruleId', { description: 'The rule.' }),
    window: t.exposeString('window', { description: 'What the base is counted over: month, quarter or year.' }),
    base: t.field({ type: MoneyRef, description: 'The base so far.', resolve: (tier) => money(tier.base, tier) }),
    rate: t.string({ description: 'The rate that it reaches, as a decimal.', resolve: ({ rate }) => rateText(rate) }),
    next: t.field({
      type: NextTierRef,
      nullable: true,
      description: 'The next tier; null on the last.',
      resolve: ({ next, currency }) => next && { ...next, currency },
    }),
  }),
})

const PointRef = builder.objectRef<In<RepAccrual['curve'][number]>>('IncomePoint').implement({
  description: 'A month of the growth curve.',
  fields: (t) => ({
    period: t.exposeString('period', { description: 'The month.' }),
    amount: t.field({
      type: MoneyRef,
      description: 'Earned and adjusted in it.',
      resolve: (point) => money(point.amount, point),
    }),
    total: t.field({
      type: MoneyRef,
      description: 'Since the ledger began.',
      resolve: (point) => money(point.total, point),
    }),
  }),
})

export const AccrualRef = builder.objectRef<RepAccrual>('CommissionAccrual').implement({
  description: 'What a rep has so far in the month that it is now.',
  fields: (t) => ({
    statement: t.field({
      type: StatementRef,
      description: 'The month’s statement so far.',
      resolve: (accrual) => accrual,
    }),
    tiers: t.field({
      type: [ProgressRef],
      description: 'How far it is to the next tiers, for each rule with tiers in which anything counts.',
      resolve: ({ tiers, currency }) => tiers.map((tier) => ({ ...tier, currency })),
    }),
    curve: t.field({
      type: [PointRef],
      description: 'The growth curve: month by month, oldest first.',
      resolve: ({ curve, currency }) => curve.map((point) => ({ ...point, currency })),
    }),
  }),
})

const RenewalRef = builder.objectRef<RepForecast['renewal']>('RenewalProbability').implement({
  description: 'How probable it is that a contract is renewed: as often as contracts of this organisation were.',
  fields: (t) => ({
    probability: t.string({ description: 'As a decimal.', resolve: ({ p }) => rateText(p) }),
    low: t.string({ description: 'Lower end of Wilson’s interval at 95 %.', resolve: ({ low }) => rateText(low) }),
    high: t.string({ description: 'Upper end of the interval.', resolve: ({ high }) => rateText(high) }),
    contracts: t.exposeInt('n', { description: 'The sample: contracts whose time to be renewed is over.' }),
    renewed: t.exposeInt('successes', { description: 'How many of them were renewed.' }),
    graceMonths: t.exposeInt('graceMonths', {
      description: 'Months after its end within which a renewal may be signed.',
    }),
  }),
})

const YearRef = builder.objectRef<In<RepForecast['years'][number]>>('ExpectedIncome').implement({
  description: 'What a year may bring.',
  fields: (t) => {
    const amount = (key: 'expected' | 'low' | 'high' | 'ifAllRenew', description: string) =>
      t.field({ type: MoneyRef, description, resolve: (year) => money(year[key], year) })
    return {
      from: t.exposeString('from', { description: 'Its first day.' }),
      to: t.exposeString('to', { description: 'The day after its last.' }),
      expected: amount('expected', 'Renewal probability × the rates that the plans step to.'),
      low: amount('low', 'At the lower end of the probability’s interval.'),
      high: amount('high', 'At its upper end.'),
      ifAllRenew: amount('ifAllRenew', 'If every contract were renewed.'),
    }
  },
})

/** What the figures take for granted, in both languages of the product. */
const assumption = ({ renewal: { n, graceMonths } }: RepForecast) => ({
  'zh-CN': `每份到期合同按本组织 ${n} 份已过续约期（到期后 ${graceMonths} 个月内）的合同的续约率续约，金额与期限不变，续约时付清；固定与关系年限规则计入，阶梯规则不计。`,
  en: `Each contract that ends is renewed as often as the ${n} contracts of this organisation were whose time for it is over (up to ${graceMonths} months after the end), at its amount and for its term, and paid when it is; flat and relationship rules count, tiers do not.`,
})

export const ForecastRef = builder.objectRef<RepForecast>('IncomeForecast').implement({
  description:
    'What a rep may expect of the next three years from contracts that run today: an estimate, nothing that is owed.',
  fields: (t) => ({
    renewal: t.expose('renewal', { type: RenewalRef, description: 'The probability that it stands on.' }),
    assumption: t.field({ type: LocalTextRef, description: 'What it takes for granted.', resolve: assumption }),
    years: t.field({
      type: [YearRef],
      description: 'Year by year, from today on.',
      resolve: ({ years, currency }) => years.map((year) => ({ ...year, currency })),
    }),
    asOf: t.exposeString('asOf', { description: 'The place in the log up to which it takes in what is known.' }),
  }),
})
