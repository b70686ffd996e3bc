import type { Position } from '@headwater/schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ForeignPosition } from '../../ports/event-log.ts'
import { fromPosition, toPosition } from './position.ts'

const number = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })

test('positions compare as strings the way their numbers do, and lead back to them', () => {
  fc.assert(
    fc.property(number, number, (a, b) => {
      expect(toPosition(a) < toPosition(b)).toBe(a < b)
      expect(fromPosition(toPosition(a))).toBe(a)
    }),
  )
})

test.each(['', '1', '00000000000000001', 'C:1/P:1', '-000000000000001', '000000000000000x'])(
  '%j is foreign',
  (token) => {
    expect(() => fromPosition(token as Position)).toThrow(ForeignPosition)
  },
)
