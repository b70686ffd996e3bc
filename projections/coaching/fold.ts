import { streamId } from '@headwater/schema'
import type { ReadModel } from '../engine/read-model.ts'
import { coachingCases } from './tables.ts'

const parts = {}

const nothingYet = {
  ...{ acknowledgedBy: null, acknowledgedAt: null, plan: null },
  ...{ closedBy: null, closedAt: null, outcome: null, note: null },
}

/** Coaching cases, from what was seen to what came of it. */
export const coachingModel: ReadModel<typeof coachingCases, typeof parts> = {
  name: 'coaching',
  version: 1,
  root: coachingCases,
  parts,
  streams: ['coachingCase-'],
  key: (event) => streamId(event.stream),
  evolve(before, event) {
    const { revision, data, type, meta } = event
    if (type === 'CoachingCaseOpened') {
      const about = { aboutKind: data.about.kind, aboutId: data.about.id }
      const seen = { anomaly: data.anomaly, dealIds: data.deals, openedAt: meta.occurredAt }
      const openings = (before?.root.openings ?? 0) + 1
      const coachingCaseId = streamId(event.stream)
      return { root: { coachingCaseId, revision, ...about, ...seen, openings, status: 'open', ...nothingYet } }
    }
    if (!before) throw new Error(`${type} before the case was opened`)
    const root = { ...before.root, revision }
    const [by, at] = [meta.actor.id, meta.occurredAt]
    if (type === 'CoachingCaseAcknowledged')
      return {
        root: { ...root, status: 'acknowledged', acknowledgedBy: by, acknowledgedAt: at, plan: data.plan ?? null },
      }
    if (type === 'CoachingCaseClosed')
      return { root: { ...root, status: 'closed', closedBy: by, closedAt: at, ...data } }
    return { root }
  },
}
