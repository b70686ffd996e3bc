// The arithmetic of a line, step by step, each with its operands: a program can do it again.
import type { book } from '@headwater/projections'
import type { ObjectRef } from '@pothos/core'
import { builder, type Types } from '../shared/builder.ts'
import { defineEnum } from '../shared/enum.ts'

type Of<Op extends book.Step['op']> = Extract<book.Step, { op: Op }>
type Round = { op: 'round'; reason: 'once' | 'running'; before?: string; amount: string; result: number }

const Mode = defineEnum('TierMode', 'How tiers give.', {
  marginal: 'Each part of the base at the rate of its own tier.',
  whole: 'All of the base at the rate of the tier that it reaches.',
})
const RoundReason = defineEnum('RoundReason', 'Why and how an amount is rounded; always half up.', {
  once: 'Before it is split, so that the shares add up to it.',
  running: 'The sum so far, so that all lines of a window add up to its rounded total.',
})

const ShareRef = builder.objectRef<Of<'split'>['shares'][number]>('CommissionShare').implement({
  description: 'Somebody’s weight in a split.',
  fields: (t) => ({
    repId: t.exposeString('repId', { description: 'Whose.' }),
    weight: t.exposeString('weight', { description: 'A whole number, however large: a part of the sum of all.' }),
  }),
})
const TierRef = builder.objectRef<Of<'tiers'>['tiers'][number]>('CommissionTier').implement({
  description: 'A tier of a rule.',
  fields: (t) => ({
    from: t.expose('from', { type: 'MinorUnits', description: 'From this base on, in minor units.' }),
    to: t.field({
      type: 'MinorUnits',
      nullable: true,
      description: 'Up to below this one; null for the last.',
      resolve: ({ to }) => to,
    }),
    rate: t.exposeString('rate', { description: 'The rate, as a decimal.' }),
  }),
})
const PartRef = builder.objectRef<Of<'sum'>['of'][number]>('CommissionPart').implement({
  description: 'A part of a sum.',
  fields: (t) => ({
    id: t.exposeString('id', { description: 'Of the line, or of the payment’s event.' }),
    amount: t.expose('amount', { type: 'MinorUnits', description: 'Its amount, in minor units.' }),
  }),
})

const NetRef = builder.objectRef<Of<'net'>>('NetStep').implement({
  description: 'What is left of a receipt.',
  fields: (t) => ({
    allocated: t.expose('allocated', { type: 'MinorUnits', description: 'What came, in minor units.' }),
    returned: t.field({
      type: ['MinorUnits'],
      description: 'What was given back, one by one.',
      resolve: ({ returned }) => [...returned],
    }),
    result: t.expose('result', { type: 'MinorUnits', description: 'The difference.' }),
  }),
})
const SplitRef = builder.objectRef<Of<'split'>>('SplitStep').implement({
  description: 'A split of whole minor units by largest remainder, in the order of the shares.',
  fields: (t) => ({
    amount: t.expose('amount', { type: 'MinorUnits', description: 'What is split, in minor units.' }),
    shares: t.field({ type: [ShareRef], description: 'Among whom.', resolve: ({ shares }) => [...shares] }),
    place: t.exposeInt('place', { description: 'Whose share this is: the place among them, from 0.' }),
    result: t.expose('result', { type: 'MinorUnits', description: 'That share.' }),
  }),
})
const RateRef = builder.objectRef<Of<'rate'>>('RateStep').implement({
  description: 'An amount times a rate and factors.',
  fields: (t) => ({
    amount: t.expose('amount', { type: 'MinorUnits', description: 'In minor units.' }),
    rate: t.exposeString('rate', { description: 'As a decimal.' }),
    factors: t.stringList({ description: 'Of product line and store.', resolve: ({ factors }) => [...factors] }),
    exact: t.exposeString('result', { description: 'The exact product, as a decimal of minor units.' }),
  }),
})
const TiersRef = builder.objectRef<Of<'tiers'>>('TiersStep').implement({
  description: 'What tiers give for `from` + `amount`, less what they give for `from`.',
  fields: (t) => ({
    mode: t.expose('mode', { type: Mode, description: 'How they give.' }),
    tiers: t.field({ type: [TierRef], description: 'The tiers.', resolve: ({ tiers }) => [...tiers] }),
    window: t.exposeString('window', { description: 'What the base is counted over: month, quarter or year.' }),
    from: t.expose('from', { type: 'MinorUnits', description: 'The base before, in minor units.' }),
    amount: t.expose('amount', { type: 'MinorUnits', description: 'What this receipt adds to it.' }),
    exact: t.exposeString('result', { description: 'The exact difference, as a decimal of minor units.' }),
  }),
})
const FactorsRef = builder.objectRef<Of<'factors'>>('FactorsStep').implement({
  description: 'An exact amount times factors.',
  fields: (t) => ({
    exactAmount: t.exposeString('amount', { description: 'As a decimal of minor units.' }),
    factors: t.stringList({ description: 'Of product line and store.', resolve: ({ factors }) => [...factors] }),
    exact: t.exposeString('result', { description: 'The exact product.' }),
  }),
})
const RoundRef = builder.objectRef<Round>('RoundStep').implement({
  description: 'An exact amount becomes whole minor units.',
  fields: (t) => ({
    reason: t.expose('reason', { type: RoundReason, description: 'Why, and how.' }),
    before: t.string({
      nullable: true,
      description: 'For a running sum, what it was before.',
      resolve: ({ before }) => before,
    }),
    exactAmount: t.exposeString('amount', { description: 'The exact amount, as a decimal of minor units.' }),
    result: t.expose('result', { type: 'MinorUnits', description: 'The whole one.' }),
  }),
})
const SumRef = builder.objectRef<Of<'sum'>>('SumStep').implement({
  description: 'A sum.',
  fields: (t) => ({
    of: t.field({ type: [PartRef], description: 'Of what.', resolve: (step) => [...step.of] }),
    result: t.expose('result', { type: 'MinorUnits', description: 'In minor units.' }),
  }),
})
const LimitRef = builder.objectRef<Of<'limit'>>('LimitStep').implement({
  description: 'What leads from a sum to a cap or floor.',
  fields: (t) => ({
    amount: t.expose('amount', { type: 'MinorUnits', description: 'The sum, in minor units.' }),
    limit: t.expose('limit', { type: 'MinorUnits', description: 'The cap or floor.' }),
    result: t.expose('result', { type: 'MinorUnits', description: 'The difference.' }),
  }),
})
const FixedRef = builder.objectRef<Of<'fixed'>>('FixedStep').implement({
  description: 'An amount that the plan names.',
  fields: (t) => ({ result: t.expose('result', { type: 'MinorUnits', description: 'In minor units.' }) }),
})
const DrawRef = builder.objectRef<Of<'draw'>>('DrawStep').implement({
  description: 'What fills up what is due to a draw.',
  fields: (t) => ({
    due: t.expose('due', { type: 'MinorUnits', description: 'What is due without it, in minor units.' }),
    draw: t.expose('draw', { type: 'MinorUnits', description: 'The draw.' }),
    result: t.expose('result', { type: 'MinorUnits', description: 'What is missing.' }),
  }),
})

// biome-ignore lint/suspicious/noExplicitAny: variance: each step has a type of its own
const types: Readonly<Record<book.Step['op'], ObjectRef<Types, any, any>>> = {
  net: NetRef,
  split: SplitRef,
  rate: RateRef,
  tiers: TiersRef,
  factors: FactorsRef,
  round: RoundRef,
  sum: SumRef,
  limit: LimitRef,
  fixed: FixedRef,
  draw: DrawRef,
}

export const StepRef = builder.unionType('CommissionStep', {
  description: 'A step of the arithmetic that leads to a line. It goes on from the result of the step before it.',
  types: Object.values(types),
  resolveType: (step) => types[(step as book.Step).op],
})
