import {
  type Contact,
  isForgotten,
  type LeadEvent,
  type Need,
  normaliseOrganisation,
  normalisePhone,
} from '@headwater/schema'

/** Answer of the look-up `duplicates`: other leads with the same normalised phone or organisation. It may be a moment old. */
export type Duplicates = readonly { readonly leadId: string; readonly on: 'phone' | 'organisation' }[]

/** Asks for leads with the same phone (E.164) or organisation (see `normaliseOrganisation`); nothing to ask without both. */
export function duplicatesNeed(
  leadId: string,
  contact: Contact | undefined,
  organisation: string | undefined,
): readonly Need[] {
  const given = contact?.phone
  const phone = given === undefined || isForgotten(given) ? null : normalisePhone(given)
  const company = organisation === undefined ? null : normaliseOrganisation(organisation)
  if (phone === null && company === null) return []
  const input = { leadId, ...(phone !== null && { phone }), ...(company !== null && { organisation: company }) }
  return [{ kind: 'lookup', as: 'duplicates', name: 'duplicates', input }]
}

/** One suspicion per lead that was not suspected yet. Never refuses: a lead is never lost. */
export function suspicions(leadId: string, duplicates: Duplicates, suspected: readonly string[]): readonly LeadEvent[] {
  const known = new Set([leadId, ...suspected])
  return duplicates.flatMap(({ leadId: ofLeadId, on }) => {
    if (known.has(ofLeadId)) return []
    known.add(ofLeadId)
    return [{ type: 'LeadDuplicateSuspected', data: { ofLeadId, on } }]
  })
}
