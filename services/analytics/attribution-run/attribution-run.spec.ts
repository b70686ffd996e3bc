import { spec } from '@headwater/schema/testing'
import { describe, it } from 'vitest'
import { attributionRun } from './index.ts'

const given = spec(attributionRun, { streamId: 'run-1' })
const run = {
  parameters: {
    models: ['first', 'markov'],
    settings: { order: 1 },
    conversion: 'won',
    by: 'channel',
    lookBackDays: 90,
    currency: 'CNY',
  },
  position: '0000000000000042',
  digest: 'ab'.repeat(32),
  conversions: 7,
  value: 123_450,
} as const
const data = { ...run, parameters: { ...run.parameters, models: [...run.parameters.models] } }
const recorded = { type: 'AttributionRunRecorded', data: { ...data, runId: 'run-1' } } as const

describe('a run of an attribution', () => {
  it('is recorded once', () => {
    given().when({ type: 'RecordAttributionRun', data }).thenDecided(recorded)
    given(recorded).when({ type: 'RecordAttributionRun', data }).thenDecided()
  })

  it('never changes', () => {
    const other = { ...data, digest: 'cd'.repeat(32) }
    given(recorded).when({ type: 'RecordAttributionRun', data: other }).thenRefused('run-exists')
  })
})
