// Leads: from the first contact to a customer and a deal.
import type { Aggregate, LeadEvent } from '@headwater/schema'
import { LeadCommand } from './commands.ts'
import { decide, type LeadNeeds, needs } from './decide.ts'
import { evolve, initialState, type LeadState } from './state.ts'

export { LeadCommand } from './commands.ts'
export type { LeadNeeds } from './decide.ts'
export type { Duplicates } from './duplicates.ts'
export type { LeadRefusal } from './refusals.ts'
export type { Judgement, Lead, LeadState } from './state.ts'

export const lead: Aggregate<LeadState, LeadCommand, LeadEvent, LeadNeeds> = {
  category: 'lead',
  command: LeadCommand,
  initialState,
  evolve,
  decide,
  begins: ['CaptureLead'],
  needs,
  caseId: (id) => id,
}
