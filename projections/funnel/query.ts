import { Duration, Id, Instant, LocalDate, TimeUnit, TimeZone } from '@headwater/schema'
import { z } from 'zod'

/** What a funnel can be split by. The first seven are values of a stage visit as of its entry; a bucket is of the deal's cohort date. */
export const Dimension = z.enum(['store', 'region', 'rep', 'channel', 'productLine', 'segment', 'campaign', 'bucket'])
export type Dimension = z.infer<typeof Dimension>

/** Any of these values; null is "not stated". */
const AnyOf = z.array(z.string().nullable()).min(1).optional()

/** Which funnel, of which deals, split how, seen when. See `facts.ts` for the exact meaning of every number. */
export const FunnelQuery = z.object({
  /** All versions together unless one is named; stages by their id, in the order of the newest version. */
  playbook: z.object({ id: Id, version: z.number().int().positive().optional() }),
  groupBy: z
    .array(Dimension)
    .refine((dimensions) => new Set(dimensions).size === dimensions.length, { error: 'a dimension is named twice' })
    .default([]),
  /** For `groupBy: ['bucket']`; the zone of the playbook's calendar unless one is named. */
  bucket: z.object({ unit: TimeUnit, zone: TimeZone.optional() }).default({ unit: 'month' }),
  filter: z
    .object({
      store: AnyOf,
      region: AnyOf,
      rep: AnyOf,
      channel: AnyOf,
      productLine: AnyOf,
      segment: AnyOf,
      campaign: AnyOf,
    })
    .default({}),
  /** The cohort: deals by the date on which they entered the first stage they visited, or the stage that is named. */
  cohort: z
    .object({
      stage: Id.optional(),
      /** Inclusive. */
      from: Instant.optional(),
      /** Exclusive. */
      to: Instant.optional(),
    })
    .default({}),
  /** Count as converted only what went on within this time of entering the stage. */
  conversionWindow: Duration.optional(),
  asOf: z
    .object({
      /** What had happened by then. */
      businessTime: Instant.optional(),
      /** What was known by then. */
      recordedTime: Instant.optional(),
    })
    .default({}),
})
export type FunnelQuery = z.infer<typeof FunnelQuery>
/** As a client writes it: defaults may be left out. */
export type FunnelQueryInput = z.input<typeof FunnelQuery>

/** Seconds. `median` and `p90` are continuous percentiles (interpolated, as SQL's `percentile_cont`). Null where nothing was counted. */
export interface Durations {
  readonly count: number
  readonly mean: number | null
  readonly median: number | null
  readonly p90: number | null
}

export interface ReasonCount {
  readonly reason: string
  readonly count: number
}

export interface StageFigures {
  readonly stage: string
  readonly name: { readonly 'zh-CN': string; readonly en: string }
  readonly reached: number
  readonly converted: number
  readonly lost: number
  readonly open: number
  readonly reentries: number
  readonly skipped: number
  readonly flagged: number
  readonly visits: number
  /** converted ÷ reached; null where nothing was reached. */
  readonly stepConversion: number | null
  /** Share of the deals that reached the first stage; null where none did. */
  readonly overallConversion: number | null
  readonly dwell: Durations
  readonly dwellBusiness: Durations
  readonly dwellToNext: Durations
  readonly dwellToNextBusiness: Durations
  readonly openAge: Durations
  readonly openAgeBusiness: Durations
  /** Most frequent first. */
  readonly lossReasons: readonly ReasonCount[]
  readonly blockingReasons: readonly ReasonCount[]
  readonly dominantBlockingReason: string | null
}

/** The value of each dimension asked for; null where it is not stated. A bucket is the local date of its first day. */
export type GroupKey = Readonly<Partial<Record<Dimension, string | null>>>

export interface FunnelGroup {
  readonly key: GroupKey
  readonly stages: readonly StageFigures[]
  readonly won: number
  readonly lost: number
  readonly open: number
  readonly flaggedCases: number
}

export interface FunnelResult {
  readonly playbook: { readonly id: string; readonly version: number | null }
  readonly asOf: { readonly businessTime: Instant; readonly recordedTime: Instant | null }
  /** Sorted by key, null last; one group with an empty key where nothing is split. */
  readonly groups: readonly FunnelGroup[]
}

/** The numbers that can be drilled into. The last three count stage visits, the others deals. */
export const Measure = z.enum([
  'reached',
  'converted',
  'lost',
  'open',
  'won',
  'reentries',
  'skipped',
  'flagged',
  'flaggedCases',
  'blocked',
  'overall',
  'visits',
  'dwell',
  'dwellToNext',
  'openAge',
])
export type Measure = z.infer<typeof Measure>

/** One number of a funnel: of which group and stage, for `lost` and `blocked` also of which reason. */
export const FunnelNumber = z.object({
  group: z.partialRecord(Dimension, z.union([z.string(), LocalDate]).nullable()).default({}),
  /** Left out for the numbers of a whole group: won, lost, open, flaggedCases. */
  stage: Id.optional(),
  measure: Measure,
  reason: z.string().optional(),
})
export type FunnelNumber = z.input<typeof FunnelNumber>

/** The stage visit that a number counts, and so its deal. */
export interface CountedVisit {
  readonly dealId: string
  readonly visitNo: number
  /** Seconds, for durations. */
  readonly seconds: number | null
}
