import fc from 'fast-check'
import { DateTime } from 'luxon'
import { describe, expect, test } from 'vitest'
import { BusinessCalendar, type BusinessCalendarInput } from './calendar.ts'
import { calendars } from './calendars.ts'
import { businessClock, deadline } from './clock.ts'
import { instantOf } from './zone.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const nineToSix = [{ from: '09:00', to: '18:00' }]
const weekdays = { mon: nineToSix, tue: nineToSix, wed: nineToSix, thu: nineToSix, fri: nineToSix }
const calendar = (input: Partial<BusinessCalendarInput>) =>
  BusinessCalendar.parse({ zone: 'UTC', week: weekdays, ...input })

/** Local time in the calendar's zone, or with an offset of its own. */
const time = (zone: string, text: string) => DateTime.fromISO(text, { zone }).toMillis()

function hours(own: BusinessCalendar, from: string, to: string): number {
  const clock = businessClock(own)
  return (clock.at(time(own.zone, to)) - clock.at(time(own.zone, from))) / hour
}

describe('business hours in China, counted by hand', () => {
  test.each([
    // Friday 17:00–18:00, Monday 09:00–10:00
    ['over a weekend', '2026-11-20T17:00', '2026-11-23T10:00', 2],
    ['over lunch', '2026-11-20T11:30', '2026-11-20T13:30', 1],
    ['within lunch', '2026-11-20T12:10', '2026-11-20T12:50', 0],
    // Fri 26th 1; Sun 28th works 8; Mon and Tue 16; 1 to 8 October closed; Thu, Fri and Sat 11th (works) 24; Mon 13th 1
    ['over National Day 2025 and both its make-up days', '2025-09-26T17:00', '2025-10-13T10:00', 50],
    // Sun 20 September 2026 works 8; Mon 21st to Thu 24th 32; Fri 25th Mid-Autumn
    ['over a make-up Sunday before Mid-Autumn 2026', '2026-09-19T00:00', '2026-09-28T09:00', 40],
    // Fri 9 February 2024 8 (a working day by the notice); 10th to 17th closed; Sun 18th works 8; Mon 19th 3
    ['over Spring Festival 2024', '2024-02-09T09:00', '2024-02-19T12:00', 19],
    ['between two instants of a closed night', '2026-11-20T19:00', '2026-11-21T07:00', 0],
    ['of no length', '2026-11-20T10:00', '2026-11-20T10:00', 0],
    ['backwards', '2026-11-23T10:00', '2026-11-20T17:00', -2],
    ['before the epoch', '1999-12-31T17:00', '2000-01-03T10:00', 2],
  ])('%s', (_, from, to, expected) => {
    expect(hours(calendars.cn, from, to)).toBe(expected)
  })
})

describe('business hours over a change of clocks, counted by hand', () => {
  const nightly = [{ from: '01:00', to: '04:00' }]
  const night = { sat: nightly, sun: nightly }
  const fullDay = [{ from: '00:00', to: '24:00' }]
  test.each<[string, Partial<BusinessCalendarInput>, string, string, number]>([
    ['Amsterdam, office hours do not notice', { zone: 'Europe/Amsterdam' }, '2026-03-27T17:00', '2026-03-30T10:00', 2],
    // 01:00–02:00, then 03:00–04:00
    [
      'Amsterdam in spring: 02:00–03:00 does not exist',
      { zone: 'Europe/Amsterdam', week: night },
      '2026-03-29T00:00',
      '2026-03-29T12:00',
      2,
    ],
    [
      'Amsterdam in autumn: 02:00–03:00 comes twice',
      { zone: 'Europe/Amsterdam', week: night },
      '2026-10-25T00:00',
      '2026-10-25T12:00',
      4,
    ],
    ['New York in spring', { zone: 'America/New_York', week: night }, '2026-03-07T00:00', '2026-03-08T12:00', 5],
    [
      'New York in autumn: 01:00–02:00 comes twice',
      { zone: 'America/New_York', week: night },
      '2026-11-01T00:00',
      '2026-11-01T12:00',
      4,
    ],
    [
      'New York, from the second 01:30 on',
      { zone: 'America/New_York', week: night },
      '2026-11-01T01:30-05:00',
      '2026-11-01T04:00',
      2.5,
    ],
    [
      'Lord Howe shifts by half an hour: 01:30–02:00 comes twice',
      { zone: 'Australia/Lord_Howe', week: night },
      '2026-04-05T00:00',
      '2026-04-05T12:00',
      3.5,
    ],
    [
      'São Paulo lost its midnight',
      { zone: 'America/Sao_Paulo', week: { sun: fullDay } },
      '2018-11-03T12:00',
      '2018-11-05T12:00',
      23,
    ],
    [
      'St John’s once repeated the hour before midnight',
      { zone: 'America/St_Johns', week: { sat: fullDay } },
      '2010-11-05T12:00',
      '2010-11-08T12:00',
      24 + 59 / 60,
    ],
    [
      'Samoa skipped a Friday',
      { zone: 'Pacific/Apia', week: { fri: fullDay, sat: nineToSix } },
      '2011-12-29T12:00',
      '2012-01-01T12:00',
      9,
    ],
    ['Kathmandu is 5 h 45 min ahead', { zone: 'Asia/Kathmandu' }, '2026-11-20T17:00', '2026-11-23T10:00', 2],
  ])('%s', (_, input, from, to, expected) => {
    const own = calendar(input)
    expect(hours(own, from, to)).toBeCloseTo(expected, 9)
  })
})

describe('adding business time', () => {
  const cn = businessClock(calendars.cn)
  const at = (text: string) => time('Asia/Shanghai', text)
  test.each([
    ['reaches closing time, not the next opening', '2026-11-20T09:00', 8, '2026-11-20T18:00'],
    ['goes on after the weekend', '2026-11-20T17:00', 2, '2026-11-23T10:00'],
    ['starts at the next opening when closed', '2026-11-21T12:00', 1, '2026-11-23T10:00'],
    ['skips National Day', '2025-09-30T17:00', 2, '2025-10-09T10:00'],
    ['of nothing changes nothing', '2026-11-21T12:00', 0, '2026-11-21T12:00'],
    ['goes back to an opening, not the closing before', '2026-11-20T18:00', -8, '2026-11-20T09:00'],
    ['goes back over the weekend', '2026-11-23T10:00', -2, '2026-11-20T17:00'],
  ])('%s', (_, from, amount, expected) => {
    expect(instantOf(cn.add(at(from), amount * hour))).toBe(instantOf(at(expected)))
  })

  test('a business day is a day with hours, at the same time of day', () => {
    const limit = (after: string, clock: 'business' | 'calendar') => ({ after, clock })
    const due = (from: string, after: string, clock: 'business' | 'calendar') =>
      instantOf(deadline(at(from), limit(after, clock), calendars.cn))
    expect(due('2026-11-20T15:00', 'P1D', 'business')).toBe(instantOf(at('2026-11-23T15:00')))
    expect(due('2026-11-21T15:00', 'P1D', 'business')).toBe(instantOf(at('2026-11-23T15:00')))
    expect(due('2025-09-30T15:00', 'P3D', 'business')).toBe(instantOf(at('2025-10-11T15:00')))
    expect(due('2026-11-20T15:00', 'P1DT4H', 'business')).toBe(instantOf(at('2026-11-24T10:00')))
    expect(due('2026-11-20T15:00', 'P3D', 'calendar')).toBe(instantOf(at('2026-11-23T15:00')))
    expect(due('2026-11-20T15:00', 'PT48H', 'calendar')).toBe(instantOf(at('2026-11-22T15:00')))
  })

  test('a calendar day keeps the local time when clocks change, 24 hours do not', () => {
    const own = calendar({ zone: 'Europe/Amsterdam' })
    const from = time('Europe/Amsterdam', '2026-03-28T15:00')
    expect(deadline(from, { after: 'P1D', clock: 'calendar' }, own) - from).toBe(23 * hour)
    expect(deadline(from, { after: 'PT24H', clock: 'calendar' }, own) - from).toBe(24 * hour)
  })
})

test('an instant beyond the tables is refused, not counted for ever', () => {
  const cn = businessClock(calendars.cn)
  for (const bad of [Date.UTC(1899, 11, 30), Date.UTC(2200, 0, 2), Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => cn.at(bad)).toThrow(RangeError)
  }
  expect(() => cn.add(Date.UTC(2026, 0), 200 * 365 * day)).toThrow(RangeError)
  expect(() => cn.addDays(Date.UTC(2026, 0), 1e6)).toThrow(RangeError)
})

test('round the clock, business time is wall time from 2000 on', () => {
  const always = businessClock(calendars.always)
  expect(always.at(Date.UTC(2000, 0))).toBe(0)
  const instants = fc.integer({ min: Date.UTC(1950, 0), max: Date.UTC(2050, 0) })
  fc.assert(
    fc.property(instants, (ms) => {
      expect(always.at(ms)).toBe(ms - Date.UTC(2000, 0))
    }),
  )
})

describe('laws', () => {
  const shifts = [
    { from: '00:30', to: '01:45' },
    { from: '02:10', to: '03:00' },
    { from: '09:00', to: '24:00' },
  ]
  const all = [
    calendars.cn,
    calendar({ zone: 'Europe/Amsterdam', week: { mon: shifts, wed: nineToSix, sat: shifts, sun: shifts } }),
    calendar({
      zone: 'America/New_York',
      week: { ...weekdays, sun: shifts },
      holidays: ['2025-07-04'],
      makeUpDays: [{ date: '2025-07-05' }],
    }),
    calendar({ zone: 'Australia/Lord_Howe', week: { ...weekdays, sun: shifts } }),
    calendar({ zone: 'America/St_Johns', week: { fri: shifts, sat: shifts, sun: shifts } }),
    calendar({ zone: 'Pacific/Apia', week: { thu: shifts, fri: shifts, sat: shifts } }),
  ]
  const calendarsOf = fc.constantFrom(...all)
  const instants = fc.integer({ min: Date.UTC(1998, 0), max: Date.UTC(2027, 0) })
  // The days on which the zones above did something odd.
  const odd = fc
    .constantFrom(
      '2026-03-29',
      '2026-10-25',
      '2026-03-08',
      '2026-11-01',
      '2026-04-05',
      '2010-11-07',
      '2011-12-30',
      '2025-10-01',
    )
    .chain((date) => fc.integer({ min: -2 * day, max: 2 * day }).map((shift) => Date.parse(date) + shift))
  const anyInstant = fc.oneof(instants, odd)

  test('durations add up, never run backwards, and never exceed wall time', () => {
    fc.assert(
      fc.property(calendarsOf, anyInstant, fc.nat(40 * day), (own, a, wall) => {
        const at = (ms: number) => businessClock(own).at(ms)
        const middle = a + Math.floor(wall / 3)
        const whole = at(a + wall) - at(a)
        expect(at(middle) - at(a) + (at(a + wall) - at(middle))).toBe(whole)
        expect(whole).toBeGreaterThanOrEqual(0)
        expect(whole).toBeLessThanOrEqual(wall)
      }),
    )
  })

  test('adding is the inverse of measuring, and as early or as late as can be', () => {
    fc.assert(
      fc.property(calendarsOf, anyInstant, fc.integer({ min: -30 * day, max: 30 * day }), (own, from, amount) => {
        const clock = businessClock(own)
        const to = clock.add(from, amount)
        expect(clock.at(to) - clock.at(from)).toBe(amount)
        if (amount > 0) expect(clock.at(to - 1)).toBeLessThan(clock.at(to))
        if (amount < 0) expect(clock.at(to + 1)).toBeGreaterThan(clock.at(to))
      }),
    )
  })

  test('it is what counting minute by minute gives', () => {
    const names = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
    const isOpen = (own: BusinessCalendar, ms: number) => {
      const local = DateTime.fromMillis(ms, { zone: own.zone })
      const date = local.toISODate()!
      const made = own.makeUpDays.find((makeUp) => makeUp.date === date)
      const off = own.holidays.some((h) => (typeof h === 'string' ? h === date : h.from <= date && date <= h.to))
      const hours = off ? [] : made ? (made.hours ?? own.week.mon) : own.week[names[local.weekday - 1]!]
      const clock = local.toFormat('HH:mm')
      return hours.some(({ from, to }) => from <= clock && clock < to)
    }
    fc.assert(
      fc.property(calendarsOf, anyInstant, fc.nat(2 * 24 * 60), (own, start, minutes) => {
        const from = Math.floor(start / minute) * minute
        let counted = 0
        for (let i = 0; i < minutes; i++) if (isOpen(own, from + i * minute)) counted += minute
        const clock = businessClock(own)
        expect(clock.at(from + minutes * minute) - clock.at(from)).toBe(counted)
      }),
      { numRuns: 60 },
    )
  })
})
