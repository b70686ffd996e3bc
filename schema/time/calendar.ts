import { z } from 'zod'
import { dayMs, LocalDate, mondayBased, TimeZone } from './zone.ts'

const clockTime = /^(?:[01]\d|2[0-3]):[0-5]\d$/

/** Opening hours of a local day, `{from: '09:00', to: '18:00'}`; `to` is exclusive and may be `24:00`. */
const Interval = z.object({
  from: z.string().regex(clockTime, 'not a time of day from 00:00 to 23:59'),
  to: z
    .string()
    .refine((to) => to === '24:00' || clockTime.test(to), { error: 'not a time of day from 00:01 to 24:00' }),
})
export type Interval = z.infer<typeof Interval>

const Hours = z.array(Interval).superRefine((intervals, context) => {
  intervals.forEach(({ from, to }, i) => {
    if (to <= from) {
      context.addIssue({
        code: 'custom',
        path: [i, 'to'],
        message: `${to} is not after ${from}: end hours at 24:00 and go on the next day`,
      })
    }
    const before = intervals[i - 1]
    if (before && from < before.to) {
      context.addIssue({
        code: 'custom',
        path: [i, 'from'],
        message: `${from} is before ${before.to}, the end of the hours before it`,
      })
    }
  })
})

const Range = z
  .object({ from: LocalDate, to: LocalDate })
  .refine(({ from, to }) => from <= to, { error: 'the last day is before the first', path: ['to'] })
  .refine(({ from, to }) => Date.parse(to) - Date.parse(from) < 366 * dayMs, {
    error: 'a holiday longer than a year',
    path: ['to'],
  })

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

/** When business is open: hours of the week in a zone, less holidays, plus make-up working days. Plain data, so that whoever owns the calendar can change it. */
export const BusinessCalendar = z
  .object({
    zone: TimeZone,
    /** A day left out is closed. */
    week: z.strictObject(
      Object.fromEntries(weekdays.map((day) => [day, Hours.default([])])) as Record<
        (typeof weekdays)[number],
        z.ZodDefault<typeof Hours>
      >,
    ),
    /** Closed days, single or as inclusive ranges. */
    holidays: z.array(z.union([LocalDate, Range])).default([]),
    /** Working days that the week would have closed, with Monday's hours unless they have their own. */
    makeUpDays: z.array(z.object({ date: LocalDate, hours: Hours.optional() })).default([]),
    /** Last year whose holidays are known; later years count without any. */
    through: z.int().optional(),
  })
  .superRefine((calendar, context) => {
    const issue = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message })
    if (weekdays.every((day) => calendar.week[day].length === 0)) issue(['week'], 'no day of the week has hours')
    const seen = new Set<string>()
    calendar.makeUpDays.forEach(({ date, hours }, i) => {
      if (seen.has(date)) issue(['makeUpDays', i, 'date'], `${date} is there twice`)
      seen.add(date)
      const holiday = calendar.holidays.find((h) =>
        typeof h === 'string' ? h === date : h.from <= date && date <= h.to,
      )
      if (holiday !== undefined) issue(['makeUpDays', i, 'date'], `${date} is a holiday too`)
      if ((hours ?? calendar.week.mon).length === 0)
        issue(['makeUpDays', i, 'hours'], `${date} needs hours of its own: Monday has none`)
    })
  })
export type BusinessCalendar = z.infer<typeof BusinessCalendar>
/** As people write it: closed days and empty lists may be left out. */
export type BusinessCalendarInput = z.input<typeof BusinessCalendar>

/** Opening hours in milliseconds of local time from 00:00, `to` exclusive. */
export interface OpenHours {
  readonly from: number
  readonly to: number
}

/** A calendar's hours by local day, counted in days since 1970-01-01 as dates go. */
export function hoursByDay(calendar: BusinessCalendar): (day: number) => readonly OpenHours[] {
  const week = weekdays.map((day) => calendar.week[day].map(openHours))
  const special = new Map<number, readonly OpenHours[]>()
  for (const holiday of calendar.holidays) {
    const { from, to } = typeof holiday === 'string' ? { from: holiday, to: holiday } : holiday
    for (let day = dayOf(from); day <= dayOf(to); day++) special.set(day, [])
  }
  for (const { date, hours } of calendar.makeUpDays)
    special.set(dayOf(date), (hours ?? calendar.week.mon).map(openHours))
  return (day) => special.get(day) ?? week[mondayBased(day)]!
}

function openHours({ from, to }: Interval): OpenHours {
  return { from: timeOfDay(from), to: timeOfDay(to) }
}

function timeOfDay(text: string): number {
  return (Number(text.slice(0, 2)) * 60 + Number(text.slice(3))) * 60_000
}

function dayOf(date: LocalDate): number {
  return Date.parse(date) / dayMs
}
