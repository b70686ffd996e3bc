import { z } from 'zod'
import { Instant } from '../envelope.ts'
import { Id } from '../ids.ts'
import { Duration } from '../time/index.ts'
import { defineEvent, type EventOf } from './define.ts'

const Share = z.number().min(0).max(1)
const Note = z.string().min(1).max(2000)

/** From when on somebody should look. Data of the organisation: published anew as it learns. */
export const CoachingThresholds = z.object({
  /** How far a step's conversion must lie below that of all others, as a share: 0.05 is five points. */
  difference: Share.default(0.05),
  /** Accepted share of false alarms among all alarms (Benjamini and Hochberg). */
  falseDiscoveryRate: z.number().gt(0).lt(1).default(0.1),
  /** Coverage of the intervals that are shown. */
  coverage: z.number().gt(0).lt(1).default(0.9),
  /** Deals that entered the stage within this time are judged … */
  cohort: Duration.default('P90D'),
  /** … by whether they went on within this time of entering it; those that have not had so long yet are not judged. */
  window: Duration.default('P30D'),
  /** A store is quiet when no deal came into the stage for so many days. */
  quiet: z.object({ stage: Id, days: z.int().positive() }).nullable().default({ stage: 'design', days: 14 }),
})
export type CoachingThresholds = z.infer<typeof CoachingThresholds>

/** Whose work it is about. */
export const Coached = z.object({ kind: z.enum(['store', 'rep']), id: Id })
export type Coached = z.infer<typeof Coached>

/** What was seen, with all that is needed to see it again. Shares lie in [0, 1]. */
export const Anomaly = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('low-conversion'),
    playbookId: Id,
    /** The stage that too few deals leave forwards. */
    stage: Id,
    /** Deals that entered the stage from then, up to and without then. */
    from: Instant,
    to: Instant,
    window: Duration,
    converted: z.int().nonnegative(),
    entered: z.int().positive(),
    observed: Share,
    /** The rate of all others in the same step and time. */
    others: Share,
    estimate: z.object({ rate: Share, from: Share, to: Share }),
    pValue: Share,
    qValue: Share,
  }),
  z.object({
    kind: z.literal('quiet'),
    playbookId: Id,
    stage: Id,
    /** When a deal last came into the stage; null: never. */
    last: Instant.nullable(),
    days: z.int().positive(),
  }),
])
export type Anomaly = z.infer<typeof Anomaly>

export const CoachingThresholdsPublished = defineEvent('CoachingThresholdsPublished', [CoachingThresholds])

/** `deals` are the ones that did not go on, at most 200 of them. */
export const CoachingSubject = z.object({ about: Coached, anomaly: Anomaly, deals: z.array(Id).max(200) })
export type CoachingSubject = z.infer<typeof CoachingSubject>
export const CoachingOutcome = z.enum(['improved', 'explained', 'unchanged'])

/** Somebody should talk with them. */
export const CoachingCaseOpened = defineEvent('CoachingCaseOpened', [CoachingSubject])
export const CoachingCaseAcknowledged = defineEvent('CoachingCaseAcknowledged', [z.object({ plan: Note.optional() })])
export const CoachingCaseClosed = defineEvent('CoachingCaseClosed', [
  z.object({ outcome: CoachingOutcome, note: Note }),
])

export const coachingPolicyEvents = [CoachingThresholdsPublished] as const
export type CoachingPolicyEvent = EventOf<typeof coachingPolicyEvents>
export const coachingCaseEvents = [CoachingCaseOpened, CoachingCaseAcknowledged, CoachingCaseClosed] as const
export type CoachingCaseEvent = EventOf<typeof coachingCaseEvents>
