import { z } from 'zod'
import { Currency, MinorUnits } from '../money.ts'
import { TimeZone } from '../time/index.ts'
import { defineEvent, type EventOf } from './define.ts'

/** A month, `2026-05`; such texts compare as the months do. */
export const Period = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'a period is a month such as 2026-05')
export type Period = z.infer<typeof Period>

/** The month after: `2026-12` → `2027-01`. */
export function nextPeriod(period: Period): Period {
  const date = new Date(`${period}-01`)
  date.setUTCMonth(date.getUTCMonth() + 1)
  return date.toISOString().slice(0, 7)
}

/** SHA-256, in hexadecimal. */
export const Digest = z.string().regex(/^[0-9a-f]{64}$/, 'a digest is 64 hexadecimal digits in small letters')
export type Digest = z.infer<typeof Digest>

/** What a close is about: the statements with their lines, and the log up to the cut-off with it. */
export const PeriodContent = z.object({
  period: Period,
  statements: z.int().nonnegative(),
  lines: z.int().nonnegative(),
  /** Sum of all lines. */
  total: MinorUnits,
  /** Merkle root over the statements, each followed by its lines. */
  linesRoot: Digest,
  /** Merkle root over the log's first `size` events. */
  log: z.object({ size: z.int().positive(), root: Digest }),
})
export type PeriodContent = z.infer<typeof PeriodContent>

/** The commission ledger: its months are of the zone, its amounts of the currency; the first month is the first that will be closed. */
export const LedgerOpened = defineEvent('LedgerOpened', [
  z.object({ zone: TimeZone, currency: Currency, firstPeriod: Period }),
])
/** What the log tells up to here makes the period's statements; what comes later becomes adjustments. */
export const PeriodCutOff = defineEvent('PeriodCutOff', [z.object({ period: Period })])
export const PeriodPrepared = defineEvent('PeriodPrepared', [PeriodContent])
/** Back to whoever prepared it: the next cut-off takes in what came meanwhile. */
export const PeriodReturned = defineEvent('PeriodReturned', [
  z.object({ period: Period, reason: z.string().min(1).max(2000) }),
])
export const PeriodApproved = defineEvent('PeriodApproved', [z.object({ period: Period, linesRoot: Digest })])
/** The seal is over the content and the seal of the period before. */
export const PeriodClosed = defineEvent('PeriodClosed', [
  PeriodContent.extend({ previousSeal: Digest.nullable(), seal: Digest }),
])

export const ledgerEvents = [
  LedgerOpened,
  PeriodCutOff,
  PeriodPrepared,
  PeriodReturned,
  PeriodApproved,
  PeriodClosed,
] as const
export type LedgerEvent = EventOf<typeof ledgerEvents>
