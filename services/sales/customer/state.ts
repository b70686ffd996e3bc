import type { Contact, CustomerEvent, Dated, Instant } from '@headwater/schema'

export type CustomerState =
  | { readonly status: 'none' }
  | {
      readonly status: 'registered'
      readonly customerId: string
      readonly caseId: string
      readonly leadId: string | undefined
      readonly contact: Contact | undefined
      readonly organisation: string | undefined
      /** Whom its payments count for, and since when. */
      readonly owner: { readonly repId: string; readonly storeId: string; readonly since: Instant } | undefined
    }

export const initialState: CustomerState = { status: 'none' }

export function evolve(state: CustomerState, event: Dated<CustomerEvent>): CustomerState {
  if (event.type === 'CustomerRegistered') {
    const { customerId, caseId, leadId, contact, organisation } = event.data
    return { status: 'registered', customerId, caseId, leadId, contact, organisation, owner: undefined }
  }
  if (state.status === 'none') throw new Error(`customer stream: ${event.type} before CustomerRegistered`)
  if (event.type === 'CustomerOwnerAssigned') {
    const { repId, storeId } = event.data
    return { ...state, owner: { repId, storeId, since: event.occurredAt } }
  }
  const { contact = state.contact, organisation = state.organisation } = event.data
  return { ...state, contact, organisation }
}
