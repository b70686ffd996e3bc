import { type Anomaly, type Coached, deriveId } from '@headwater/schema'

/**
 * The one case of an anomaly: whoever looks again at the same deals finds the case that is open already. A quiet store is a new
 * case once a deal came into the stage and the quiet began anew.
 */
export function coachingCaseId(about: Coached, anomaly: Anomaly): string {
  const seen = anomaly.kind === 'quiet' ? [anomaly.last] : [anomaly.from, anomaly.to]
  return deriveId(
    'coachingCase',
    JSON.stringify([about.kind, about.id, anomaly.kind, anomaly.playbookId, anomaly.stage, ...seen]),
  )
}
