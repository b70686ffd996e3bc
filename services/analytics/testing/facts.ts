// Facts of journeys in few words, and any history of them: for specs.
import { instantOf, msOf } from '@headwater/schema'
import fc from 'fast-check'
import type { JourneyFacts, MarkFact, TouchFact } from '../journeys/facts.ts'

/** The first of these days is 1 March 2026, midnight. */
export const day = (n: number) => instantOf(msOf('2026-03-01T00:00:00.000Z') + (n - 1) * 86_400_000)

let places = 0
const position = () => String(++places).padStart(16, '0')

export const touch = (person: string, on: number, channel: string | null, more: Partial<TouchFact> = {}): TouchFact => {
  const place = position()
  return {
    ...{ person, channel, touchId: `t${place}`, occurredAt: day(on), position: place },
    ...{ campaign: null, content: null, repId: null, direct: false, cost: null, costCurrency: null },
    ...more,
  }
}

export const mark = (
  person: string,
  on: number,
  what: MarkFact['mark'],
  markId: string,
  more: Partial<MarkFact> = {},
): MarkFact => ({
  ...{ person, mark: what, markId, occurredAt: day(on), position: position() },
  ...{ dealId: null, count: 1, amount: null, currency: null },
  ...more,
})

export const won = (person: string, on: number, deal: string, amount = 0, more: Partial<MarkFact> = {}) =>
  mark(person, on, 'won', deal, { dealId: deal, amount, currency: 'CNY', ...more })

/** Names of a handful of persons. */
const names = ['visitor/1', 'visitor/2', 'visitor/3', 'lead/1', 'lead/2', 'lead/3', 'customer/1', 'customer/2'] as const
const name = fc.constantFrom(...names)
const on = fc.integer({ min: 1, max: 60 })

/** Any history of a handful of persons; no two facts have the same place in the log. */
export const anyFacts: fc.Arbitrary<JourneyFacts> = fc
  .record({
    touches: fc.array(fc.tuple(name, on, fc.constantFrom('a', 'b', 'c', 'd', null), fc.boolean(), fc.nat(500)), {
      maxLength: 30,
    }),
    links: fc.array(fc.record({ person: name, samePerson: name }), { maxLength: 5 }),
    marks: fc.array(fc.tuple(name, on, fc.constantFrom('lead', 'deal', 'won'), fc.nat(100_000)), { maxLength: 10 }),
  })
  .map(({ touches, links, marks }) => ({
    touches: touches.map(([person, at, channel, direct, cost]) =>
      touch(person, at, channel, { direct, cost, costCurrency: 'CNY' }),
    ),
    links,
    marks: marks.map(([person, at, what, amount], i) =>
      what === 'won' ? won(person, at, `d${i}`, amount) : mark(person, at, what, `${what}${i}`),
    ),
  }))
