import fc from 'fast-check'
import { DateTime } from 'luxon'
import { describe, expect, test } from 'vitest'
import { parseInstant } from './parse.ts'
import { bucketStart, fromLocal, instantOf, localDate, startOfDay, TimeZone } from './zone.ts'

const zones = fc.constantFrom(
  'Asia/Shanghai',
  'Europe/Amsterdam',
  'America/New_York',
  'America/Sao_Paulo',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'UTC',
)
const instants = fc.integer({ min: Date.UTC(1970, 0), max: Date.UTC(2035, 0) })

describe('zones', () => {
  test('the local date and the starts of buckets are those of the field’s library', () => {
    fc.assert(
      fc.property(instants, zones, (ms, zone) => {
        const local = DateTime.fromMillis(ms, { zone })
        expect(localDate(ms, zone)).toBe(local.toISODate())
        for (const unit of ['day', 'week', 'month', 'quarter', 'year'] as const) {
          expect(bucketStart(ms, unit, zone)).toBe(local.startOf(unit).toISODate())
        }
      }),
    )
  })

  test('the year of a week is that of its Monday', () => {
    expect(bucketStart(Date.parse('2026-01-01T12:00:00Z'), 'week', 'Asia/Shanghai')).toBe('2025-12-29')
  })

  test('a day starts at the first instant that has its date', () => {
    fc.assert(
      fc.property(instants, zones, (ms, zone) => {
        const date = localDate(ms, zone)
        const start = startOfDay(date, zone)
        expect(localDate(start, zone)).toBe(date)
        expect(localDate(start - 1, zone) < date).toBe(true)
      }),
    )
    expect(instantOf(startOfDay('2018-11-04', 'America/Sao_Paulo'))).toBe('2018-11-04T03:00:00.000Z') // 01:00, there was no midnight
    expect(instantOf(startOfDay('2026-11-01', 'America/Havana'))).toBe('2026-11-01T04:00:00.000Z') // the first of two midnights
  })

  test('a local time that exists once is that instant', () => {
    fc.assert(
      fc.property(instants, zones, (ms, zone) => {
        const local = DateTime.fromMillis(ms, { zone })
        const back = fromLocal(ms + local.offset * 60_000, zone)
        if (local.getPossibleOffsets().length === 1) expect(back).toBe(ms)
        else expect(back).toBe(local.getPossibleOffsets()[0]!.toMillis())
      }),
    )
  })

  test('names are checked', () => {
    expect(TimeZone.safeParse('America/Argentina/Buenos_Aires').success).toBe(true)
    for (const bad of ['Mars/Base', '', '+08:00', 'local']) expect(TimeZone.safeParse(bad).success).toBe(false)
    expect(() => localDate(0, 'Mars/Base')).toThrow(RangeError)
  })

  test('what is no instant or date is refused', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, 9e15])
      expect(() => localDate(bad, 'UTC')).toThrow(RangeError)
    expect(() => startOfDay('soon', 'UTC')).toThrow(RangeError)
  })
})

describe('instants from foreign text', () => {
  const shanghai = { zone: 'Asia/Shanghai' }
  test.each([
    ['2011-10-01T00:38:44.546+02:00', '2011-09-30T22:38:44.546Z'],
    ['2026-11-22T06:00:00Z', '2026-11-22T06:00:00.000Z'],
    ['2026-11-22T14:00:00+0800', '2026-11-22T06:00:00.000Z'],
    ['2026-11-22T14:00+08', '2026-11-22T06:00:00.000Z'],
    ['2026-11-21T20:30-09:30', '2026-11-22T06:00:00.000Z'],
    ['2026-11-22T14:00', '2026-11-22T06:00:00.000Z'],
    ['2026-11-22 14:00:00', '2026-11-22T06:00:00.000Z'],
    ['2026-11-22 14:00:00,1239', '2026-11-22T06:00:00.123Z'],
    ['2026-11-22', '2026-11-21T16:00:00.000Z'],
    ['2024-02-29', '2024-02-28T16:00:00.000Z'],
  ])('%s', (text, instant) => {
    expect(parseInstant(text, shanghai)).toBe(instant)
  })

  test.each([
    ['22/11/2026', undefined, 'is not an ISO 8601 date or time'],
    ['', undefined, 'is not an ISO 8601'],
    [' 2026-11-22', undefined, 'is not an ISO 8601'],
    ['2026-11-22T14', undefined, 'is not an ISO 8601'],
    ['2026-11-22Z', undefined, 'is not an ISO 8601'],
    ['2025-02-29', undefined, 'is a day that the calendar does not have'],
    ['2026-13-01', undefined, 'is a day that the calendar does not have'],
    ['2026-11-22T24:00:00', undefined, 'has a time of day beyond 23:59:59'],
    ['2026-11-22T14:00:60Z', undefined, 'has a time of day beyond'],
    ['2026-11-22T14:00:00+99:00', undefined, 'has an offset beyond'],
    ['0000-01-01', undefined, 'is out of range: expected a time from 1900 up to 2200'],
    ['1900-01-01T00:00:00+08:00', undefined, 'is out of range'],
    ['2200-01-01T00:00:00Z', undefined, 'is out of range'],
    ['01/01/9999', 'dd/MM/yyyy', 'is out of range'],
    ['31/02/2026', 'dd/MM/yyyy', 'does not match dd/MM/yyyy: expected a time such as 22/11/2026'],
    ['2026-11-22', 'dd/MM/yyyy HH:mm', 'expected a time such as 22/11/2026 14:00'],
  ])('%s is refused', (text, format, why) => {
    expect(() => parseInstant(text, { ...shanghai, format })).toThrow(
      expect.objectContaining({ name: 'InvalidInstant', text }),
    )
    expect(() => parseInstant(text, { ...shanghai, format })).toThrow(why)
  })

  test('formats of the file’s own', () => {
    expect(parseInstant('22/11/2026 14:00', { ...shanghai, format: 'dd/MM/yyyy HH:mm' })).toBe(
      '2026-11-22T06:00:00.000Z',
    )
    expect(parseInstant('Nov 22, 2026', { ...shanghai, format: 'LLL d, yyyy' })).toBe('2026-11-21T16:00:00.000Z')
    expect(parseInstant('22.11.2026 14:00 +02:00', { ...shanghai, format: 'dd.MM.yyyy HH:mm ZZ' })).toBe(
      '2026-11-22T12:00:00.000Z',
    )
  })

  test('local times that come twice are the first one, those that never come are later by the gap', () => {
    const amsterdam = { zone: 'Europe/Amsterdam' }
    expect(parseInstant('2026-10-25 02:30', amsterdam)).toBe('2026-10-25T00:30:00.000Z')
    expect(parseInstant('2026-03-29 02:30', amsterdam)).toBe('2026-03-29T01:30:00.000Z') // 03:30
    expect(parseInstant('25-10-2026 02:30', { ...amsterdam, format: 'dd-MM-yyyy HH:mm' })).toBe(
      '2026-10-25T00:30:00.000Z',
    )
  })

  test('what we write we read', () => {
    fc.assert(
      fc.property(instants, (ms) => {
        expect(parseInstant(instantOf(ms), shanghai)).toBe(instantOf(ms))
      }),
    )
  })
})
