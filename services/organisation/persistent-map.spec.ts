import fc from 'fast-check'
import { expect, it } from 'vitest'
import { PersistentMap } from './persistent-map.ts'

it('holds what a plain map would hold, in the same order, in every one of its versions', () => {
  const changes = fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer()), { maxLength: 200 })
  fc.assert(
    fc.property(changes, (list) => {
      let map = PersistentMap.empty<number, { n: number }>()
      const plain = new Map<number, { n: number }>()
      const versions: [PersistentMap<number, { n: number }>, [number, { n: number }][]][] = []
      for (const [key, n] of list) {
        map = map.with(key, { n })
        plain.set(key, { n })
        versions.push([map, [...plain]])
      }
      for (const [version, entries] of versions) {
        expect([...version]).toEqual(entries)
        expect(version.size).toBe(entries.length)
      }
      expect([...map.keys()].map((key) => map.get(key))).toEqual([...map.values()])
      expect(map.has(61)).toBe(false)
    }),
    { numRuns: 30 },
  )
})
