import { randomBytes } from 'node:crypto'
import { openPostgresEventLog } from '@headwater/infra/event-log'
import { openKeyVault } from '@headwater/infra/keys'
import type { EventLog } from '@headwater/infra/ports'
import { freshDatabase, type TestDatabase } from '@headwater/infra/testing'
import { type Instant, newId, type RecordedEvent } from '@headwater/schema'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { catchUp, readModels } from '../index.ts'
import { organisation, type Story, setting, story, tell } from '../testing/deals.ts'
import { record } from '../testing/facts.ts'
import { type Counted, countedFacts } from '../testing/oracle.ts'
import { dealsBehind, funnel, UnknownPlaybook } from './funnel.ts'
import { Dimension, FunnelQuery, type GroupKey, Measure } from './query.ts'

const viewer = { id: 'spec', role: 'headquarters' }
let db: TestDatabase
let log: EventLog
let sources: Parameters<typeof catchUp>[0]

beforeAll(async () => {
  db = await freshDatabase()
  log = await openPostgresEventLog(db)
  sources = { db, log, vault: await openKeyVault(db, { masterKey: randomBytes(32) }) }
  await record(log, 'organisation', organisation())
})
afterAll(async () => {
  await log.close()
  await db.drop()
})

/** Writes the stories under a playbook of their own, so that each run sees only its own deals. */
async function write(stories: readonly Story[]): Promise<{ playbook: string; events: RecordedEvent[] }> {
  const playbook = newId()
  const deals = stories.map((each, i) => tell(`${playbook.slice(-12)}-${i}`, playbook, each))
  // Half of each story is recorded after the first half of all others.
  const halves = [0, 1].map((half) =>
    deals.flatMap((facts) => facts.filter((_, i) => (i * 2 < facts.length ? 0 : 1) === half)),
  )
  await record(log, playbook, setting(playbook))
  await record(log, `${playbook} first`, halves[0]!, { together: true })
  await record(log, `${playbook} second`, halves[1]!, { together: true })
  await catchUp(sources, readModels)
  const streams = await Promise.all(deals.map((facts) => log.readStream(facts[0]!.stream)))
  return { playbook, events: streams.flat() }
}

const question = fc.record({
  version: fc.option(fc.constantFrom(1, 2), { nil: undefined }),
  groupBy: fc.subarray([...Dimension.options]),
  filter: fc.record(
    {
      store: fc.subarray(['s1', 's2'], { minLength: 1 }),
      region: fc.subarray(['north', 'south'], { minLength: 1 }),
      channel: fc.subarray(['web', 'fair', null], { minLength: 1 }),
    },
    { requiredKeys: [] },
  ),
  unit: fc.constantFrom('day', 'week', 'month'),
  anchorStage: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }),
  from: fc.option(fc.constant('2026-01-08T00:00:00.000Z'), { nil: undefined }),
  window: fc.option(fc.constantFrom('PT12H', 'PT60H'), { nil: undefined }),
  /** Which event's business time, and which one's recorded time, to look from. */
  businessAt: fc.option(fc.nat(), { nil: undefined, freq: 2 }),
  recordedAt: fc.option(fc.nat(), { nil: undefined, freq: 2 }),
})
type Question = typeof question extends fc.Arbitrary<infer T> ? T : never

function queryOf(playbook: string, events: readonly RecordedEvent[], q: Question) {
  const pick = (n: number | undefined) => (n === undefined ? undefined : events[n % events.length])
  const businessTime: Instant | undefined = pick(q.businessAt)?.meta.occurredAt
  const recordedTime: Instant | undefined = pick(q.recordedAt)?.recordedAt
  return FunnelQuery.parse({
    playbook: { id: playbook, version: q.version },
    groupBy: q.groupBy,
    filter: q.filter,
    bucket: { unit: q.unit },
    cohort: { stage: q.anchorStage, from: q.from },
    conversionWindow: q.window,
    asOf: { businessTime, recordedTime },
  })
}

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
          const { playbook, events } = await write(stories)
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
