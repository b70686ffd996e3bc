import { type Dimension, FunnelQuery } from '@headwater/projections'
import type { TimeUnit } from '@headwater/schema'
import { GraphQLError } from 'graphql'
import { PlaybookRefInput } from '../deal/inputs.ts'
import { builder } from '../shared/builder.ts'
import { defineEnum } from '../shared/enum.ts'
import { keyOf } from '../shared/global-id.ts'

export const DimensionEnum = defineEnum('FunnelDimension', 'What a funnel can be split by.', {
  store: 'The store, as of entry into the stage.',
  region: 'The store’s region, as of entry into the stage.',
  rep: 'The rep, as of entry into the stage.',
  channel: 'The channel the deal came through.',
  productLine: 'What is sold.',
  segment: 'The customer segment.',
  campaign: 'The campaign the deal came by.',
  bucket: 'The day, week, month … of the deal’s cohort date.',
} satisfies Record<Dimension, string>)

const TimeUnitEnum = defineEnum('TimeUnit', 'A stretch of the local calendar.', {
  day: 'A day.',
  week: 'A week, from Monday.',
  month: 'A month.',
  quarter: 'A quarter of a year.',
  year: 'A year.',
} satisfies Record<TimeUnit, string>)

const BucketInput = builder.inputType('FunnelBucketInput', {
  description: 'How the dimension `BUCKET` cuts time.',
  fields: (t) => ({
    unit: t.field({ type: TimeUnitEnum, required: true, description: 'How long a bucket is.' }),
    zone: t.string({ description: 'IANA time zone; that of the playbook’s calendar where it is left out.' }),
  }),
})

const FilterInput = builder.inputType('FunnelFilter', {
  description:
    'Which stage visits count: all conditions together. Each is a list of which any will do; null in it is "not stated".',
  fields: (t) => {
    const texts = (description: string) =>
      t.field({ type: ['String'], required: { list: false, items: false }, description })
    const ids = (description: string) => t.field({ type: ['ID'], required: { list: false, items: false }, description })
    return {
      store: ids('Of these stores.'),
      region: ids('Of these regions.'),
      rep: ids('Of these reps.'),
      channel: texts('Through these channels.'),
      productLine: texts('Of these product lines.'),
      segment: texts('Of these customer segments.'),
      campaign: texts('By these campaigns.'),
    }
  },
})

const CohortInput = builder.inputType('FunnelCohort', {
  description: 'Which deals count, by the date on which they entered a stage.',
  fields: (t) => ({
    stage: t.string({ description: 'Id of the stage; the first one they visited where it is left out.' }),
    from: t.field({ type: 'DateTime', description: 'Entered then or later.' }),
    to: t.field({ type: 'DateTime', description: 'Entered before then.' }),
  }),
})

const AsOfInput = builder.inputType('AsOf', {
  description: 'The past to look from. Both together: what was known by one instant of what had happened by the other.',
  fields: (t) => ({
    businessTime: t.field({ type: 'DateTime', description: 'Only what had happened by then.' }),
    recordedTime: t.field({ type: 'DateTime', description: 'Only what was known by then.' }),
  }),
})

export const FunnelInput = builder.inputType('FunnelInput', {
  description: 'Which funnel, of which deals, split how, seen when.',
  fields: (t) => ({
    playbook: t.field({
      type: PlaybookRefInput,
      required: true,
      description:
        'The playbook. All versions together unless one is named: stages by their id, in the order of the newest version.',
    }),
    groupBy: t.field({
      type: [DimensionEnum],
      description: 'Split by these, each once; one group where it is left out.',
    }),
    bucket: t.field({ type: BucketInput, description: 'Months where it is left out.' }),
    filter: t.field({ type: FilterInput, description: 'All visits without it.' }),
    cohort: t.field({ type: CohortInput, description: 'All deals without it.' }),
    conversionWindow: t.string({
      description:
        'Count as converted only what went on within this time of entering the stage: ISO 8601 duration, such as `P30D`.',
    }),
    asOf: t.field({ type: AsOfInput, description: 'Now where it is left out.' }),
  }),
})

/** @throws GraphQLError `BAD_USER_INPUT` with `fieldErrors` */
export function funnelQueryOf(input: typeof FunnelInput.$inferInput): FunnelQuery {
  const { filter, playbook, ...rest } = input
  const keys = (type: string, ids: readonly (string | null | undefined)[] | null | undefined) =>
    ids?.map((id) => id && keyOf(type, id))
  const parsed = FunnelQuery.safeParse(
    withoutNulls({
      ...rest,
      playbook: { ...playbook, id: keyOf('Playbook', playbook.id) },
      filter: filter && {
        ...filter,
        store: keys('Store', filter.store),
        region: keys('Region', filter.region),
        rep: keys('Rep', filter.rep),
      },
    }),
  )
  if (parsed.success) return parsed.data
  const fieldErrors = parsed.error.issues.map(({ path, message }) => ({
    path: ['query', ...path.map(String)],
    message,
  }))
  const text = fieldErrors.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
  throw new GraphQLError(text, { extensions: { code: 'BAD_USER_INPUT', fieldErrors } })
}

/** Null fields are the same as left out; null in a list stays. */
function withoutNulls(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const given = Object.entries(value).filter(([, v]) => v !== null && v !== undefined)
  return Object.fromEntries(given.map(([name, v]) => [name, withoutNulls(v)]))
}
