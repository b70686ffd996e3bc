import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Journeys } from './journeys.ts'
import { removalEffects } from './markov.ts'
import { creditsOf, ModelSettings, modelNames } from './models.ts'
import { shared } from './shared.ts'

interface Path {
  readonly steps: string
  readonly conversions?: number
  readonly nulls?: number
  readonly value?: number
  /** Days before the end; the place counted from the end unless said. */
  readonly ages?: readonly number[]
  readonly lead?: number
  readonly deal?: number
}

/** `direct` is where people come by themselves. */
function journeys(paths: readonly Path[]): Journeys {
  const all = paths.map(({ steps }) => (steps === '' ? [] : steps.split(' > ')))
  const channels = [...new Set(all.flat())].sort()
  const column = (of: (path: Path) => number) => Float64Array.from(paths, of)
  return {
    channels,
    offsets: Uint32Array.from([0, ...all.map((_, path) => all.slice(0, path + 1).flat().length)]),
    steps: Uint32Array.from(all.flat(), (channel) => channels.indexOf(channel)),
    conversions: column(({ conversions = 0 }) => conversions),
    values: column(({ value = 0 }) => value),
    nulls: column(({ nulls = 0 }) => nulls),
    ages: Float64Array.from(
      paths.flatMap(({ ages }, path) => ages ?? all[path]!.map((_, i) => all[path]!.length - 1 - i)),
      (days) => days * 86_400_000,
    ),
    direct: Uint8Array.from(all.flat(), (channel) => Number(channel === 'direct')),
    lead: Int32Array.from(paths, ({ lead = -1 }) => lead),
    deal: Int32Array.from(paths, ({ deal = -1 }) => deal),
  }
}

const settings = ModelSettings.parse({})
function table(model: (typeof modelNames)[number], paths: readonly Path[], set: Partial<ModelSettings> = {}) {
  const given = journeys(paths)
  const { conversions } = creditsOf(model, { ...settings, ...set }, given)
  return Object.fromEntries(given.channels.map((channel, i) => [channel, expect.closeTo(conversions[i]!, 9)]))
}

/** Two successes, and B alone without one. */
const small = [
  { steps: 'A > B > C', conversions: 1 },
  { steps: 'A > C', conversions: 1 },
  { steps: 'B', nulls: 1 },
]

describe('paths A > B > C (1), A > C (1), B (without success)', () => {
  it.each([
    ['first', { A: 2, B: 0, C: 0 }],
    ['last', { A: 0, B: 0, C: 2 }],
    ['last-non-direct', { A: 0, B: 0, C: 2 }],
    ['linear', { A: 1 / 3 + 1 / 2, B: 1 / 3, C: 1 / 3 + 1 / 2 }],
    // Half-life of a week; a day between two steps: weights q², q, 1 with q = 2^(-1/7).
    ['time-decay', decayed(2 ** (-1 / 7))],
    ['position', { A: 0.4 + 0.5, B: 0.2, C: 0.4 + 0.5 }],
    // Nothing says where lead and deal were created: the first takes 90 % and the others 10 %.
    ['w-shaped', { A: 0.9 + 0.9, B: 0.05, C: 0.05 + 0.1 }],
    // A success follows with 2/3; without A with 1/6, without B with 1/3, without C never: effects 3/4, 1/2 and 1 of 9/4.
    ['markov', { A: 2 / 3, B: 4 / 9, C: 8 / 9 }],
    ['shapley', { A: 1 / 3 + 1 / 2, B: 1 / 3, C: 1 / 3 + 1 / 2 }],
  ] as const)('%s', (model, expected) => {
    expect(expected).toEqual(table(model, small))
  })

  function decayed(q: number) {
    const [three, two] = [1 + q + q * q, 1 + q]
    return { A: (q * q) / three + q / two, B: q / three, C: 1 / three + 1 / two }
  }
})

describe('single models', () => {
  it('last non-direct passes by who came by themselves, unless nobody else is there', () => {
    const paths = [
      { steps: 'A > B > direct', conversions: 1 },
      { steps: 'direct', conversions: 1 },
    ]
    expect({ A: 0, B: 1, direct: 1 }).toEqual(table('last-non-direct', paths))
  })

  it('time decay halves by the half-life, however long ago all of it was', () => {
    const paths = [{ steps: 'A > B', conversions: 3, ages: [20_007, 20_000] }]
    expect({ A: 1, B: 2 }).toEqual(table('time-decay', paths, { halfLifeDays: 7 }))
  })

  it('position based shares as it is told', () => {
    const paths = [
      { steps: 'A > B > C > D', conversions: 1 },
      { steps: 'D', conversions: 1 },
    ]
    expect({ A: 0.5, B: 0.1, C: 0.1, D: 0.3 + 1 }).toEqual(table('position', paths, { weights: [0.5, 0.2, 0.3] }))
    expect({ A: 0.5, B: 0.5 }).toEqual(table('position', [{ steps: 'A > B', conversions: 1 }], { weights: [0, 1, 0] }))
  })

  it('w-shaped gives 30 % each to the first touch and those that made lead and deal', () => {
    const path = { steps: 'A > B > C > D', conversions: 1, lead: 1, deal: 2 }
    expect({ A: 0.3, B: 0.3, C: 0.3, D: 0.1 }).toEqual(table('w-shaped', [path]))
    expect({ A: 0.6, B: 0.05, C: 0.3, D: 0.05 }).toEqual(table('w-shaped', [{ ...path, lead: 0 }]))
    expect({ A: 1 }).toEqual(table('w-shaped', [{ steps: 'A', conversions: 1, lead: 0, deal: 0 }]))
  })

  it('Shapley of {a: 4, b: 0, a with b: 6} gives a 7 and b 3', () => {
    const paths = [
      { steps: 'a', conversions: 4 },
      { steps: 'b', nulls: 9 },
      { steps: 'b > a > a', conversions: 2 },
      { steps: 'a > b', conversions: 4 },
    ]
    expect({ a: 7, b: 3 }).toEqual(table('shapley', paths))
  })

  it('Markov of a higher order tells apart what came before', () => {
    // After A, B always leads to success, and after C never: of order 1, B is a coin.
    const paths = [
      { steps: 'A > B', conversions: 1 },
      { steps: 'C > B', nulls: 1 },
    ]
    expect([...removalEffects(journeys(paths), 1)]).toEqual([0.5, 1, 0.5].map((effect) => expect.closeTo(effect, 9)))
    expect([...removalEffects(journeys(paths), 2)]).toEqual([1, 1, 0].map((effect) => expect.closeTo(effect, 9)))
  })

  it.each(modelNames)('%s gives nothing to a channel of no path with a success, or without any', (model) => {
    const paths = [
      { steps: 'A > A', conversions: 2 },
      { steps: 'Z', nulls: 5 },
      { steps: '', conversions: 1 },
    ]
    expect({ A: 2, Z: 0 }).toEqual(table(model, paths))
    expect({ Z: 0 }).toEqual(table(model, [{ steps: 'Z', nulls: 5 }]))
  })
})

describe('laws', () => {
  const channel = fc.constantFrom('a', 'b', 'c', 'd')
  const path = fc.record({
    steps: fc.array(channel, { minLength: 1, maxLength: 5 }).map((steps) => steps.join(' > ')),
    conversions: fc.nat(5),
    nulls: fc.nat(5),
  })

  it('what is lost without a channel lies between nothing and everything', () => {
    fc.assert(
      fc.property(fc.array(path, { minLength: 1, maxLength: 8 }), fc.constantFrom(1, 2, 3), (paths, order) => {
        for (const effect of removalEffects(journeys(paths), order)) {
          expect(effect).toBeGreaterThanOrEqual(0)
          expect(effect).toBeLessThanOrEqual(1)
        }
      }),
    )
  })

  it('a tie goes to the first of the list, however its sums came about', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 12 }),
        fc.integer({ min: 1, max: 200 }),
        fc.boolean(),
        (parts, times, first) => {
          const added = Array.from({ length: times }, () => 1 / parts).reduce((sum, part) => sum + part, 0)
          const sums = first ? [added, times / parts] : [times / parts, added]
          expect(shared(1, Float64Array.from(sums))).toEqual([1, 0])
        },
      ),
    )
  })
})
