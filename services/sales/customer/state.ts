import type { Contact, CustomerEvent, Dated } from '@headwater/schema'

export type CustomerState =
  | { readonly status: 'none' }
  | {
      readonly status: 'registered'
      readonly customerId: string
      readonly caseId: string
      readonly leadId: string | undefined
      readonly contact: Contact | undefined
      readonly organisation: string | undefined
    }

export const initialState: CustomerState = { status: 'none' }

export function evolve(state: CustomerState, event: Dated<CustomerEvent>): CustomerState {
  if (event.type === 'CustomerRegistered') {
    const { customerId, caseId, leadId, contact, organisation } = event.data
    return { status: 'registered', customerId, caseId, leadId, contact, organisation }
  }
  if (state.status === 'none') throw new Error(`customer stream: ${event.type} before CustomerRegistered`)
  const { contact = state.contact, organisation = state.organisation } = event.data
  return { ...state, contact, organisation }
}
