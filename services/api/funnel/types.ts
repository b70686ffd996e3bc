import type {
  CountedVisit,
  Durations,
  FunnelGroup,
  FunnelQuery,
  FunnelResult,
  Measure,
  ReasonCount,
  StageFigures,
} from '@headwater/projections'
import { builder } from '../shared/builder.ts'
import { defineEnum } from '../shared/enum.ts'
import { connection, connectionOf, pageArgs } from '../shared/page.ts'
import { DealRef } from '../shared/refs.ts'
import { LocalTextRef } from '../shared/values.ts'
import { countedVisits } from './drill-down.ts'
import { DimensionEnum } from './input.ts'

/** A result with the query it answers, so that its numbers can be drilled into. */
export interface AskedFunnel {
  readonly query: FunnelQuery
  readonly result: FunnelResult
}
interface AskedGroup {
  readonly query: FunnelQuery
  readonly group: FunnelGroup
}

const DurationsRef = builder.objectRef<Durations>('Durations').implement({
  description: 'Durations of several visits, in seconds with decimals. Null where nothing was counted.',
  fields: (t) => ({
    count: t.exposeInt('count', { description: 'How many were counted.' }),
    mean: t.exposeFloat('mean', { nullable: true, description: 'Arithmetic mean, seconds.' }),
    median: t.exposeFloat('median', { nullable: true, description: 'Median, seconds; interpolated.' }),
    p90: t.exposeFloat('p90', { nullable: true, description: '90th percentile, seconds; interpolated.' }),
  }),
})

const ReasonCountRef = builder.objectRef<ReasonCount>('ReasonCount').implement({
  description: 'A reason and how often it was given.',
  fields: (t) => ({
    reason: t.exposeString('reason', { description: 'The reason, as the playbook names it.' }),
    count: t.exposeInt('count', { description: 'How often.' }),
  }),
})

const StageFiguresRef = builder.objectRef<StageFigures>('StageFigures').implement({
  description: 'The figures of one stage. Counts are of deals unless they say otherwise.',
  fields: (t) => {
    const durations = (
      name: 'dwell' | 'dwellBusiness' | 'dwellToNext' | 'dwellToNextBusiness' | 'openAge' | 'openAgeBusiness',
      description: string,
    ) => t.field({ type: DurationsRef, description, resolve: (figures) => figures[name] })
    return {
      stage: t.exposeString('stage', { description: 'Id of the stage.' }),
      name: t.field({ type: LocalTextRef, description: 'Its name for people.', resolve: ({ name }) => name }),
      reached: t.exposeInt('reached', { description: 'Deals that were ever in the stage.' }),
      converted: t.exposeInt('converted', {
        description: 'Of these, deals that went on to a later stage, or were won from here.',
      }),
      lost: t.exposeInt('lost', { description: 'Deals that were lost here.' }),
      open: t.exposeInt('open', { description: 'Deals that are here and open.' }),
      reentries: t.exposeInt('reentries', { description: 'Visits after the first one.' }),
      skipped: t.exposeInt('skipped', { description: 'Deals that jumped over the stage.' }),
      flagged: t.exposeInt('flagged', {
        description: 'Visits that contradict other facts: counted, and kept out of durations.',
      }),
      visits: t.exposeInt('visits', { description: 'All visits.' }),
      stepConversion: t.exposeFloat('stepConversion', {
        nullable: true,
        description: 'converted ÷ reached; null where nothing was reached.',
      }),
      overallConversion: t.exposeFloat('overallConversion', {
        nullable: true,
        description: 'Share of the deals that reached the first stage; null where none did.',
      }),
      dwell: durations('dwell', 'How long closed visits took, in calendar time.'),
      dwellBusiness: durations('dwellBusiness', 'The same in business hours of the playbook.'),
      dwellToNext: durations(
        'dwellToNext',
        'How long visits took that went on to the very next stage, in calendar time.',
      ),
      dwellToNextBusiness: durations('dwellToNextBusiness', 'The same in business hours of the playbook.'),
      openAge: durations('openAge', 'How old open visits are: right-censored, so kept apart from dwell.'),
      openAgeBusiness: durations('openAgeBusiness', 'The same in business hours of the playbook.'),
      lossReasons: t.field({
        type: [ReasonCountRef],
        description: 'Why deals were lost here, most frequent first.',
        resolve: ({ lossReasons }) => lossReasons,
      }),
      blockingReasons: t.field({
        type: [ReasonCountRef],
        description: 'What stood in the way here, most frequent first.',
        resolve: ({ blockingReasons }) => blockingReasons,
      }),
      dominantBlockingReason: t.exposeString('dominantBlockingReason', {
        nullable: true,
        description: 'What stood in the way most often.',
      }),
    }
  },
})

const MeasureEnum = defineEnum('FunnelMeasure', 'A number of a funnel that can be drilled into.', {
  reached: 'Deals that were ever in the stage.',
  converted: 'Deals that went on.',
  lost: 'Deals that were lost: in the stage, or of the group.',
  open: 'Deals that are open: in the stage, or of the group.',
  won: 'Deals of the group that were won.',
  reentries: 'Visits after the first one.',
  skipped: 'Deals that jumped over the stage.',
  flagged: 'Visits that contradict other facts.',
  flaggedCases: 'Deals of the group with such a visit.',
  blocked: 'Deals with something in the way in the stage.',
  overall: 'Deals behind the overall conversion.',
  visits: 'All visits of the stage.',
  dwell: 'Visits behind the dwell time.',
  dwellToNext: 'Visits behind the dwell time to the next stage.',
  openAge: 'Visits behind the age of open deals.',
} satisfies Record<Measure, string>)

const CountedRef = builder.objectRef<CountedVisit>('CountedVisit').implement({
  description: 'A stage visit that a number counts, and so its deal.',
  fields: (t) => ({
    deal: t.field({
      type: DealRef,
      nullable: true,
      description: 'The deal; its `events` say how it came about.',
      resolve: ({ dealId }, _, { loaders }) => loaders.deals.load(dealId),
    }),
    visit: t.exposeInt('visitNo', { description: 'Number of the visit within the deal.' }),
    seconds: t.exposeFloat('seconds', {
      nullable: true,
      description: 'How long it took, where the number is of durations.',
    }),
  }),
})

const CountedConnection = connectionOf(CountedRef)

const GroupValueRef = builder
  .objectRef<{ dimension: typeof DimensionEnum.$inferType; value: string | null }>('GroupValue')
  .implement({
    description: 'What one dimension is in a group.',
    fields: (t) => ({
      dimension: t.expose('dimension', { type: DimensionEnum, description: 'The dimension.' }),
      value: t.exposeString('value', {
        nullable: true,
        description:
          'Its value: a key, a word, or for `BUCKET` the local date of its first day; null where it is not stated.',
      }),
    }),
  })

const GroupRef = builder.objectRef<AskedGroup>('FunnelGroup').implement({
  description: 'The funnel of one combination of the dimensions asked for.',
  fields: (t) => ({
    key: t.field({
      type: [GroupValueRef],
      description: 'Which combination, in the order of `groupBy`; empty where nothing is split.',
      resolve: ({ query, group }) =>
        query.groupBy.map((dimension) => ({ dimension, value: group.key[dimension] ?? null })),
    }),
    stages: t.field({
      type: [StageFiguresRef],
      description: 'The stages in their order.',
      resolve: ({ group }) => group.stages,
    }),
    won: t.int({ description: 'Deals that were won.', resolve: ({ group }) => group.won }),
    lost: t.int({ description: 'Deals that were lost.', resolve: ({ group }) => group.lost }),
    open: t.int({ description: 'Deals that are open.', resolve: ({ group }) => group.open }),
    flaggedCases: t.int({
      description: 'Deals with a visit that contradicts other facts.',
      resolve: ({ group }) => group.flaggedCases,
    }),
    deals: t.field({
      type: CountedConnection,
      description: 'What a number counts: drill down from here to deals and on to their events.',
      args: {
        ...pageArgs(t.arg),
        stage: t.arg.string({ description: 'Id of the stage; left out for the numbers of the whole group.' }),
        measure: t.arg({ type: MeasureEnum, required: true, description: 'Which number.' }),
        reason: t.arg.string({ description: 'Only of this reason, for `LOST` and `BLOCKED`.' }),
      },
      resolve: ({ query, group }, { stage, measure, reason, ...page }, context) => {
        const number = { group: group.key, measure, stage: stage ?? undefined, reason: reason ?? undefined }
        return connection(page, (request) => countedVisits(context, query, number, request))
      },
    }),
  }),
})

const SeenAsOf = builder.objectRef<FunnelResult['asOf']>('FunnelAsOf').implement({
  description: 'From when a funnel was seen.',
  fields: (t) => ({
    businessTime: t.expose('businessTime', { type: 'DateTime', description: 'What had happened by then.' }),
    recordedTime: t.expose('recordedTime', {
      type: 'DateTime',
      nullable: true,
      description: 'What was known by then; null: all.',
    }),
  }),
})

export const FunnelRef = builder.objectRef<AskedFunnel>('Funnel').implement({
  description: 'The figures of a playbook’s funnel.',
  fields: (t) => ({
    playbook: t.string({ description: 'Key of the playbook.', resolve: ({ result }) => result.playbook.id }),
    version: t.int({
      nullable: true,
      description: 'The version; null for all versions together.',
      resolve: ({ result }) => result.playbook.version,
    }),
    asOf: t.field({ type: SeenAsOf, description: 'From when it was seen.', resolve: ({ result }) => result.asOf }),
    groups: t.field({
      type: [GroupRef],
      description: 'A funnel for each combination, sorted by key, what is not stated last; one where nothing is split.',
      resolve: ({ query, result }) => result.groups.map((group) => ({ query, group })),
    }),
  }),
})
