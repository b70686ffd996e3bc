import { expect, test } from 'vitest'
import { Duration, InvalidDuration, parseDuration } from './duration.ts'

const hour = 3_600_000

test.each([
  ['PT48H', { days: 0, ms: 48 * hour }],
  ['P5D', { days: 5, ms: 0 }],
  ['P1W', { days: 7, ms: 0 }],
  ['P1W2DT3H4M5S', { days: 9, ms: 3 * hour + 4 * 60_000 + 5000 }],
  ['PT0S', { days: 0, ms: 0 }],
])('%s', (text, parts) => {
  expect(parseDuration(Duration.parse(text))).toEqual(parts)
})

test.each(['', 'P', 'PT', 'P1DT', '5D', 'P1M', 'P1Y', 'PT1.5H', '-P1D', 'P-1D', 'p1d', 'PT1H1D', '48h', 'P1D\n'])(
  '%j is refused',
  (text) => {
    expect(Duration.safeParse(text).success).toBe(false)
    expect(() => parseDuration(text)).toThrow(InvalidDuration)
  },
)
