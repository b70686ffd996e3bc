import { expect, test } from 'vitest'
import { Kept } from './kept.ts'

const keysOf = (kept: Kept<{ cost: number; bytes: number }>) => [...kept].map(([key]) => key)

test('what is cheap to have again goes first, for its size', () => {
  const kept = new Kept(100)
  kept.set('dear', { cost: 90, bytes: 40 })
  kept.set('cheap', { cost: 1, bytes: 40 })
  kept.set('large', { cost: 95, bytes: 60 })
  expect(keysOf(kept)).toEqual(['dear', 'large'])
  expect(kept.bytes).toBe(100)
})

test('what was dear but is not asked for any more makes room in the end', () => {
  const kept = new Kept(100)
  kept.set('dear', { cost: 50, bytes: 50 })
  for (let n = 0; n < 20; n++) kept.set(`cheap ${n}`, { cost: 10, bytes: 50 })
  expect(keysOf(kept)).toEqual(['cheap 18', 'cheap 19'])
})

test('what is asked for again stays as if it were new', () => {
  const kept = new Kept(100)
  kept.set('asked', { cost: 50, bytes: 50 })
  for (let n = 0; n < 20; n++) {
    kept.set(`cheap ${n}`, { cost: 10, bytes: 50 })
    expect(kept.get('asked')).toBeDefined()
  }
  expect(keysOf(kept)).toEqual(['asked', 'cheap 19'])
})
