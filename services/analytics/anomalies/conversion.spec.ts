import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ConversionThresholds, judgeConversion } from './conversion.ts'
import { adjusted } from './false-discovery.ts'
import { priorOf, shrunken } from './shrinkage.ts'

const thresholds: ConversionThresholds = { difference: 0.05, falseDiscoveryRate: 0.1, coverage: 0.9 }
const step = (member: string, successes: number, trials: number) => ({ member, step: 'quote', successes, trials })

/** Deterministic uniform numbers (a linear congruential generator is random enough to draw coins). */
function coins(seed: number) {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
const toss = (coin: () => number, trials: number, rate: number) =>
  Array.from({ length: trials }, coin).filter((u) => u < rate).length

describe('judgeConversion', () => {
  it('computes the exact one-sided test by hand: the lady tasting tea', () => {
    // Eight cups, four with milk first; of the four chosen none or one was right: (1 + 16) / 70.
    const [judged] = judgeConversion([step('a', 1, 4), step('b', 3, 4)], thresholds)
    expect(judged!.pValue).toBeCloseTo(17 / 70, 6)
    expect(judged).toMatchObject({ observed: 0.25, others: 0.75, low: false })
  })

  it('finds 35 % against 52 % with three hundred deals, and makes no case of nine', () => {
    const others = Array.from({ length: 20 }, (_, i) => step(`store-${i}`, 156, 300))
    const low = judgeConversion([...others, step('weak', 105, 300), step('small', 3, 9)], thresholds).filter(
      (x) => x.low,
    )
    expect(low.map(({ member }) => member)).toEqual(['weak'])
    const small = judgeConversion([...others, step('small', 3, 9)], thresholds).at(-1)!
    expect(small.estimate.rate).toBeGreaterThan(0.5)
    expect(small.estimate.to).toBeGreaterThan(0.52)
  })

  it('leaves alone what is certain but too small to matter', () => {
    const judged = judgeConversion([step('a', 49_000, 100_000), step('b', 52_000, 100_000)], thresholds)
    expect(judged[0]).toMatchObject({ low: false })
    expect(judged[0]!.qValue).toBeLessThan(0.001)
  })

  it('judges a member without deals and a step that only one member takes', () => {
    const [empty, only] = judgeConversion([step('empty', 0, 0), step('only', 0, 50)], thresholds)
    expect(empty).toMatchObject({ observed: null, pValue: 1, low: false })
    expect(only).toMatchObject({ others: null, low: false })
  })

  it('raises a false alarm in at most the accepted share of organisations whose stores are all alike', () => {
    const coin = coins(7)
    const organisations = 400
    let alarmed = 0
    for (let i = 0; i < organisations; i++) {
      const stores = Array.from({ length: 30 }, (_, store) => {
        const trials = 5 + Math.floor(coin() * 60)
        return step(`store-${store}`, toss(coin, trials, 0.5), trials)
      })
      if (judgeConversion(stores, { ...thresholds, difference: 0 }).some((x) => x.low)) alarmed++
    }
    expect(alarmed / organisations).toBeLessThanOrEqual(thresholds.falseDiscoveryRate)
  })

  it('finds a bad store among thirty in nearly every organisation when it has deals enough', () => {
    const coin = coins(11)
    let found = 0
    for (let i = 0; i < 100; i++) {
      const stores = Array.from({ length: 29 }, (_, store) => step(`store-${store}`, toss(coin, 150, 0.52), 150))
      if (judgeConversion([...stores, step('bad', toss(coin, 200, 0.35), 200)], thresholds).at(-1)!.low) found++
    }
    expect(found).toBeGreaterThanOrEqual(90)
  })

  it('does not depend on the order of the members', () => {
    const cells = fc.array(fc.tuple(fc.nat(40), fc.nat(40)), { minLength: 2, maxLength: 12 })
    fc.assert(
      fc.property(cells, (pairs) => {
        const steps = pairs.map(([won, lost], i) => step(`s${i}`, won, won + lost))
        const byMember = (judged: ReturnType<typeof judgeConversion>) =>
          Object.fromEntries(judged.map(({ member, low, pValue }) => [member, [low, pValue]]))
        expect(byMember(judgeConversion(steps.toReversed(), thresholds))).toEqual(
          byMember(judgeConversion(steps, thresholds)),
        )
      }),
    )
  })
})

describe('adjusted', () => {
  it('steps up as in the table of its authors', () => {
    const p = [0.01, 0.04, 0.03, 0.005]
    expect(adjusted(p).map((q) => Number(q.toFixed(4)))).toEqual([0.02, 0.04, 0.04, 0.02])
  })
})

describe('shrunken', () => {
  it('lies between what was seen and what is usual, nearer to the usual the fewer the trials', () => {
    const prior = priorOf([
      { successes: 60, trials: 100 },
      { successes: 45, trials: 100 },
      { successes: 30, trials: 100 },
    ])
    const usual = prior.alpha / (prior.alpha + prior.beta)
    const few = shrunken({ successes: 1, trials: 5 }, prior, 0.9)
    const many = shrunken({ successes: 40, trials: 200 }, prior, 0.9)
    for (const { rate } of [few, many]) expect(rate).toSatisfy((r: number) => r > 0.2 && r < usual)
    expect(few.rate).toBeGreaterThan(many.rate)
    expect(few.to - few.from).toBeGreaterThan(many.to - many.from)
  })

  it('stays inside the unit interval whatever was counted', () => {
    const proportion = fc.tuple(fc.nat(500), fc.nat(500)).map(([won, lost]) => ({ successes: won, trials: won + lost }))
    fc.assert(
      fc.property(fc.array(proportion, { minLength: 1, maxLength: 8 }), (members) => {
        const prior = priorOf(members)
        for (const member of members) {
          const { from, rate, to } = shrunken(member, prior, 0.9)
          expect(from).toBeGreaterThanOrEqual(0)
          expect(to).toBeLessThanOrEqual(1)
          expect(from).toBeLessThanOrEqual(to)
          expect(rate).toSatisfy((r: number) => r > 0 && r < 1)
        }
      }),
    )
  })
})
