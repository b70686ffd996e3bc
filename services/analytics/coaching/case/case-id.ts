import { type Anomaly, type Coached, deriveId } from '@headwater/schema'

/**
 * The one case of a kind of anomaly, whenever it is seen: while it is open, whoever looks again finds it; once it is closed, fresh
 * evidence opens it again.
 */
export const coachingCaseId = (about: Coached, { kind, playbookId, stage }: Anomaly): string =>
  deriveId('coachingCase', JSON.stringify([about.kind, about.id, kind, playbookId, stage]))

/** Does the later anomaly rest on other deals than the earlier one, or the quiet on another last deal? */
export function isFresh(later: Anomaly, earlier: Anomaly): boolean {
  if (later.kind === 'quiet') return earlier.kind !== 'quiet' || later.last !== earlier.last
  return earlier.kind === 'quiet' || later.from >= earlier.to
}
