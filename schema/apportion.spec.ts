import fc from 'fast-check'
import { expect, it } from 'vitest'
import { apportion } from './apportion.ts'

it.each([
  [10_000, [1, 1, 1], [3334, 3333, 3333]],
  [2, [1, 1, 1], [1, 1, 0]],
  [100, [50, 30, 20], [50, 30, 20]],
  [7, [0, 3, 0], [0, 7, 0]],
  [0, [0, 0], [0, 0]],
  [Number.MAX_SAFE_INTEGER, [1, Number.MAX_SAFE_INTEGER], [1, Number.MAX_SAFE_INTEGER - 1]],
])('%d by %j is %j', (total, weights, parts) => {
  expect(apportion(total, weights)).toEqual(parts)
})

it('divides nothing by nothing only', () => {
  expect(() => apportion(1, [0])).toThrow(RangeError)
})

it('adds up, is within one of the exact share, and keeps the order of the weights', () => {
  const weights = fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 8 }).filter((all) => all.some((w) => w > 0))
  fc.assert(
    fc.property(fc.nat(1_000_000_000), weights, (total, all) => {
      const parts = apportion(total, all)
      const sum = all.reduce((s, w) => s + w, 0)
      expect(parts.reduce((s, part) => s + part, 0)).toBe(total)
      for (const [i, part] of parts.entries()) {
        expect(Math.abs(part - (total * all[i]!) / sum)).toBeLessThan(1)
        if (total <= sum) expect(part).toBeLessThanOrEqual(all[i]!)
        for (const [j, other] of parts.entries()) if (all[i]! > all[j]!) expect(part).toBeGreaterThanOrEqual(other)
      }
    }),
  )
})
