// Deals: through the stages of a playbook, gate by gate.
import type { Aggregate, DealEvent } from '@headwater/schema'
import { DealCommand } from './commands.ts'
import { type DealNeeds, decide, needs } from './decide.ts'
import { type DealState, evolve, initialState } from './state.ts'

export { DealCommand } from './commands.ts'
export type { DealNeeds } from './decide.ts'
export { type GateFacts, gateFacts, missingForNext, type NextStep } from './gates.ts'
export { type MigrationPreview, previewMigration } from './migration.ts'
export type { DealRefusal } from './refusals.ts'
export type { Deal, DealState } from './state.ts'

export const deal: Aggregate<DealState, DealCommand, DealEvent, DealNeeds> = {
  category: 'deal',
  command: DealCommand,
  initialState,
  evolve,
  decide,
  begins: ['OpenDeal'],
  needs,
  caseId: (id, state) => (state.status === 'none' ? id : state.deal.caseId),
}
