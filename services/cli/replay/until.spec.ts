import { describe, expect, it } from 'vitest'
import { replayUntil } from './until.ts'

describe('until', () => {
  it.each([
    ['0000000000000042', 'UTC', { position: '0000000000000042' }],
    ['2026-03-01', 'Asia/Shanghai', { recordedAt: '2026-03-01T15:59:59.999Z' }],
    ['2026-02-28', 'UTC', { recordedAt: '2026-02-28T23:59:59.999Z' }],
    ['2026-12-31', 'America/New_York', { recordedAt: '2027-01-01T04:59:59.999Z' }],
    // A day of 23 hours.
    ['2026-03-29', 'Europe/Berlin', { recordedAt: '2026-03-29T21:59:59.999Z' }],
    ['2026-03-01 10:00', 'Asia/Shanghai', { recordedAt: '2026-03-01T02:00:00.000Z' }],
    ['2026-03-01T10:00:00Z', 'Asia/Shanghai', { recordedAt: '2026-03-01T10:00:00.000Z' }],
  ])('%s in %s is %j', (text, zone, end) => expect(replayUntil(text, zone)).toEqual(end))

  it.each([
    ['2026-02-30', 'UTC', /a day that the calendar does not have/],
    ['2026-3-1', 'UTC', /not an ISO 8601 date/],
    ['2026-03-01', 'Shanghai', /not an IANA time zone/],
  ])('%s in %s is refused', (text, zone, message) => expect(() => replayUntil(text, zone)).toThrow(message))
})
