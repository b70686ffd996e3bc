import { BusinessCalendar, type BusinessCalendarInput } from './calendar.ts'

const office = [
  { from: '09:00', to: '12:00' },
  { from: '13:00', to: '18:00' },
]
const allDay = [{ from: '00:00', to: '24:00' }]

/** Round the clock: business time is wall time. */
const always: BusinessCalendarInput = {
  zone: 'UTC',
  week: { mon: allDay, tue: allDay, wed: allDay, thu: allDay, fri: allDay, sat: allDay, sun: allDay },
}

/**
 * Mainland China, Monday to Friday 09:00–12:00 and 13:00–18:00, with the public holidays and make-up working days of the State Council's
 * yearly notices (国办发明电〔2023〕7号, 〔2024〕12号, and the one of 4 November 2025).
 */
const cn: BusinessCalendarInput = {
  zone: 'Asia/Shanghai',
  week: { mon: office, tue: office, wed: office, thu: office, fri: office },
  holidays: [
    '2024-01-01', // New Year
    { from: '2024-02-10', to: '2024-02-17' }, // Spring Festival
    { from: '2024-04-04', to: '2024-04-06' }, // Qingming
    { from: '2024-05-01', to: '2024-05-05' }, // Labour Day
    '2024-06-10', // Dragon Boat
    { from: '2024-09-15', to: '2024-09-17' }, // Mid-Autumn
    { from: '2024-10-01', to: '2024-10-07' }, // National Day

    '2025-01-01',
    { from: '2025-01-28', to: '2025-02-04' },
    { from: '2025-04-04', to: '2025-04-06' },
    { from: '2025-05-01', to: '2025-05-05' },
    { from: '2025-05-31', to: '2025-06-02' },
    { from: '2025-10-01', to: '2025-10-08' }, // National Day and Mid-Autumn

    { from: '2026-01-01', to: '2026-01-03' },
    { from: '2026-02-15', to: '2026-02-23' },
    { from: '2026-04-04', to: '2026-04-06' },
    { from: '2026-05-01', to: '2026-05-05' },
    { from: '2026-06-19', to: '2026-06-21' },
    { from: '2026-09-25', to: '2026-09-27' },
    { from: '2026-10-01', to: '2026-10-07' },
  ],
  makeUpDays: [
    ...['2024-02-04', '2024-02-18', '2024-04-07', '2024-04-28', '2024-05-11', '2024-09-14', '2024-09-29', '2024-10-12'],
    ...['2025-01-26', '2025-02-08', '2025-04-27', '2025-09-28', '2025-10-11'],
    ...['2026-01-04', '2026-02-14', '2026-02-28', '2026-05-09', '2026-09-20', '2026-10-10'],
  ].map((date) => ({ date })),
  through: 2026,
}

/** The built-in business calendars. */
export const calendars = { always: BusinessCalendar.parse(always), cn: BusinessCalendar.parse(cn) } as const
