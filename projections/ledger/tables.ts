import type { PeriodContent } from '@headwater/schema'
import { instant, integer, json, nullable, position, type Row, table, text } from '../engine/table.ts'
import type { ActedFact } from '../fact.ts'

export const ledgers = table(
  'ledgers',
  {
    ledgerId: text(),
    revision: integer,
    zone: text(),
    currency: text(),
    firstPeriod: text(),
    openedAt: instant,
  },
  ['ledgerId'],
)

export type PeriodStage = 'cut-off' | 'prepared' | 'returned' | 'approved' | 'closed'

/** A step on the way of a month to its close, and why where it was returned. */
export interface PeriodStep extends ActedFact {
  readonly stage: PeriodStage
  readonly reason?: string
}

/** The months that were cut off at least once. */
export const periods = table(
  'periods',
  {
    ledgerId: text(),
    /** The month, `2026-05`. */
    period: text(),
    stage: text<PeriodStage>(),
    /** Position of its last `PeriodCutOff`: up to here the log makes its statements. */
    cutOff: position,
    steps: json<readonly PeriodStep[]>(),
    /** As it was last prepared; null once it was returned. */
    content: nullable(json<PeriodContent>()),
    previousSeal: nullable(text()),
    /** Once it is closed. */
    seal: nullable(text()),
  },
  ['ledgerId', 'period'],
)

export type LedgerRow = Row<typeof ledgers>
export type PeriodRow = Row<typeof periods>
