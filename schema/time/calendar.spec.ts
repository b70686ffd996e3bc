import { describe, expect, test } from 'vitest'
import { BusinessCalendar, hoursByDay } from './calendar.ts'
import { calendars } from './calendars.ts'

const office = [{ from: '09:00', to: '18:00' }]
const plain = { zone: 'Europe/Amsterdam', week: { mon: office, tue: office } }

function problems(calendar: object): string[] {
  const { error } = BusinessCalendar.safeParse({ ...plain, ...calendar })
  return (error?.issues ?? []).map((issue) => `${issue.path.join('.')}: ${issue.message}`)
}

describe('a business calendar', () => {
  test('may leave out closed days, holidays and make-up days', () => {
    expect(BusinessCalendar.parse(plain)).toMatchObject({
      week: { mon: office, sun: [] },
      holidays: [],
      makeUpDays: [],
    })
  })

  test('may be open until midnight, and in shifts that touch', () => {
    const sat = [
      { from: '08:00', to: '12:00' },
      { from: '12:00', to: '24:00' },
    ]
    expect(problems({ week: { sat } })).toEqual([])
  })

  test.each<[string, object, string]>([
    ['a zone that is none', { zone: 'Asia/Peking2' }, 'zone: not an IANA time zone such as Asia/Shanghai'],
    ['a bare offset for a zone', { zone: '+08:00' }, 'zone: not an IANA time zone such as Asia/Shanghai'],
    [
      'an hour 25',
      { week: { mon: [{ from: '25:00', to: '26:00' }] } },
      'week.mon.0.from: not a time of day from 00:00 to 23:59',
    ],
    [
      'hours over midnight',
      { week: { mon: [{ from: '22:00', to: '06:00' }] } },
      'week.mon.0.to: 06:00 is not after 22:00',
    ],
    ['empty hours', { week: { mon: [{ from: '09:00', to: '09:00' }] } }, 'week.mon.0.to: 09:00 is not after 09:00'],
    [
      'overlapping hours',
      { week: { mon: [...office, { from: '17:00', to: '19:00' }] } },
      'week.mon.1.from: 17:00 is before 18:00, the end of the hours before it',
    ],
    ['a misspelt weekday', { week: { monday: office } }, 'week: Unrecognized key: "monday"'],
    ['no hours at all', { week: {} }, 'week: no day of the week has hours'],
    ['a day that does not exist', { holidays: ['2025-02-29'] }, 'holidays.0: '],
    [
      'a holiday backwards',
      { holidays: [{ from: '2025-10-08', to: '2025-10-01' }] },
      'holidays.0.to: the last day is before the first',
    ],
    [
      'a holiday with a wrong year',
      { holidays: [{ from: '2025-10-01', to: '2052-10-08' }] },
      'holidays.0.to: a holiday longer than a year',
    ],
    [
      'a make-up day within a holiday',
      { holidays: [{ from: '2025-10-01', to: '2025-10-08' }], makeUpDays: [{ date: '2025-10-04' }] },
      'makeUpDays.0.date: 2025-10-04 is a holiday too',
    ],
    [
      'a make-up day twice',
      { makeUpDays: [{ date: '2025-10-04' }, { date: '2025-10-04' }] },
      'makeUpDays.1.date: 2025-10-04 is there twice',
    ],
    [
      'a make-up day without hours',
      { week: { tue: office }, makeUpDays: [{ date: '2025-10-04' }] },
      'makeUpDays.0.hours: 2025-10-04 needs hours of its own: Monday has none',
    ],
  ])('with %s is refused', (_, calendar, problem) => {
    expect(problems(calendar)).toContainEqual(expect.stringContaining(problem))
  })
})

// The yearly numbers of working days in mainland China: 366 or 365 days less weekends and 11 (from 2025 on 13) public holidays.
test.each([
  [2024, 251],
  [2025, 248],
  [2026, 248],
])('the Chinese calendar of %d has %d working days', (year, count) => {
  const hoursOf = hoursByDay(calendars.cn)
  let days = 0
  for (let ms = Date.UTC(year, 0); ms < Date.UTC(year + 1, 0); ms += 86_400_000)
    if (hoursOf(ms / 86_400_000).length) days++
  expect(days).toBe(count)
})

test('every Chinese make-up day is a Saturday or Sunday', () => {
  expect(calendars.cn.makeUpDays.filter(({ date }) => ![0, 6].includes(new Date(date).getUTCDay()))).toEqual([])
})
