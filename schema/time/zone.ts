// Time zones without per-call zone arithmetic: each UTC day is split once into spans of constant offset, each day written once as a date, and kept.
import { IANAZone } from 'luxon'
import { z } from 'zod'
import type { Instant } from '../envelope.ts'

export const dayMs = 86_400_000

/** An IANA time zone, e.g. `Asia/Shanghai`. */
export const TimeZone = z.string().refine((name) => /^[A-Za-z]/.test(name) && IANAZone.isValidZone(name), {
  error: 'not an IANA time zone such as Asia/Shanghai',
})
export type TimeZone = z.infer<typeof TimeZone>

/** A day of the local calendar, `2026-11-22`. */
export const LocalDate = z.iso.date()
export type LocalDate = z.infer<typeof LocalDate>

export const TimeUnit = z.enum(['day', 'week', 'month', 'quarter', 'year'])
export type TimeUnit = z.infer<typeof TimeUnit>

/** Milliseconds since 1970-01-01T00:00Z as an instant. */
export function instantOf(ms: number): Instant {
  return new Date(ms).toISOString()
}

/** An instant as milliseconds since 1970-01-01T00:00Z. */
export function msOf(instant: Instant): number {
  return Date.parse(instant)
}

/** A stretch of time with one offset: local time = ms + offset. All in milliseconds, `end` exclusive. */
export interface OffsetSpan {
  readonly start: number
  readonly end: number
  readonly offset: number
}

class Zone {
  private readonly days = new Map<number, readonly OffsetSpan[]>()
  private readonly iana: IANAZone

  constructor(name: string) {
    this.iana = IANAZone.create(name)
    if (!this.iana.isValid) throw new RangeError(`"${name}" is not an IANA time zone such as Asia/Shanghai`)
  }

  /** The spans of a UTC day (whole days since 1970), in order. No zone ever changed its offset twice within one. */
  spans(day: number): readonly OffsetSpan[] {
    let spans = this.days.get(day)
    if (!spans) {
      if (!(Math.abs(day) < 100_000_000)) throw new RangeError('not an instant') // NaN, or beyond what Date can hold
      spans = this.split(day * dayMs, (day + 1) * dayMs)
      if (this.days.size >= 100_000) this.days.clear()
      this.days.set(day, spans)
    }
    return spans
  }

  toLocal(ms: number): number {
    const [first, second] = this.spans(Math.floor(ms / dayMs))
    return ms + (second && ms >= second.start ? second : first!).offset
  }

  private split(start: number, end: number): readonly OffsetSpan[] {
    const before = this.offset(start)
    const after = this.offset(end)
    if (before === after) return [{ start, end, offset: before }]
    let [low, high] = [start, end]
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if (this.offset(middle) === before) low = middle
      else high = middle
    }
    const spans = [
      { start, end: high, offset: before },
      { start: high, end, offset: after },
    ]
    return spans.filter((span) => span.start < span.end)
  }

  private offset(ms: number): number {
    return Math.round(this.iana.offset(ms) * 60_000)
  }
}

const zones = new Map<string, Zone>()

/** @throws RangeError for a name that is no IANA zone. */
export function zoneOf(name: TimeZone): Zone {
  let zone = zones.get(name)
  if (!zone) {
    zone = new Zone(name)
    zones.set(name, zone)
  }
  return zone
}

/** The date on the calendar of the zone at an instant (milliseconds since 1970). */
export function localDate(ms: number, zone: TimeZone): LocalDate {
  return dateText(zoneOf(zone).toLocal(ms))
}

/** First day of the local day, ISO week (Monday), month, quarter or year that holds the instant (milliseconds since 1970): a key and label for time buckets. */
export function bucketStart(ms: number, unit: TimeUnit, zone: TimeZone): LocalDate {
  const local = zoneOf(zone).toLocal(ms)
  if (unit === 'day') return dateText(local)
  const day = Math.floor(local / dayMs)
  if (unit === 'week') return dateText((day - mondayBased(day)) * dayMs)
  const date = new Date(local)
  const month = date.getUTCMonth()
  return dateText(date.setUTCMonth(unit === 'month' ? month : unit === 'quarter' ? month - (month % 3) : 0, 1))
}

/** The first instant (milliseconds since 1970) of a local day: not always 00:00, as some zones change their clocks at midnight. */
export function startOfDay(date: LocalDate, zone: TimeZone): number {
  const midnight = Date.parse(date)
  for (const span of spansAround(midnight, zone)) {
    const ms = Math.max(span.start, midnight - span.offset)
    if (ms < span.end) return ms
  }
  throw new RangeError(`"${date}" is not a date`)
}

/**
 * The instant (milliseconds since 1970) of a local time (its fields read as UTC, in milliseconds). A time that comes twice
 * when clocks go back is the first one; one that is left out when clocks go forward is read as if they had not yet, so it lands later by the gap (as
 * `disambiguation: 'compatible'` of ECMAScript's Temporal does).
 */
export function fromLocal(local: number, zone: TimeZone): number {
  let earlier: OffsetSpan | undefined
  for (const span of spansAround(local, zone)) {
    const ms = local - span.offset
    if (ms < span.start) break
    if (ms < span.end) return ms
    earlier = span
  }
  return local - earlier!.offset
}

/** Days since 1970-01-01 → 0 for Monday … 6 for Sunday. */
export function mondayBased(day: number): number {
  return (((day + 3) % 7) + 7) % 7
}

/** All the spans in which a local time could lie: no zone is further than a day from UTC. */
function spansAround(local: number, zone: TimeZone): OffsetSpan[] {
  const day = Math.floor(local / dayMs)
  return [day - 1, day, day + 1].flatMap((d) => zoneOf(zone).spans(d))
}

const dates = new Map<number, LocalDate>()

function dateText(local: number): LocalDate {
  const day = Math.floor(local / dayMs)
  let date = dates.get(day)
  if (date === undefined) {
    date = new Date(day * dayMs).toISOString().slice(0, 10)
    if (dates.size >= 100_000) dates.clear()
    dates.set(day, date)
  }
  return date
}
