// Coaching cases: what was seen in a store's or a rep's figures, and what came of talking about it.
import type { Aggregate, CoachingCaseEvent } from '@headwater/schema'
import { CoachingCaseCommand } from './commands.ts'
import { decide } from './decide.ts'
import { type CoachingCaseState, evolve, initialState } from './state.ts'

export { coachingCaseId } from './case-id.ts'
export { CoachingCaseCommand } from './commands.ts'
export type { CoachingCaseRefusal } from './decide.ts'
export type { CoachingCaseState } from './state.ts'

export const coachingCase: Aggregate<CoachingCaseState, CoachingCaseCommand, CoachingCaseEvent> = {
  category: 'coachingCase',
  command: CoachingCaseCommand,
  initialState,
  evolve,
  decide,
  caseId: (id) => id,
}
