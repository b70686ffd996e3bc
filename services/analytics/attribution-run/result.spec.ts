import type { AttributionParameters } from '@headwater/schema'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { modelNames } from '../attribution/models.ts'
import type { JourneyFacts } from '../journeys/facts.ts'
import { journeysOf } from '../journeys/journeys.ts'
import { anyFacts, touch, won } from '../testing/facts.ts'
import { attribute } from './result.ts'

const asked: AttributionParameters = {
  models: [...modelNames],
  settings: {},
  conversion: 'won',
  by: 'channel',
  lookBackDays: 30,
  currency: 'CNY',
}
const run = (facts: JourneyFacts, parameters: Partial<AttributionParameters> = {}) =>
  attribute(journeysOf(facts, { ...asked, ...parameters }), { ...asked, ...parameters })

describe('a result', () => {
  it('shows cost, cost by conversion and return beside the credit', () => {
    const cost = { cost: 300, costCurrency: 'CNY' }
    const touches = [
      touch('lead/1', 1, 'ad', cost),
      touch('lead/2', 1, 'ad', cost),
      touch('lead/1', 2, 'fair', { cost: 9, costCurrency: 'USD' }),
    ]
    const result = run({ touches, links: [], marks: [won('lead/1', 3, 'D1', 9_001)] }, { models: ['linear'] })
    expect(result).toMatchObject({
      rows: [
        {
          key: 'ad',
          touches: 2,
          cost: 600,
          credits: [{ conversions: 0.5, value: 4_501, costPerConversion: 1_200, returnOnCost: 7.5017 }],
        },
        {
          key: 'fair',
          touches: 1,
          cost: 0,
          credits: [{ conversions: 0.5, value: 4_500, costPerConversion: 0, returnOnCost: null }],
        },
      ],
      conversions: 1,
      notConverted: 1,
      persons: 2,
      otherCurrency: { conversions: 0, costs: 1 },
    })
  })

  it('gives out what was achieved, to the minor unit, by every model and window', () => {
    fc.assert(
      fc.property(
        anyFacts,
        fc.integer({ min: 1, max: 60 }),
        fc.constantFrom('channel', 'rep'),
        (facts, lookBackDays, by) => {
          const { rows, conversions, value, unattributed } = run(facts, { lookBackDays, by })
          for (const [i, model] of modelNames.entries()) {
            const sum = (of: 'conversions' | 'value') =>
              rows.reduce((total, { credits }) => total + Math.round(credits[i]![of] * 1e6), 0) / 1e6
            expect(sum('conversions'), model).toBe(conversions - unattributed.conversions)
            expect(sum('value'), model).toBe(value - unattributed.value)
          }
        },
      ),
      { numRuns: 40 },
    )
  })

  it('does not depend on what the channels are called', () => {
    const names = { a: 'z', b: 'y', c: 'x', d: 'w' } as const
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const renamed = facts.touches.map((each) => ({
          ...each,
          channel: each.channel && names[each.channel as keyof typeof names],
        }))
        const [before, after] = [run(facts), run({ ...facts, touches: renamed })]
        for (const row of before.rows) {
          const other = after.rows.find(({ key }) => key === (names[row.key as keyof typeof names] ?? row.key))!
          expect(other).toMatchObject({ touches: row.touches, cost: row.cost })
          row.credits.forEach(({ conversions, value }, i) => {
            // The last unit of equal remainders goes to the first in the list.
            expect(Math.abs(other.credits[i]!.conversions - conversions)).toBeLessThan(2e-6)
            expect(Math.abs(other.credits[i]!.value - value)).toBeLessThanOrEqual(1)
          })
        }
      }),
      { numRuns: 40 },
    )
  })
})
