import { streamId } from '@headwater/schema'
import type { ReadModel } from '../engine/read-model.ts'
import { customers } from './tables.ts'

/** Customers; their contacts stay sealed. */
export const customersModel: ReadModel<typeof customers, Record<never, never>> = {
  name: 'customers',
  version: 1,
  root: customers,
  parts: {},
  streams: ['customer-'],
  key: (event) => streamId(event.stream),
  evolve(customer, event) {
    const at = event.meta.occurredAt
    if (event.type === 'CustomerRegistered') {
      const { customerId, caseId, leadId = null, contact = null, organisation = null } = event.data
      const registered = { registeredAt: at, registeredRecordedAt: event.recordedAt, changedAt: at }
      return { root: { customerId, revision: event.revision, caseId, leadId, contact, organisation, ...registered } }
    }
    if (!customer) throw new Error(`${event.type} before the customer was registered`)
    const { root } = customer
    if (event.type !== 'CustomerContactChanged') return { root: { ...root, revision: event.revision } }
    const { contact = root.contact, organisation = root.organisation } = event.data
    return { root: { ...root, revision: event.revision, contact, organisation, changedAt: at } }
  },
}
