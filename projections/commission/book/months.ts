// Months as text, `2026-05`, and the quarters and years that they make up.
import type { Instant, LocalDate, Period, TimeZone } from '@headwater/schema'
import { localDate, msOf } from '@headwater/schema'

export type Span = 'month' | 'quarter' | 'year'

const months = new Map<LocalDate, Period>()

/** Kept: months are the keys of many maps, and a text knows its hash. */
export function monthOf(date: LocalDate): Period {
  let month = months.get(date)
  if (month === undefined) {
    month = date.slice(0, 7)
    if (months.size >= 10_000) months.clear()
    months.set(date, month)
  }
  return month
}

/** Answers of `dayOf`: a rep's payments and contracts are asked for their days again and again. */
const days = new Map<Instant, { readonly zone: TimeZone; readonly day: LocalDate }>()

/** The day of an instant on the zone's calendar. */
export function dayOf(instant: Instant, zone: TimeZone): LocalDate {
  const known = days.get(instant)
  if (known?.zone === zone) return known.day
  const day = localDate(msOf(instant), zone)
  if (days.size >= 1000) days.clear()
  days.set(instant, { zone, day })
  return day
}

/** Of two texts that sort by time. */
export const later = <T extends string>(a: T, b: T): T => (a < b ? b : a)
const sooner = <T extends string>(a: T, b: T): T => (a < b ? a : b)

export function addMonths(period: Period, months: number): Period {
  const index = Number(period.slice(0, 4)) * 12 + Number(period.slice(5)) - 1 + months
  const month = (index % 12) + 1
  return `${String((index - month + 1) / 12).padStart(4, '0')}-${String(month).padStart(2, '0')}`
}

/** `2026-05` → `2026-05`, `2026-Q2`, `2026`. */
export function windowOf(period: Period, span: Span): string {
  if (span === 'month') return period
  const year = period.slice(0, 4)
  return span === 'year' ? year : `${year}-Q${Math.ceil(Number(period.slice(5)) / 3)}`
}

/** All months from one to another, both included. */
export function monthsFrom(first: Period, last: Period): Period[] {
  const months: Period[] = []
  for (let month = first; month <= last; month = addMonths(month, 1)) months.push(month)
  return months
}

/** The months of what `windowOf` names. */
export function monthsOf(window: string): Period[] {
  if (window.length === 7 && window[5] !== 'Q') return [window]
  const first = window.length === 4 ? 1 : 3 * Number(window[6]) - 2
  const start = addMonths(`${window.slice(0, 4)}-01`, first - 1)
  return monthsFrom(start, addMonths(start, window.length === 4 ? 11 : 2))
}

const addDays = (date: LocalDate, days: number): LocalDate =>
  new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10)

export const nextDay = (date: LocalDate): LocalDate => addDays(date, 1)

const lastDays = new Map<Period, LocalDate>()

export function lastDayOf(period: Period): LocalDate {
  let day = lastDays.get(period)
  if (day === undefined) {
    day = addDays(`${addMonths(period, 1)}-01`, -1)
    lastDays.set(period, day)
  }
  return day
}

/** The same day some months on, or the last of the month where there is none: 29 February + 12 → 28 February. */
export function sameDay(date: LocalDate, months: number): LocalDate {
  const month = addMonths(monthOf(date), months)
  return sooner(`${month}-${date.slice(8)}`, lastDayOf(month))
}

/** Whole months from one day to another; a month is full on the last day of one that lacks the day. */
export function fullMonths(from: LocalDate, to: LocalDate): number {
  const months =
    (Number(to.slice(0, 4)) - Number(from.slice(0, 4))) * 12 + Number(to.slice(5, 7)) - Number(from.slice(5, 7))
  const day = sooner(from.slice(8), lastDayOf(monthOf(to)).slice(8))
  return Math.max(0, to.slice(8) < day ? months - 1 : months)
}

/** Whole years from one day to another; those of 29 February are full on 28 February where there is no 29th. */
export const fullYears = (from: LocalDate, to: LocalDate): number => Math.floor(fullMonths(from, to) / 12)
