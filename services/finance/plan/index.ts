// Commission plans: a stream each, a version never changes.
import type { Aggregate, CommissionPlanEvent } from '@headwater/schema'
import { CommissionPlanCommand } from './commands.ts'
import { type CommissionPlanNeeds, decide, needs } from './decide.ts'
import { type CommissionPlanState, evolve, initialState } from './state.ts'

export { CommissionPlanCommand } from './commands.ts'
export type { CommissionPlanNeeds, CommissionPlanRefusal } from './decide.ts'
export type { CommissionPlanState, CommissionPlanVersion } from './state.ts'

export const plan: Aggregate<CommissionPlanState, CommissionPlanCommand, CommissionPlanEvent, CommissionPlanNeeds> = {
  category: 'plan',
  command: CommissionPlanCommand,
  initialState,
  evolve,
  decide,
  needs,
  caseId: (id) => id,
}
