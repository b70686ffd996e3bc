// The organisation: regions, stores, people and their reporting line, in time.
import type { Aggregate, OrganisationEvent } from '@headwater/schema'
import { OrganisationCommand } from './commands.ts'
import { decide } from './decide.ts'
import { evolve, initialState, type OrganisationState } from './state.ts'

export type { OrganisationRefusal } from './checks.ts'
export { OrganisationCommand } from './commands.ts'
export { subjectOfRep } from './decide.ts'
export * from './queries.ts'
export type { OrganisationState, Region, Rep, Store } from './state.ts'

/** The id of the only organisation stream, `organisation-main`. */
export const ORGANISATION_ID = 'main'

export const organisation: Aggregate<OrganisationState, OrganisationCommand, OrganisationEvent> = {
  category: 'organisation',
  command: OrganisationCommand,
  initialState,
  evolve,
  decide,
  caseId: (id) => id,
}
