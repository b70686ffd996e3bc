import { type LedgerRow, listPeriods, type PeriodRow, type PeriodStep, theLedger } from '@headwater/projections'
import { builder } from '../shared/builder.ts'
import { defineEnum } from '../shared/enum.ts'
import { atLeastArg, beFresh } from '../shared/fresh.ts'

export const StageEnum = defineEnum('PeriodStage', 'How far a month is on its way to its close.', {
  'cut-off': 'What the log tells up to here makes its statements.',
  prepared: 'Its statements wait for approval.',
  returned: 'Sent back: it is to be cut off anew.',
  approved: 'Somebody who did not prepare it has approved it.',
  closed: 'It is sealed and never changes; what comes later becomes adjustments.',
})

const StepRef = builder.objectRef<PeriodStep>('PeriodStep').implement({
  description: 'A step of a month on its way to its close.',
  fields: (t) => ({
    stage: t.expose('stage', { type: StageEnum, description: 'What it came to.' }),
    at: t.expose('occurredAt', { type: 'DateTime', description: 'When.' }),
    actorId: t.exposeString('actorId', { description: 'The id of who did it.' }),
    reason: t.string({ nullable: true, description: 'Why it was returned.', resolve: ({ reason }) => reason }),
  }),
})

export const PeriodRef = builder.objectRef<PeriodRow>('Period').implement({
  description: 'A month of the commission ledger that was cut off at least once.',
  fields: (t) => ({
    period: t.exposeString('period', { description: 'The month, such as `2026-05`.' }),
    stage: t.expose('stage', { type: StageEnum, description: 'How far it is.' }),
    steps: t.field({ type: [StepRef], description: 'How it came there.', resolve: ({ steps }) => [...steps] }),
    statements: t.int({
      nullable: true,
      description: 'How many statements were prepared; null where none are.',
      resolve: ({ content }) => content?.statements,
    }),
    lines: t.int({
      nullable: true,
      description: 'How many lines they have.',
      resolve: ({ content }) => content?.lines,
    }),
    total: t.field({
      type: 'MinorUnits',
      nullable: true,
      description: 'What the lines add up to, in the ledger’s currency.',
      resolve: ({ content }) => content?.total,
    }),
    linesRoot: t.string({
      nullable: true,
      description: 'Merkle root over the statements and their lines: what an approval names.',
      resolve: ({ content }) => content?.linesRoot,
    }),
    previousSeal: t.exposeString('previousSeal', {
      nullable: true,
      description: 'The seal of the month before, once it is closed; null for the first month.',
    }),
    seal: t.exposeString('seal', { nullable: true, description: 'Its seal, once it is closed.' }),
  }),
})

export const LedgerRef = builder.objectRef<LedgerRow>('Ledger').implement({
  description: 'The commission ledger: months that are closed one after the other.',
  fields: (t) => ({
    revision: t.exposeInt('revision', { description: 'The revision of its stream that is shown here.' }),
    zone: t.exposeString('zone', { description: 'The time zone that its months are of.' }),
    currency: t.exposeString('currency', { description: 'ISO 4217 code of the currency of all its amounts.' }),
    firstPeriod: t.exposeString('firstPeriod', { description: 'The first month that was or will be closed.' }),
    periods: t.field({
      type: [PeriodRef],
      description: 'The months that were cut off at least once, newest first.',
      resolve: (_, __, { db, viewer }) => listPeriods(db, viewer),
    }),
  }),
})

builder.queryFields((t) => ({
  ledger: t.field({
    type: LedgerRef,
    nullable: true,
    description: 'The commission ledger; null before it is opened.',
    args: { atLeast: t.arg(atLeastArg) },
    resolve: async (_, { atLeast }, context) => {
      await beFresh(context, atLeast)
      return theLedger(context.db, context.viewer)
    },
  }),
}))
