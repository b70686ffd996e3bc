// Histories written to a log, and questions about them: for laws over funnels.
import { type Instant, newId, type RecordedEvent } from '@headwater/schema'
import fc from 'fast-check'
import { Dimension, FunnelQuery } from '../funnel/query.ts'
import { catchUp, readModels, type Sources } from '../index.ts'
import { type Story, setting, tell } from './deals.ts'
import { record } from './facts.ts'

/** Writes the stories under a playbook of their own, so that each run sees only its own deals. */
export async function write(
  sources: Sources,
  stories: readonly Story[],
): Promise<{ playbook: string; events: RecordedEvent[] }> {
  const { log } = sources
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

export const question = fc.record({
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
export type Question = typeof question extends fc.Arbitrary<infer T> ? T : never

export function queryOf(playbook: string, events: readonly RecordedEvent[], q: Question) {
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
