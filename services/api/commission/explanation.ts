// How a line came about: for programs as a tree, for people as sentences.
import { book, type ExplainedLine } from '@headwater/projections'
import { builder } from '../shared/builder.ts'
import { defineEnum } from '../shared/enum.ts'
import { LocalTextRef, MoneyRef } from '../shared/values.ts'
import { FactRef } from './facts.ts'
import { AdjustmentRef, type In, LineRef, money } from './statements.ts'
import { StepRef } from './steps.ts'

const ReturnKind = defineEnum('CommissionReturnKind', 'Why money went back.', {
  refund: 'It was given back.',
  reversal: 'The payment bounced.',
})
const CreditedBy = defineEnum('CreditedBy', 'Why a receipt counts for somebody.', {
  credits: 'The contract says so.',
  owner: 'Who owned the customer when it came in.',
  contract: 'Who signed the contract, where the customer had no owner.',
})
const YearBy = defineEnum('RelationshipYearBy', 'How the years of a relationship count.', {
  anniversary: 'By anniversaries of the first contract.',
  renewals: 'By renewals.',
})

const ReturnRef = builder.objectRef<In<book.ReceiptRef['returned'][number]>>('CommissionReturn').implement({
  description: 'What of a payment went back.',
  fields: (t) => ({
    kind: t.expose('kind', { type: ReturnKind, description: 'Why.' }),
    amount: t.field({
      type: MoneyRef,
      description: 'How much of the payment.',
      resolve: (part) => money(part.amount, part),
    }),
    fact: t.expose('fact', { type: FactRef, description: 'The event.' }),
  }),
})

const ReceiptRef = builder.objectRef<In<book.ReceiptRef>>('CommissionReceipt').implement({
  description: 'A payment’s part for a line of its contract.',
  fields: (t) => ({
    contractId: t.exposeString('contractId', { description: 'The contract.' }),
    contractLineId: t.exposeString('contractLineId', { description: 'The line of the contract.' }),
    productLine: t.exposeString('productLine', { description: 'What the line sells.' }),
    storeId: t.exposeString('storeId', { description: 'The store of the contract.' }),
    paymentId: t.exposeString('paymentId', { description: 'The payment.' }),
    payment: t.expose('payment', { type: FactRef, description: 'The event that says that it came in.' }),
    allocated: t.field({
      type: MoneyRef,
      description: 'What of it pays for the line.',
      resolve: (receipt) => money(receipt.allocated, receipt),
    }),
    returned: t.field({
      type: [ReturnRef],
      description: 'What of it went back.',
      resolve: ({ returned, currency }) => returned.map((part) => ({ ...part, currency })),
    }),
    net: t.field({ type: MoneyRef, description: 'What is left.', resolve: (receipt) => money(receipt.net, receipt) }),
  }),
})

const PlanRef = builder.objectRef<book.LineExplanation['plan']>('AppliedPlan').implement({
  description: 'The plan as it was applied.',
  fields: (t) => ({
    planId: t.exposeString('planId', { description: 'Which plan.' }),
    version: t.exposeInt('version', { description: 'Its version.' }),
    name: t.expose('name', { type: LocalTextRef, description: 'What people call it.' }),
    approved: t.expose('approved', { type: FactRef, description: 'The event that approved the version.' }),
    rule: t.field({
      type: 'JSON',
      nullable: true,
      description: 'The rule, as the plan has it, for a line about a receipt.',
      resolve: ({ rule }) => rule,
    }),
  }),
})

const ReleaseRef = builder.objectRef<NonNullable<book.LineExplanation['released']>>('CommissionRelease').implement({
  description: 'What a receipt waited for before it counted.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'Since when it counts.' }),
    facts: t.field({ type: [FactRef], description: 'The events.', resolve: ({ facts }) => [...facts] }),
  }),
})
const CreditedRef = builder.objectRef<NonNullable<book.LineExplanation['credited']>>('CommissionCredited').implement({
  description: 'Why it counts for the rep.',
  fields: (t) => ({
    by: t.expose('by', { type: CreditedBy, description: 'By what.' }),
    facts: t.field({ type: [FactRef], description: 'The events that say so.', resolve: ({ facts }) => [...facts] }),
  }),
})
const YearRef = builder.objectRef<NonNullable<book.LineExplanation['year']>>('RelationshipYear').implement({
  description: 'The year of the relationship with a customer.',
  fields: (t) => ({
    year: t.exposeInt('year', { description: 'Counts from 1.' }),
    by: t.expose('by', { type: YearBy, description: 'How it counts.' }),
    contractId: t.exposeString('contractId', {
      description: 'The contract that it counts from, or that renewed it last.',
    }),
    fact: t.expose('fact', { type: FactRef, description: 'Its signature.' }),
  }),
})

const TreeRef = builder.objectRef<book.LineExplanation>('CommissionLineExplanation').implement({
  description: 'How a line came about.',
  fields: (t) => ({
    line: t.field({
      type: LineRef,
      description: 'The line.',
      resolve: ({ line, currency }) => ({ ...line, currency }),
    }),
    asOf: t.exposeString('asOf', { description: 'What the log told up to here.' }),
    plan: t.expose('plan', { type: PlanRef, description: 'By which plan and rule.' }),
    receipts: t.field({
      type: [ReceiptRef],
      description: 'The receipt; those that fed a pool; none where the line is about a month.',
      resolve: ({ receipts, currency }) => receipts.map((receipt) => ({ ...receipt, currency })),
    }),
    released: t.field({
      type: ReleaseRef,
      nullable: true,
      description: 'What the receipt waited for; null where for nothing.',
      resolve: ({ released }) => released,
    }),
    credited: t.field({
      type: CreditedRef,
      nullable: true,
      description: 'Why the receipt counts for the rep.',
      resolve: ({ credited }) => credited,
    }),
    year: t.field({
      type: YearRef,
      nullable: true,
      description: 'The year of the relationship, where the rule asks for it.',
      resolve: ({ year }) => year,
    }),
    certificate: t.field({
      type: FactRef,
      nullable: true,
      description: 'The event of the certificate, for an allowance.',
      resolve: ({ certificate }) => certificate,
    }),
    steps: t.field({ type: [StepRef], description: 'The arithmetic, in order.', resolve: ({ steps }) => [...steps] }),
  }),
})

const AdjustmentTreeRef = builder.objectRef<book.AdjustmentExplanation>('CommissionAdjustmentExplanation').implement({
  description: 'How an adjustment came about: the line as it was and as it is.',
  fields: (t) => ({
    adjustment: t.field({
      type: AdjustmentRef,
      description: 'The adjustment.',
      resolve: ({ line, currency }) => ({ ...line, currency }),
    }),
    before: t.expose('before', {
      type: TreeRef,
      nullable: true,
      description: 'The line at the cut-off before; null where there was none.',
    }),
    after: t.expose('after', {
      type: TreeRef,
      nullable: true,
      description: 'The line at this cut-off, or now; null where there is none any more.',
    }),
  }),
})

const ExplanationRef = builder.unionType('CommissionExplanation', {
  description: 'How a line or an adjustment came about.',
  types: [TreeRef, AdjustmentTreeRef],
  resolveType: ({ kind }) => (kind === 'line' ? TreeRef : AdjustmentTreeRef),
})

const LanguageEnum = builder.enumType('Language', {
  description: 'A language of the product.',
  values: {
    ZH_CN: { value: 'zh-CN', description: 'Simplified Chinese.' },
    EN: { value: 'en', description: 'English.' },
  } as const,
})

export const ExplainedLineRef = builder.objectRef<ExplainedLine>('ExplainedCommissionLine').implement({
  description: 'A line or adjustment of a statement, and how it came about.',
  fields: (t) => ({
    lineId: t.string({ description: 'Its id.', resolve: ({ line }) => line.id }),
    amount: t.field({
      type: MoneyRef,
      description: 'What it gives.',
      resolve: ({ line, currency }) => money(line.amount, { currency }),
    }),
    explanation: t.expose('explanation', { type: ExplanationRef, description: 'As a tree: every operand is there.' }),
    sentences: t.stringList({
      description: 'The same for people, a sentence a step.',
      args: { language: t.arg({ type: LanguageEnum, required: true, description: 'In which language.' }) },
      resolve: ({ explanation }, { language }) => book.sentences(explanation, language),
    }),
    recomputed: t.field({
      type: MoneyRef,
      description: 'What the steps of the tree come to, done again: the same as `amount`.',
      resolve: ({ explanation, currency }) => money(book.recompute(explanation), { currency }),
    }),
  }),
})
