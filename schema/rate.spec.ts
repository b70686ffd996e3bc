import fc from 'fast-check'
import { expect, test } from 'vitest'
import { millionths, Rate, rateText, Share } from './rate.ts'

test('rates are exact millionths, and come back as they were', () => {
  expect(['0.05', '1', '1.23', '0.000001'].map(millionths)).toEqual([50_000, 1_000_000, 1_230_000, 1])
  fc.assert(
    fc.property(fc.nat(10 ** 12 - 1), (rate) => {
      expect(millionths(Rate.parse(rateText(rate)))).toBe(rate)
    }),
  )
})

test.each(['', '.5', '5 %', '-0.1', '0.0000001', '1e-3', '0,5'])('%j is no rate', (text) => {
  expect(Rate.safeParse(text).success).toBe(false)
})

test('a share is more than nothing and at most all', () => {
  expect(['0', '0.000001', '1', '1.000001'].map((text) => Share.safeParse(text).success)).toEqual([
    ...[false, true, true, false],
  ])
})
