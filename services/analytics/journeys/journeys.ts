// From facts to journeys: who is one person, what they achieved, and the touches that led there.
import { type AttributionParameters, type Instant, instantOf, msOf } from '@headwater/schema'
import type { JourneyFacts, MarkFact, TouchFact } from './facts.ts'
import { stitch } from './stitch.ts'

/** What of an attribution's parameters makes its journeys. */
export type JourneyParameters = Pick<AttributionParameters, 'conversion' | 'from' | 'to' | 'lookBackDays' | 'currency'>

export interface Success {
  /** Of the deal or contract; of a payment `<contract>/<payment>`. */
  readonly id: string
  readonly at: Instant
  /** Minor units of the parameters' currency; 0 where it has no value, or one in another currency. */
  readonly value: number
}

export interface Journey {
  /** The pseudonym of the person. */
  readonly person: string
  /** Null for who was touched in the time in question and did not convert in it. */
  readonly success: Success | null
  /** In order of time; those of one moment as the log learnt of them. */
  readonly touches: readonly TouchFact[]
  /** Places in `touches` of the last one when the lead, and the deal, was created; -1 where that was before all of them, or never. */
  readonly lead: number
  readonly deal: number
}

export interface JourneyTable {
  /** Those with a success first, in order of its time; each group in an order that depends on nothing but the facts. */
  readonly journeys: readonly Journey[]
  /** Touches of the time in question, of everybody. */
  readonly touches: readonly TouchFact[]
  readonly persons: number
  /** Successes whose value is in another currency: they count, their value does not. */
  readonly otherCurrency: number
}

const DAY = 86_400_000

/** The time from which touches can matter; undefined where all of the past does. */
export const touchesFrom = ({ from, lookBackDays }: Pick<JourneyParameters, 'from' | 'lookBackDays'>) =>
  from === undefined ? undefined : windowBefore(from, lookBackDays)

const windowBefore = (at: Instant, days: number): Instant => instantOf(msOf(at) - days * DAY)

/** Of a success: those that are read besides it. */
export const marksOf = (conversion: JourneyParameters['conversion']): readonly MarkFact['mark'][] => [
  'lead',
  'deal',
  conversion,
]

/**
 * A success takes the touches of its person from the look-back window before it, none that came after; a touch counts for each success in
 * whose window it lies. Who did not convert in the time in question is a journey without success, up to the last touch in it.
 */
export function journeysOf(facts: JourneyFacts, parameters: JourneyParameters): JourneyTable {
  const { from = '', to = '~' } = parameters
  const within = (at: Instant) => at >= from && at < to
  const personOf = stitch(facts.links)
  const touches = grouped(facts.touches, ({ person }) => personOf(person))
  const marks = grouped(facts.marks, ({ person }) => personOf(person))
  const converted: Journey[] = []
  const without: Journey[] = []
  let otherCurrency = 0
  for (const person of new Set([...touches.keys(), ...marks.keys()])) {
    const own = (touches.get(person) ?? []).sort(inOrder)
    const told = (marks.get(person) ?? []).sort(inOrder)
    const successes = successesOf(told, parameters).filter(({ at }) => within(at))
    for (const { foreign, dealId, ...success } of successes) {
      if (foreign) otherCurrency++
      const window = before(own, success.at, parameters.lookBackDays)
      converted.push({ person, success, touches: window, ...created(told, window, success.at, dealId) })
    }
    const last = own.findLast(({ occurredAt }) => within(occurredAt))
    if (successes.length > 0 || !last) continue
    const window = before(own, last.occurredAt, parameters.lookBackDays)
    without.push({ person, success: null, touches: window, ...created(told, window, last.occurredAt, null) })
  }
  const key = ({ success, person }: Journey) => (success ? `${success.at} ${success.id}` : person)
  const byKey = (a: Journey, b: Journey) => compare(key(a), key(b))
  return {
    journeys: [...converted.sort(byKey), ...without.sort(byKey)],
    touches: facts.touches.filter(({ occurredAt }) => within(occurredAt)),
    persons: new Set([...converted, ...without].map(({ person }) => person)).size,
    otherCurrency,
  }
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

const inOrder = (a: TouchFact | MarkFact, b: TouchFact | MarkFact) =>
  compare(a.occurredAt, b.occurredAt) || compare(a.position, b.position)

function grouped<T>(facts: readonly T[], keyOf: (fact: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const fact of facts) {
    const key = keyOf(fact)
    const group = groups.get(key)
    if (group) group.push(fact)
    else groups.set(key, [fact])
  }
  return groups
}

type Counted = Success & { readonly foreign: boolean; readonly dealId: string | null }

/** What came about and was not undone, with its value after all that changed it. */
function successesOf(marks: readonly MarkFact[], { conversion, currency }: JourneyParameters): Counted[] {
  const own = marks.filter(({ mark }) => mark === conversion)
  return [...grouped(own, ({ markId }) => markId)].flatMap(([id, own]) => {
    const last = own.findLast(({ count }) => count > 0)
    if (!last || own.reduce((sum, { count }) => sum + count, 0) <= 0) return []
    const foreign = last.currency !== null && last.currency !== currency
    const left = own.reduce((sum, { amount }) => sum + (amount ?? 0), 0)
    // What was paid and went back as a whole was no success.
    if (conversion === 'payment' && left <= 0) return []
    const value = foreign ? 0 : left
    return [{ id, at: last.occurredAt, value, foreign, dealId: last.dealId }]
  })
}

function before(touches: readonly TouchFact[], at: Instant, lookBackDays: number): TouchFact[] {
  const earliest = windowBefore(at, lookBackDays)
  return touches.filter(({ occurredAt }) => occurredAt <= at && occurredAt >= earliest)
}

function created(marks: readonly MarkFact[], window: readonly TouchFact[], at: Instant, dealId: string | null) {
  const place = (created: MarkFact | undefined) =>
    created ? window.findLastIndex(({ occurredAt }) => occurredAt <= created.occurredAt) : -1
  const earlier = marks.filter(({ occurredAt }) => occurredAt <= at)
  const deals = earlier.filter(({ mark }) => mark === 'deal')
  return {
    lead: place(earlier.find(({ mark }) => mark === 'lead')),
    deal: place(deals.find(({ markId }) => markId === dealId) ?? deals.at(-1)),
  }
}
