// The checks find what they are there for.
import type { Position, RecordedEvent } from '@headwater/schema'
import { expect, test } from 'vitest'
import { logViolations, Subscriber } from './invariants.ts'

/** Commands c0, c1 … on two streams in turn, an event each. */
const log = (length = 6): RecordedEvent[] =>
  Array.from(
    { length },
    (_, i) =>
      ({
        id: `e${i}`,
        stream: `s-${i % 2}`,
        revision: Math.floor(i / 2),
        position: String(i + 1) as Position,
        recordedAt: `2026-03-02T02:00:0${i}.000Z`,
        meta: { commandId: `c${i}` },
      }) as RecordedEvent,
  )
const acknowledged = new Map([['c3', [{ stream: 's-1', revision: 1, count: 1 }]]])
const changed = (i: number, change: object) => log().map((event, j) => (i === j ? { ...event, ...change } : event))

test('a log as it should be', () => expect(logViolations(log(), acknowledged)).toEqual([]))

test.each<[string, RecordedEvent[], string]>([
  ['something acknowledged is gone', log(3), 'command c3 was acknowledged, and is not at revision 1 of s-1'],
  ['a gap', log().filter((_, i) => i !== 4), 'position 6 where 5 should be'],
  ['a revision twice', changed(4, { revision: 1 }), 's-0: revision 1 where 2 should be'],
  ['an event twice', changed(4, { id: 'e1' }), 'event e1 is there twice'],
  ['a clock that went back', changed(4, { recordedAt: '2026-03-01' }), 'position 5 was recorded before'],
  ['a command carried out twice', changed(5, { meta: { commandId: 'c3' } }), 'c3 was carried out more than once'],
  ['a command with more than it said', changed(4, { meta: { commandId: 'c3' } }), 'c3 was acknowledged with 1 events'],
])('%s', (_, events, violation) => {
  expect(logViolations(events, acknowledged)).toContainEqual(expect.stringContaining(violation))
})

test('a subscriber that missed something, or saw what is not there', () => {
  const seen = (...positions: string[]) => ({ positions: positions as Position[], lastId: `e${positions.length - 1}` })
  const good = new Subscriber()
  good.hear(seen('1', '2', '3'))
  expect(good.compare(log())).toEqual([])
  const bad = new Subscriber()
  bad.hear(seen('1', '3'))
  expect(bad.compare(log())).toEqual(['the subscriber saw 3, and should 2', 'position 3 is not what a subscriber saw'])
})
