import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { deriveId, Id, InvalidId, newId, streamCategory, streamId, streamName } from './ids.ts'

const ids = fc.stringMatching(/^[A-Za-z0-9._:-]{1,64}$/)

describe('ids', () => {
  test('new ids are distinct and sort in the order they were made', () => {
    const made = Array.from({ length: 1000 }, newId)
    expect(new Set(made).size).toBe(1000)
    expect(made.toSorted()).toEqual(made)
    expect(made.every((id) => Id.safeParse(id).success)).toBe(true)
  })

  test('a derived id depends on parent and name and on nothing else', () => {
    expect(deriveId('command-1', '0')).toBe('e08cda3a-d58f-5983-a500-17b2bf828218')
    fc.assert(
      fc.property(fc.tuple(fc.string(), fc.string()), fc.tuple(fc.string(), fc.string()), (a, b) => {
        const same = a[0] === b[0] && a[1] === b[1]
        expect(deriveId(...a) === deriveId(...b)).toBe(same)
      }),
    )
  })

  test('foreign ids are taken if short and plain', () => {
    expect(Id.safeParse('173688').success).toBe(true)
    expect(Id.safeParse('Application_1000086.x:y').success).toBe(true)
    for (const bad of ['', 'a b', 'a/b', '订单', 'x'.repeat(65), 'a\n']) expect(Id.safeParse(bad).success).toBe(false)
  })

  test('a stream name gives back its category and id', () => {
    expect(streamName('deal', 'D-1')).toBe('deal-D-1')
    fc.assert(
      fc.property(ids, (id) => {
        const stream = streamName('deal', id)
        expect([streamCategory(stream), streamId(stream)]).toEqual(['deal', id])
      }),
    )
  })

  test('bad stream names are refused', () => {
    expect(() => streamName('sales-deal', '1')).toThrow(InvalidId)
    expect(() => streamName('deal', 'a b')).toThrow(/1 to 64 characters/)
    for (const bad of ['deal', '-1', 'deal-', 'Deal-1', 'deal-a b', '']) expect(() => streamId(bad)).toThrow(InvalidId)
  })
})
