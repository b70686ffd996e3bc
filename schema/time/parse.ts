import { DateTime } from 'luxon'
import type { Instant } from '../envelope.ts'
import { fromLocal, instantOf, startOfDay, type TimeZone } from './zone.ts'

export interface InstantFormat {
  /** The zone of texts that carry no offset of their own. */
  readonly zone: TimeZone
  /** Tokens of Luxon's `fromFormat`, e.g. `dd/MM/yyyy HH:mm`; without it ISO 8601. */
  readonly format?: string | undefined
}

export class InvalidInstant extends Error {
  override readonly name = 'InvalidInstant'
  constructor(
    readonly text: string,
    /** What is wrong with it. */
    readonly why: string,
    /** What would be right. */
    readonly expected: string,
  ) {
    super(`"${text}" ${why}: expected ${expected}`)
  }
}

/**
 * An instant from foreign text, strictly. ISO 8601: with an offset (`2026-11-22T14:00:00+08:00`, `Z`), a local date and time
 * (`T` or a blank between), or a local date, which is the start of that day. Decimals of a second beyond milliseconds are cut off. A local time that comes
 * twice when clocks go back is the first one; one left out when they go forward is taken later by the gap.
 * @throws InvalidInstant
 */
export function parseInstant(text: string, { zone, format }: InstantFormat): Instant {
  const ms = format === undefined ? parseIso(text, zone) : parseFormat(text, format, zone)
  if (!(ms >= earliest && ms < latest)) throw new InvalidInstant(text, 'is out of range', 'a time from 1900 up to 2200')
  return instantOf(ms)
}

/** As `Instant` has it. */
const earliest = Date.UTC(1900, 0)
const latest = Date.UTC(2200, 0)

const iso =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?:(Z)|([+-])(\d\d)(?::?(\d\d))?)?)?$/
const isoExpected = '2026-11-22T14:00:00+08:00, or local 2026-11-22 14:00:00, or 2026-11-22'

function parseIso(text: string, zone: TimeZone): number {
  const fail = (why: string) => new InvalidInstant(text, why, isoExpected)
  const match = iso.exec(text)
  if (!match) throw fail('is not an ISO 8601 date or time')
  const field = (i: number) => Number(match[i] ?? 0)
  const [year, month, day, hour, minute, second] = [field(1), field(2), field(3), field(4), field(5), field(6)]
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day)
    throw fail('is a day that the calendar does not have')
  if (hour > 23 || minute > 59 || second > 59) throw fail('has a time of day beyond 23:59:59')
  if (match[4] === undefined) return startOfDay(text, zone)
  const local = date.setUTCHours(hour, minute, second, Number((match[7] ?? '').slice(0, 3).padEnd(3, '0')))
  if (match[8]) return local
  if (!match[9]) return fromLocal(local, zone)
  if (field(10) > 23 || field(11) > 59) throw fail('has an offset beyond 23:59')
  return local - (match[9] === '-' ? -1 : 1) * (field(10) * 60 + field(11)) * 60_000
}

const parsers = new Map<string, ReturnType<typeof DateTime.buildFormatParser>>()

function parseFormat(text: string, format: string, zone: TimeZone): number {
  const locale = { locale: 'en-US' }
  let parser = parsers.get(format)
  if (!parser) {
    parser = DateTime.buildFormatParser(format, locale)
    parsers.set(format, parser)
  }
  const parsed = DateTime.fromFormatParser(text, parser, { ...locale, zone: 'UTC' })
  if (!parsed.isValid) {
    const example = DateTime.utc(2026, 11, 22, 14).toFormat(format, locale)
    throw new InvalidInstant(text, `does not match ${format}`, `a time such as ${example}`)
  }
  const hasOffset = /[zZ]/.test(format.replace(/'[^']*'/g, ''))
  return hasOffset ? parsed.toMillis() : fromLocal(parsed.toMillis(), zone)
}
