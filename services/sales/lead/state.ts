import type { Contact, Dated, LeadEvent, LeadTags } from '@headwater/schema'

/** What is known of a lead, whatever became of it. */
export interface Lead {
  readonly leadId: string
  readonly contact: Contact | undefined
  readonly organisation: string | undefined
  readonly tags: LeadTags
  readonly owner: { readonly repId: string; readonly storeId: string } | null
  /** Marketing's judgement, with its reason. */
  readonly validity: Judgement<'valid' | 'invalid'>
  /** Sales' judgement, independent of marketing's. */
  readonly qualification: Judgement<'qualified' | 'disqualified'>
  /** Leads suspected to be the same. */
  readonly suspected: readonly string[]
  /** Leads that were merged into this one. */
  readonly absorbed: readonly string[]
}

/** Null until somebody judged. */
export type Judgement<Verdict> = { readonly verdict: Verdict; readonly reason?: string } | null

export type LeadState =
  | { readonly status: 'none' }
  | { readonly status: 'active'; readonly lead: Lead }
  | { readonly status: 'converted'; readonly lead: Lead; readonly customerId: string; readonly dealId: string }
  | { readonly status: 'merged'; readonly lead: Lead; readonly intoLeadId: string }

export const initialState: LeadState = { status: 'none' }

export function evolve(state: LeadState, event: Dated<LeadEvent>): LeadState {
  if (event.type === 'LeadCaptured') {
    const { leadId, contact, organisation, tags } = event.data
    return {
      status: 'active',
      lead: {
        leadId,
        contact,
        organisation,
        tags,
        owner: null,
        validity: null,
        qualification: null,
        suspected: [],
        absorbed: [],
      },
    }
  }
  if (state.status === 'none') throw new Error(`lead stream: ${event.type} before LeadCaptured`)
  switch (event.type) {
    case 'LeadConverted':
      return { status: 'converted', lead: state.lead, ...event.data }
    case 'LeadMerged':
      return { status: 'merged', lead: state.lead, ...event.data }
    default:
      return { ...state, lead: change(state.lead, event) }
  }
}

type Change = Exclude<LeadEvent, { type: 'LeadCaptured' | 'LeadConverted' | 'LeadMerged' }>

function change(lead: Lead, event: Change): Lead {
  switch (event.type) {
    case 'LeadDuplicateSuspected':
      return { ...lead, suspected: [...lead.suspected, event.data.ofLeadId] }
    case 'LeadContactChanged':
      return {
        ...lead,
        contact: event.data.contact ?? lead.contact,
        organisation: event.data.organisation ?? lead.organisation,
      }
    case 'LeadTagged':
      return { ...lead, tags: event.data }
    case 'LeadTouched':
      return lead
    case 'LeadAssigned':
      return { ...lead, owner: event.data }
    case 'LeadMarkedValid':
      return { ...lead, validity: { verdict: 'valid' } }
    case 'LeadMarkedInvalid':
      return { ...lead, validity: { verdict: 'invalid', reason: event.data.reason } }
    case 'LeadQualified':
      return { ...lead, qualification: { verdict: 'qualified' } }
    case 'LeadDisqualified':
      return { ...lead, qualification: { verdict: 'disqualified', reason: event.data.reason } }
    case 'LeadAbsorbed':
      return { ...lead, absorbed: [...lead.absorbed, event.data.leadId] }
  }
}
