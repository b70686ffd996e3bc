// Which aggregates there are, and the look-ups that their decisions ask for.
import { attributionRun, COACHING_POLICY_ID, coachingCase, coachingPolicy } from '@headwater/analytics'
import { contract, LEDGER_ID, ledger, plan } from '@headwater/finance'
import { ORGANISATION_ID, type OrganisationState, organisation, placementAt } from '@headwater/organisation'
import { customer, type Duplicates, deal, lead, playbook, visitor } from '@headwater/sales'
import type { AnyAggregate, Lookup } from '@headwater/shell'

/** What commands can be sent to, by category. */
export const aggregates: ReadonlyMap<string, AnyAggregate> = new Map(
  [
    ...[organisation, playbook, visitor, lead, customer, deal, contract, plan, ledger],
    ...[attributionRun, coachingPolicy, coachingCase],
  ].map((aggregate) => [aggregate.category, aggregate]),
)

/** Aggregates of which there is one, with the id of its stream. */
export const onlyOnes: Readonly<Record<string, string>> = {
  organisation: ORGANISATION_ID,
  ledger: LEDGER_ID,
  coachingPolicy: COACHING_POLICY_ID,
}

/** Finds leads that may be the same as a new one; it may be a moment behind. */
export interface LeadLookup {
  findDuplicates(question: {
    /** E.164. */
    readonly phone?: string | undefined
    /** As `normaliseOrganisation` gives it. */
    readonly organisation?: string | undefined
    readonly exceptLeadId?: string | undefined
  }): Promise<Duplicates>
}

export function lookups(leads: LeadLookup): Readonly<Record<string, Lookup>> {
  return {
    duplicates(input) {
      const { leadId, ...same } = input as { leadId: string; phone?: string; organisation?: string }
      return leads.findDuplicates({ ...same, exceptLeadId: leadId })
    },
    async placement(input, read) {
      const { repId, at } = input as { repId: string; at: string }
      return placementAt((await read('organisation', ORGANISATION_ID)) as OrganisationState, repId, at)
    },
    async absent(input, read) {
      const { repIds, at } = input as { repIds: readonly string[]; at: string }
      const state = (await read('organisation', ORGANISATION_ID)) as OrganisationState
      return repIds.filter((repId) => !placementAt(state, repId, at))
    },
  }
}
