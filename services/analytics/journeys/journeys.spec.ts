import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyFacts, day, mark, touch, won } from '../testing/facts.ts'
import type { JourneyFacts } from './facts.ts'
import { type JourneyParameters, journeysOf } from './journeys.ts'
import { stitch } from './stitch.ts'

const asked: JourneyParameters = { conversion: 'won', lookBackDays: 30, currency: 'CNY' }
const of = (facts: Partial<JourneyFacts>, parameters: Partial<JourneyParameters> = {}) =>
  journeysOf({ touches: [], links: [], marks: [], ...facts }, { ...asked, ...parameters })
const paths = (facts: Partial<JourneyFacts>, parameters?: Partial<JourneyParameters>) =>
  of(facts, parameters).journeys.map(({ success, touches }) => [
    success?.id ?? null,
    touches.map(({ channel }) => channel).join(' > '),
  ])

describe('a journey', () => {
  it('goes from the look-back window to the success, and no further', () => {
    const touches = [
      touch('lead/1', 1, 'old'),
      touch('lead/1', 20, 'b'),
      touch('lead/1', 10, 'a'),
      touch('lead/1', 41, 'late'),
    ]
    expect(paths({ touches, marks: [won('lead/1', 40, 'D1', 500)] })).toEqual([['D1', 'a > b']])
    expect(paths({ touches, marks: [won('lead/1', 40, 'D1', 500)] }, { lookBackDays: 90 })).toEqual([
      ['D1', 'old > a > b'],
    ])
  })

  it('is one for each success of a person, and one without success for who has none', () => {
    const touches = [touch('lead/1', 1, 'a'), touch('lead/1', 11, 'b'), touch('lead/2', 3, 'c')]
    const marks = [won('lead/1', 5, 'D1'), won('lead/1', 15, 'D2')]
    const all = [
      ['D1', 'a'],
      ['D2', 'a > b'],
      [null, 'c'],
    ]
    expect(paths({ touches, marks })).toEqual(all)
    expect(paths({ touches, marks }, { from: day(10) })).toEqual([all[1]])
    expect(paths({ touches, marks }, { to: day(10) })).toEqual([all[0], all[2]])
  })

  it('has no success that was undone, and the value that is left of a payment', () => {
    expect(paths({ marks: [won('lead/1', 5, 'D1', 7), won('lead/1', 6, 'D1', -7, { count: -1 })] })).toEqual([])
    const payment = (amount: number, count: number) =>
      mark('lead/1', 5, 'payment', 'K/P', { amount, count, currency: 'CNY' })
    const paid = (...marks: ReturnType<typeof payment>[]) =>
      of({ marks }, { conversion: 'payment' }).journeys.map(({ success }) => success?.value)
    expect(paid(payment(900, 1), payment(-300, 0))).toEqual([600])
    expect(paid(payment(900, 1), payment(-900, 0))).toEqual([])
  })

  it('of another currency counts without its value', () => {
    const { journeys, otherCurrency } = of({ marks: [won('lead/1', 5, 'D1', 7, { currency: 'USD' })] })
    expect(journeys.map(({ success }) => success?.value)).toEqual([0])
    expect(otherCurrency).toBe(1)
  })

  it('knows the touches at which lead and deal were created', () => {
    const touches = [touch('lead/1', 1, 'a'), touch('lead/1', 3, 'b'), touch('lead/1', 5, 'c')]
    const marks = [mark('lead/1', 3, 'lead', 'L1'), mark('lead/1', 6, 'deal', 'D1'), won('lead/1', 8, 'D1')]
    expect(of({ touches, marks }).journeys).toMatchObject([{ lead: 1, deal: 2 }])
  })

  it('takes in what a visitor was touched by before we knew who it is', () => {
    const touches = [touch('visitor/1', 1, 'ad'), touch('visitor/2', 2, 'mail'), touch('lead/1', 3, 'form')]
    const marks = [won('customer/1', 9, 'D1')]
    const links = [
      { person: 'lead/1', samePerson: 'customer/1' },
      { person: 'visitor/2', samePerson: 'lead/1' },
      { person: 'visitor/1', samePerson: 'lead/1' },
    ]
    expect(paths({ touches, marks, links })).toEqual([['D1', 'ad > mail > form']])
    expect(paths({ touches, marks, links: links.slice(0, 1) })).toEqual([
      ['D1', 'form'],
      [null, 'ad'],
      [null, 'mail'],
    ])
  })
})

describe('stitching', () => {
  it('merges two histories as if they had been one from the start', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const personOf = stitch(facts.links)
        const renamed = <T extends { readonly person: string }>(all: readonly T[]) =>
          all.map((fact) => ({ ...fact, person: personOf(fact.person) }))
        const before = { touches: renamed(facts.touches), marks: renamed(facts.marks), links: [] }
        const people = (table: ReturnType<typeof journeysOf>) =>
          table.journeys.map((journey) => ({ ...journey, touches: journey.touches.map(({ touchId }) => touchId) }))
        expect(people(journeysOf(facts, asked))).toEqual(people(journeysOf(before, asked)))
      }),
    )
  })

  it('does not depend on the order of the facts, nor on how a link is said', () => {
    fc.assert(
      fc.property(anyFacts, ({ touches, links, marks }) => {
        const turned = {
          touches: touches.toReversed(),
          marks: marks.toReversed(),
          links: links.map(({ person, samePerson }) => ({ person: samePerson, samePerson: person })).reverse(),
        }
        expect(journeysOf(turned, asked).journeys).toEqual(journeysOf({ touches, links, marks }, asked).journeys)
      }),
    )
  })
})
