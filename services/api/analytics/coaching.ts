import { type CoachingCaseRow, listCoachingCases } from '@headwater/projections'
import type { Anomaly, Coached } from '@headwater/schema'
import { allowed } from '../authorize.ts'
import { builder } from '../shared/builder.ts'
import { defineEnum } from '../shared/enum.ts'
import { atLeastArg, beFresh } from '../shared/fresh.ts'
import { keyOf } from '../shared/global-id.ts'
import { connection, connectionOf, pageArgs } from '../shared/page.ts'
import { DealRef, RepRef, StoreRef } from '../shared/refs.ts'

export const CoachedEnum = defineEnum('CoachedKind', 'Whose figures are looked at.', {
  store: 'Stores.',
  rep: 'Reps.',
} satisfies Record<Coached['kind'], string>)

const CaseStatusEnum = defineEnum('CoachingCaseStatus', 'How far a coaching case is.', {
  open: 'Nobody has taken it yet.',
  acknowledged: 'Somebody has taken it.',
  closed: 'It was said what came of it.',
})
export const OutcomeEnum = defineEnum('CoachingOutcome', 'What came of a coaching case.', {
  improved: 'It is better now.',
  explained: 'There was a good reason.',
  unchanged: 'It is as it was.',
})

type Of<Kind extends Anomaly['kind']> = Extract<Anomaly, { kind: Kind }>

export const EstimateRef = builder.objectRef<Of<'low-conversion'>['estimate']>('ConversionEstimate').implement({
  description: 'A rate drawn towards that of all, the more so the fewer deals there are, with its credible interval.',
  fields: (t) => ({
    rate: t.exposeFloat('rate', { description: 'The rate, from 0 to 1.' }),
    from: t.exposeFloat('from', { description: 'Lower end of the interval.' }),
    to: t.exposeFloat('to', { description: 'Upper end of the interval.' }),
  }),
})

const LowConversionRef = builder.objectRef<Of<'low-conversion'>>('LowConversion').implement({
  description: 'Far fewer deals go on from a stage than elsewhere, and chance does not explain it.',
  fields: (t) => ({
    playbookId: t.exposeString('playbookId', { description: 'The playbook.' }),
    stage: t.exposeString('stage', { description: 'The stage that too few leave forwards.' }),
    from: t.expose('from', { type: 'DateTime', description: 'Judged are deals that entered the stage from then …' }),
    to: t.expose('to', { type: 'DateTime', description: '… up to and without then.' }),
    window: t.exposeString('window', { description: 'They had this long to go on: ISO 8601 duration.' }),
    entered: t.exposeInt('entered', { description: 'How many entered.' }),
    converted: t.exposeInt('converted', { description: 'How many of them went on in time.' }),
    observed: t.exposeFloat('observed', { description: 'converted ÷ entered.' }),
    others: t.exposeFloat('others', { description: 'The same of all others together.' }),
    estimate: t.field({ type: EstimateRef, description: 'The rate to reckon with.', resolve: (low) => low.estimate }),
    pValue: t.exposeFloat('pValue', { description: 'Fisher’s exact test against all others, one-sided.' }),
    qValue: t.exposeFloat('qValue', {
      description: 'The same with account of all tests made at once (Benjamini and Hochberg).',
    }),
  }),
})

const QuietRef = builder.objectRef<Of<'quiet'>>('Quiet').implement({
  description: 'A store in which no deal came into a stage for too long.',
  fields: (t) => ({
    playbookId: t.exposeString('playbookId', { description: 'The playbook.' }),
    stage: t.exposeString('stage', { description: 'The stage.' }),
    last: t.expose('last', { type: 'DateTime', nullable: true, description: 'The last time; null: never.' }),
    days: t.exposeInt('days', { description: 'How many days are too long.' }),
  }),
})

export const AnomalyRef = builder.unionType('Anomaly', {
  description: 'What was seen in the figures.',
  types: [LowConversionRef, QuietRef],
  resolveType: ({ kind }) => (kind === 'quiet' ? QuietRef : LowConversionRef),
})

export const CoachingCaseRef = builder.objectRef<CoachingCaseRow>('CoachingCase')
builder.node(CoachingCaseRef, {
  id: { resolve: (row) => row.coachingCaseId },
  description: 'Somebody should talk with a store or a rep about what was seen in their figures.',
  loadMany(ids, { loaders, viewer }) {
    allowed(viewer, 'coachingCases')
    return Promise.all(ids.map((id) => loaders.coachingCases.load(id)))
  },
  fields: (t) => ({
    revision: t.exposeInt('revision', { description: 'The revision of its stream that is shown here.' }),
    store: t.field({
      type: StoreRef,
      nullable: true,
      description: 'The store it is about; null where it is about a rep.',
      resolve: (row, _, { loaders }) => (row.aboutKind === 'store' ? loaders.stores.load(row.aboutId) : null),
    }),
    rep: t.field({
      type: RepRef,
      nullable: true,
      description: 'The rep it is about; null where it is about a store.',
      resolve: (row, _, { loaders }) => (row.aboutKind === 'rep' ? loaders.reps.load(row.aboutId) : null),
    }),
    anomaly: t.field({ type: AnomalyRef, description: 'What was seen.', resolve: (row) => row.anomaly }),
    deals: t.field({
      type: [DealRef],
      description: 'Deals that did not go on, at most 200 of them.',
      resolve: async ({ dealIds }, _, { loaders }) =>
        (await Promise.all(dealIds.map((id) => loaders.deals.load(id)))).filter((deal) => deal !== undefined),
    }),
    status: t.expose('status', { type: CaseStatusEnum, description: 'How far it is.' }),
    openedAt: t.expose('openedAt', { type: 'DateTime', description: 'When it was last opened.' }),
    openings: t.exposeInt('openings', { description: 'How often it was opened.' }),
    acknowledgedBy: t.exposeString('acknowledgedBy', { nullable: true, description: 'The id of who took it.' }),
    acknowledgedAt: t.expose('acknowledgedAt', { type: 'DateTime', nullable: true, description: 'When.' }),
    plan: t.exposeString('plan', { nullable: true, description: 'What they mean to do.' }),
    closedBy: t.exposeString('closedBy', { nullable: true, description: 'The id of who closed it.' }),
    closedAt: t.expose('closedAt', { type: 'DateTime', nullable: true, description: 'When.' }),
    outcome: t.expose('outcome', { type: OutcomeEnum, nullable: true, description: 'What came of it.' }),
    note: t.exposeString('note', { nullable: true, description: 'In words.' }),
  }),
})

const CoachingCaseConnection = connectionOf(CoachingCaseRef)
const CoachingCaseFilter = builder.inputType('CoachingCaseFilter', {
  description: 'Which coaching cases: all conditions together.',
  fields: (t) => ({
    status: t.field({ type: CaseStatusEnum, description: 'How far they are.' }),
    store: t.id({ description: 'About this store.' }),
    rep: t.id({ description: 'About this rep; not together with a store.' }),
  }),
})

builder.queryField('coachingCases', (t) =>
  t.field({
    type: CoachingCaseConnection,
    description: 'Coaching cases, the last opened first.',
    args: {
      ...pageArgs(t.arg),
      filter: t.arg({ type: CoachingCaseFilter, description: 'Which ones; all without it.' }),
      atLeast: t.arg(atLeastArg),
    },
    resolve: async (_, { filter, atLeast, ...page }, context) => {
      allowed(context.viewer, 'coachingCases')
      await beFresh(context, atLeast)
      const { status, store, rep } = filter ?? {}
      const which = {
        status: status ?? undefined,
        ...(store != null && { aboutKind: 'store' as const, aboutId: keyOf('Store', store) }),
        ...(rep != null && { aboutKind: 'rep' as const, aboutId: keyOf('Rep', rep) }),
      }
      return connection(page, (request) => listCoachingCases(context.db, context.viewer, which, request))
    },
  }),
)
