import type { EventLog } from '@headwater/infra/ports'
import { type FreshLog, freshLog, type TestDatabase } from '@headwater/infra/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { organisation, story } from '../testing/deals.ts'
import { record } from '../testing/facts.ts'
import { queryOf, question, write } from '../testing/funnel.ts'
import { type Counted, countedFacts } from '../testing/oracle.ts'
import { UnknownPlaybook } from './context.ts'
import { dealsBehind, funnel } from './funnel.ts'
import { type FunnelQuery, type GroupKey, Measure } from './query.ts'

const viewer = { id: 'spec', role: 'headquarters' }
let db: TestDatabase
let log: EventLog
let sources: FreshLog

beforeAll(async () => {
  sources = await freshLog()
  ;({ db, log } = sources)
  await record(log, 'organisation', organisation())
})
afterAll(() => sources.drop())

const passes =
  ({ filter }: FunnelQuery) =>
  (fact: Counted) =>
    Object.entries(filter).every(([dimension, values]) => !values || values.includes(fact.dims[dimension] ?? null))

const inGroup = (key: GroupKey) => (fact: Counted) =>
  Object.entries(key).every(([dimension, value]) => (fact.dims[dimension] ?? null) === value)

/** SQL:2011 percentile_cont. */
function percentile(values: readonly number[], p: number): number | null {
  const sorted = [...values].sort((a, b) => a - b)
  if (sorted.length === 0) return null
  const at = p * (sorted.length - 1)
  const low = sorted[Math.floor(at)]!
  return low + (sorted[Math.ceil(at)]! - low) * (at - Math.floor(at))
}

const close = (value: number | null) => (value === null ? null : expect.closeTo(value, 6))

function durations(facts: readonly Counted[], of: 0 | 1) {
  const values = facts.map((fact) => fact.seconds![of])
  const mean = values.length === 0 ? null : values.reduce((a, b) => a + b, 0) / values.length
  return {
    count: values.length,
    mean: close(mean),
    median: close(percentile(values, 0.5)),
    p90: close(percentile(values, 0.9)),
  }
}

describe('over any history, as of any dates', () => {
  test('SQL counts what the definitions, read naively, count; and every number leads to as many deals', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(story, { minLength: 1, maxLength: 24, size: 'max' }),
        fc.array(question, { minLength: 6, maxLength: 12, size: 'max' }),
        async (stories, questions) => {
          const { playbook, events } = await write(sources, stories)
          for (const each of questions) {
            const query = queryOf(playbook, events, each)
            const result = await funnel(db, viewer, query)
            const facts = countedFacts(events, query, result.asOf.businessTime).filter(passes(query))
            const groups = new Set(facts.map((fact) => JSON.stringify(query.groupBy.map((d) => fact.dims[d] ?? null))))
            expect(result.groups.length).toBe(query.groupBy.length === 0 ? 1 : groups.size)
            for (const group of result.groups) {
              const own = facts.filter(inGroup(group.key))
              const count = (measure: Measure, stage?: string, reason?: string) =>
                own.filter(
                  (f) => f.measure === measure && (!stage || f.stage === stage) && (!reason || f.reason === reason),
                )
              for (const measure of ['won', 'lost', 'open', 'flaggedCases'] as const)
                expect(group[measure], measure).toBe(count(measure).length)
              const reachedFirst = count('reached', group.stages[0]!.stage).length
              for (const figures of group.stages) {
                const { stage } = figures
                const of = (measure: Measure) => count(measure, stage)
                for (const measure of [
                  'reached',
                  'converted',
                  'lost',
                  'open',
                  'reentries',
                  'skipped',
                  'flagged',
                  'visits',
                ] as const)
                  expect(figures[measure], `${measure} of ${stage}`).toBe(of(measure).length)
                for (const measure of ['dwell', 'dwellToNext', 'openAge'] as const) {
                  expect(figures[measure], `${measure} of ${stage}`).toEqual(durations(of(measure), 0))
                  expect(figures[`${measure}Business`], `${measure} of ${stage}`).toEqual(durations(of(measure), 1))
                }
                if (reachedFirst > 0)
                  expect(figures.overallConversion).toBeCloseTo(of('overall').length / reachedFirst, 9)
                for (const { reason, count: n } of figures.lossReasons)
                  expect(n).toBe(count('lost', stage, reason).length)
                for (const { reason, count: n } of figures.blockingReasons)
                  expect(n).toBe(count('blocked', stage, reason).length)
              }
            }
            for (const measure of Measure.options) {
              const [group] = result.groups
              if (!group) continue
              const behind = await dealsBehind(db, viewer, query, { group: group.key, measure })
              const expected = facts.filter((f) => f.measure === measure && inGroup(group.key)(f))
              expect(behind.map((v) => `${v.dealId} ${v.visitNo}`).sort(), measure).toEqual(
                expected.map((f) => `${f.visit.dealId} ${f.visit.no}`).sort(),
              )
            }
          }
        },
      ),
      { numRuns: 15 },
    )
  }, 240_000)
})

test('a playbook that does not exist, or not in that version, is an error of its own', async () => {
  await expect(funnel(db, viewer, { playbook: { id: 'nowhere' } })).rejects.toThrow(UnknownPlaybook)
})
