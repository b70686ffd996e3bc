import type { Anomaly, Coached, CoachingOutcome } from '@headwater/schema'
import type { z } from 'zod'
import { instant, integer, json, nullable, type Row, table, text } from '../engine/table.ts'

export type CoachingCaseStatus = 'open' | 'acknowledged' | 'closed'

/** Coaching cases as they stand; one that was opened again shows its last opening. */
export const coachingCases = table(
  'coaching_cases',
  {
    coachingCaseId: text(),
    revision: integer,
    aboutKind: text<Coached['kind']>(),
    aboutId: text(),
    anomaly: json<Anomaly>(),
    /** Deals that did not go on, by id. */
    dealIds: json<readonly string[]>(),
    status: text<CoachingCaseStatus>(),
    openedAt: instant,
    /** How often it was opened. */
    openings: integer,
    acknowledgedBy: nullable(text()),
    acknowledgedAt: nullable(instant),
    plan: nullable(text()),
    closedBy: nullable(text()),
    closedAt: nullable(instant),
    outcome: nullable(text<z.infer<typeof CoachingOutcome>>()),
    note: nullable(text()),
  },
  ['coachingCaseId'],
  ['about_kind, about_id'],
)

export type CoachingCaseRow = Row<typeof coachingCases>
