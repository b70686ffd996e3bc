import { type Anomaly, CoachingThresholds } from '@headwater/schema'
import { spec } from '@headwater/schema/testing'
import { describe, expect, it } from 'vitest'
import { type CoachingCaseCommand, coachingCase, coachingCaseId } from './case/index.ts'
import { coachingPolicy } from './policy/index.ts'

const about = { kind: 'store', id: 'store-7' } as const
const anomaly: Anomaly = {
  kind: 'low-conversion',
  playbookId: 'home-improvement',
  stage: 'quote',
  from: '2026-03-01T00:00:00.000Z',
  to: '2026-06-01T00:00:00.000Z',
  window: 'P30D',
  converted: 35,
  entered: 100,
  observed: 0.35,
  others: 0.52,
  estimate: { rate: 0.37, from: 0.3, to: 0.45 },
  pValue: 0.0004,
  qValue: 0.02,
}
const subject = { about, anomaly, deals: ['D-1', 'D-2'] }
const id = coachingCaseId(about, anomaly)
const given = spec(coachingCase, {
  streamId: id,
  at: '2026-06-02T00:00:00.000Z',
  actor: { id: 'm', role: 'headquarters' },
})

const open: CoachingCaseCommand = { type: 'OpenCoachingCase', data: subject }
const take: CoachingCaseCommand = { type: 'AcknowledgeCoachingCase', data: { plan: 'visit on Monday' } }
const close: CoachingCaseCommand = { type: 'CloseCoachingCase', data: { outcome: 'improved', note: 'new quote form' } }
const opened = { type: 'CoachingCaseOpened', data: subject } as const
const taken = { type: 'CoachingCaseAcknowledged', data: take.data } as const
const closed = { type: 'CoachingCaseClosed', data: close.data } as const

describe('a coaching case', () => {
  it('is opened once, whoever sees the anomaly again', () => {
    given().when(open).thenDecided(opened)
    given(opened).when(open).thenDecided()
    given(opened, taken, closed).when(open).thenDecided()
  })

  it('is opened again by fresh evidence once it is closed', () => {
    const later = { ...subject, anomaly: { ...anomaly, from: anomaly.to, to: '2026-09-01T00:00:00.000Z' } }
    const again: CoachingCaseCommand = { type: 'OpenCoachingCase', data: later }
    given(opened, taken).when(again).thenDecided()
    given(opened, closed).when(again).thenDecided({ type: 'CoachingCaseOpened', data: later })
    given(opened, closed, { type: 'CoachingCaseOpened', data: later }).when(take).thenDecided(taken)
  })

  it('of a quiet store is opened again when a deal has come in since and the next did not', () => {
    const quiet = (last: string | null) => ({
      about,
      anomaly: { kind: 'quiet' as const, playbookId: 'home-improvement', stage: 'design', last, days: 14 },
      deals: [],
    })
    const streamId = coachingCaseId(about, quiet(null).anomaly)
    const quietly = spec(coachingCase, { streamId, at: '2026-06-02T00:00:00.000Z' })
    const first = { type: 'CoachingCaseOpened', data: quiet(null) } as const
    const next = quiet('2026-05-01T00:00:00.000Z')
    quietly(first, closed)
      .when({ type: 'OpenCoachingCase', data: quiet(null) })
      .thenDecided()
    quietly(first, closed)
      .when({ type: 'OpenCoachingCase', data: next })
      .thenDecided({ ...first, data: next })
  })

  it('is about one anomaly', () => {
    const other = { ...open, data: { ...subject, about: { ...about, id: 'store-8' } } }
    given().when(other).thenRefused('other-coaching-case')
    const again = coachingCaseId(about, { ...anomaly, entered: 101, qValue: 0.01 })
    expect(again).toBe(id)
    expect(coachingCaseId(about, { ...anomaly, stage: 'design' })).not.toBe(id)
  })

  it('is taken by one person', () => {
    given().when(take).thenRefused('coaching-case-not-found')
    given(opened).when(take).thenDecided(taken)
    given(opened, taken).when(take).thenDecided()
    given(opened, taken)
      .when(take, { actor: { id: 'other', role: 'headquarters' } })
      .thenRefused('coaching-case-acknowledged', { details: { by: 'm' } })
    given(opened, closed).when(take).thenRefused('coaching-case-closed')
  })

  it('is closed with what came of it', () => {
    given(opened).when(close).thenDecided(closed)
    given(opened, taken).when(close).thenDecided(closed)
    given(opened, closed).when(close).thenDecided()
    given(opened, closed)
      .when({ ...close, data: { outcome: 'unchanged', note: 'as before' } })
      .thenRefused('coaching-case-closed')
  })
})

describe('the thresholds', () => {
  const published = spec(coachingPolicy, { streamId: 'main', at: '2026-06-02T00:00:00.000Z' })
  const stricter = CoachingThresholds.parse({ difference: 0.1, quiet: null })

  it('are published when they say something new', () => {
    published()
      .when({ type: 'PublishCoachingThresholds', data: CoachingThresholds.parse({}) })
      .thenDecided()
    const event = { type: 'CoachingThresholdsPublished', data: stricter } as const
    published().when({ type: 'PublishCoachingThresholds', data: stricter }).thenDecided(event)
    published(event).when({ type: 'PublishCoachingThresholds', data: stricter }).thenDecided()
  })
})
