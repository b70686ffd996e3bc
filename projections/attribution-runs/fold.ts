import { streamId } from '@headwater/schema'
import type { ReadModel } from '../engine/read-model.ts'
import { actedFactOf } from '../fact.ts'
import { attributionRuns } from './tables.ts'

/** What was asked of attribution, and the digest of each answer. */
export const attributionRunsModel: ReadModel<typeof attributionRuns, Record<never, never>> = {
  name: 'attribution_runs',
  version: 1,
  root: attributionRuns,
  parts: {},
  streams: ['attribution-'],
  key: (event) => streamId(event.stream),
  evolve(run, event) {
    if (event.type !== 'AttributionRunRecorded') return run
    const { position: asOf, ...told } = event.data
    return { root: { ...told, asOf, revision: event.revision, ...actedFactOf(event) } }
  },
}
