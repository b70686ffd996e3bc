import { type BusinessCalendar, hoursByDay } from './calendar.ts'
import { type Duration, parseDuration } from './duration.ts'
import { dayMs, fromLocal, startOfDay, zoneOf } from './zone.ts'

/** Business time of one calendar. Instants are milliseconds since 1970-01-01T00:00Z, from 1900 up to 2200. */
export interface BusinessClock {
  /** Business milliseconds from 2000-01-01T00:00 in the calendar's zone up to the instant; between two instants: `at(b) - at(a)`. @throws RangeError */
  at(ms: number): number
  /**
   * The instant from which `businessMs` have passed since `ms`: the earliest such one (closing time, not the next opening); for negative
   * `businessMs` the latest; for 0 the instant itself. @throws RangeError
   */
  add(ms: number, businessMs: number): number
  /**
   * The same local time on the n-th day with business hours after the day of `ms` (from a closed day: the first such day is the
   * next open one). @throws RangeError
   */
  addDays(ms: number, days: number): number
}

/** When a limit runs out that starts at `ms`: in calendar time of the zone, or in business time (a day is then a day with business hours). */
export function deadline(
  ms: number,
  limit: { after: Duration; clock: 'calendar' | 'business' },
  calendar: BusinessCalendar,
): number {
  const { days, ms: rest } = parseDuration(limit.after)
  if (limit.clock === 'business') {
    const clock = businessClock(calendar)
    return clock.add(clock.addDays(ms, days), rest)
  }
  if (days === 0) return ms + rest
  return fromLocal(zoneOf(calendar.zone).toLocal(ms) + days * dayMs, calendar.zone) + rest
}

const clocks = new WeakMap<BusinessCalendar, BusinessClock>()
// The same calendar comes as many objects: one with each playbook version that is read.
const clocksByContent = new Map<string, BusinessClock>()

/**
 * The clock of a calendar. Open are the instants whose local time lies in the hours: an hour that is skipped when clocks go forward does not count, one
 * that is repeated when they go back counts twice. Its tables grow with the range that is asked for, and are shared by equal calendars.
 */
export function businessClock(calendar: BusinessCalendar): BusinessClock {
  let clock = clocks.get(calendar)
  if (!clock) {
    const content = JSON.stringify(calendar)
    clock = clocksByContent.get(content) ?? new TableClock(calendar)
    if (clocksByContent.size >= 1000) clocksByContent.clear()
    clocksByContent.set(content, clock)
    clocks.set(calendar, clock)
  }
  return clock
}

/** The open stretches of one UTC day as [start, end, start, end …], and the business time up to the day's start. */
interface Day {
  readonly before: number
  readonly total: number
  readonly open: readonly number[]
}

const firstDay = Date.UTC(1900, 0) / dayMs
const lastDay = Date.UTC(2200, 0) / dayMs - 1

class TableClock implements BusinessClock {
  /** UTC days from `origin` on, and before it going back: both grow at their end. */
  private readonly onward: Day[] = []
  private readonly back: Day[] = []
  private readonly origin: number
  private readonly epoch: number
  private readonly hours: ReturnType<typeof hoursByDay>
  private readonly zone: ReturnType<typeof zoneOf>
  private readonly calendar: BusinessCalendar

  constructor(calendar: BusinessCalendar) {
    this.calendar = calendar
    this.hours = hoursByDay(calendar)
    this.zone = zoneOf(calendar.zone)
    const start = startOfDay('2000-01-01', calendar.zone)
    this.origin = Math.floor(start / dayMs)
    this.epoch = this.elapsed(start)
  }

  at(ms: number): number {
    return this.elapsed(ms) - this.epoch
  }

  add(ms: number, businessMs: number): number {
    if (businessMs === 0) return ms
    const target = this.elapsed(ms) + businessMs
    const later = businessMs > 0
    let index = Math.floor(ms / dayMs)
    let day = this.day(index)
    if (later) while (day.before + day.total < target) day = this.day(++index)
    else while (day.before > target) day = this.day(--index)
    // The target lies within one stretch of this day: at its end where it may (later), at its start where it may (earlier).
    let passed = day.before
    for (let i = 0; i < day.open.length; i += 2) {
      const length = day.open[i + 1]! - day.open[i]!
      if (later ? target <= passed + length : target < passed + length) return day.open[i]! + target - passed
      passed += length
    }
    throw new Error('unreachable: the day holds the target')
  }

  addDays(ms: number, days: number): number {
    if (days === 0) return ms
    const local = this.zone.toLocal(ms)
    const today = Math.floor(local / dayMs)
    let day = today
    for (let open = 0; open < days; ) {
      checkRange(++day)
      if (this.hours(day).length > 0) open++
    }
    return fromLocal(local + (day - today) * dayMs, this.calendar.zone)
  }

  private elapsed(ms: number): number {
    const { before, open } = this.day(Math.floor(ms / dayMs))
    let passed = before
    for (let i = 0; i < open.length && open[i]! < ms; i += 2) passed += Math.min(ms, open[i + 1]!) - open[i]!
    return passed
  }

  private day(index: number): Day {
    const known = index >= this.origin ? this.onward[index - this.origin] : this.back[this.origin - 1 - index]
    if (known) return known
    checkRange(index)
    while (this.origin + this.onward.length <= index) {
      const open = this.openStretches(this.origin + this.onward.length)
      const previous = this.onward.at(-1)
      this.onward.push({ before: previous ? previous.before + previous.total : 0, total: lengthOf(open), open })
    }
    while (this.origin - this.back.length > index) {
      const open = this.openStretches(this.origin - 1 - this.back.length)
      const total = lengthOf(open)
      this.back.push({ before: (this.back.at(-1)?.before ?? 0) - total, total, open })
    }
    return this.day(index)
  }

  /** The open stretches of a UTC day, in order: the hours of each local day that it touches, cut to each span of constant offset. */
  private openStretches(index: number): number[] {
    const open: number[] = []
    for (const { start, end, offset } of this.zone.spans(index)) {
      const lastLocalDay = Math.floor((end - 1 + offset) / dayMs)
      for (let day = Math.floor((start + offset) / dayMs); day <= lastLocalDay; day++) {
        for (const { from, to } of this.hours(day)) {
          const opens = Math.max(start, day * dayMs + from - offset)
          const closes = Math.min(end, day * dayMs + to - offset)
          if (opens < closes) open.push(opens, closes)
        }
      }
    }
    return open
  }
}

function lengthOf(open: readonly number[]): number {
  let total = 0
  for (let i = 0; i < open.length; i += 2) total += open[i + 1]! - open[i]!
  return total
}

function checkRange(day: number): void {
  if (day >= firstDay && day <= lastDay) return
  throw new RangeError('business time is counted from 1900 up to 2200')
}
