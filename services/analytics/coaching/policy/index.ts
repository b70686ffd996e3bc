// The thresholds of anomalies as data: one stream, an event each time they are published.
import {
  type Aggregate,
  type CoachingPolicyEvent,
  CoachingThresholds,
  type Decision,
  sameData,
} from '@headwater/schema'
import { z } from 'zod'

/** The id of the only stream, `coachingPolicy-main`. */
export const COACHING_POLICY_ID = 'main'

export const CoachingPolicyCommand = z.object({
  type: z.literal('PublishCoachingThresholds'),
  data: CoachingThresholds,
})
export type CoachingPolicyCommand = z.infer<typeof CoachingPolicyCommand>

/** The thresholds that hold. */
export type CoachingPolicyState = CoachingThresholds

export const coachingPolicy: Aggregate<CoachingPolicyState, CoachingPolicyCommand, CoachingPolicyEvent> = {
  category: 'coachingPolicy',
  command: CoachingPolicyCommand,
  initialState: CoachingThresholds.parse({}),
  evolve: (_, { data }) => data,
  decide: ({ data }, state): Decision<CoachingPolicyEvent> =>
    sameData(data, state) ? [] : [{ type: 'CoachingThresholdsPublished', data }],
  caseId: (id) => id,
}
