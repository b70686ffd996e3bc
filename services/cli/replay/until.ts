// A place in the log from the command line's words.
import type { ReplayOptions } from '@headwater/projections'
import {
  type Instant,
  InvalidInstant,
  instantOf,
  msOf,
  type Position,
  parseInstant,
  startOfDay,
  TimeZone,
} from '@headwater/schema'
import { ExitCode, Failure } from '../terminal/failure.ts'

const DAY = 86_400_000

/** `zone` is for dates and times that carry no offset of their own; a date alone is the end of its day. @throws Failure */
export function replayUntil(text: string, zone: string, option = '--until'): NonNullable<ReplayOptions['until']> {
  if (!/^\d{4}-/.test(text)) return { position: text as Position }
  return { recordedAt: endOf(option, text, zone) }
}

/** The instant that `option` names, as `replayUntil`. @throws Failure */
export function endOf(option: string, text: string, zone: string): Instant {
  if (!TimeZone.safeParse(zone).success)
    throw new Failure(`--zone ${zone}: not an IANA time zone such as Asia/Shanghai`, ExitCode.usage)
  try {
    const at = parseInstant(text, { zone })
    if (/[T ]/.test(text)) return at
    const nextDay = new Date(msOf(`${text}T00:00:00.000Z`) + DAY).toISOString().slice(0, 10)
    return instantOf(startOfDay(nextDay, zone) - 1)
  } catch (error) {
    if (error instanceof InvalidInstant) throw new Failure(`${option}: ${error.message}`, ExitCode.usage)
    throw error
  }
}
