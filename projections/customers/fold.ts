import { streamId } from '@headwater/schema'
import type { ReadModel } from '../engine/read-model.ts'
import { factOf } from '../fact.ts'
import { customerOwners, customers } from './tables.ts'

const parts = { owners: customerOwners }

/** Customers with all their owners; their contacts stay sealed. */
export const customersModel: ReadModel<typeof customers, typeof parts> = {
  name: 'customers',
  version: 2,
  root: customers,
  parts,
  streams: ['customer-'],
  key: (event) => streamId(event.stream),
  evolve(customer, event) {
    const { revision } = event
    const at = event.meta.occurredAt
    if (event.type === 'CustomerRegistered') {
      const { customerId, caseId, leadId = null, contact = null, organisation = null } = event.data
      const owner = { ownerId: null, ownerStoreId: null }
      const registered = { registeredAt: at, registeredRecordedAt: event.recordedAt, changedAt: at }
      return {
        root: { customerId, revision, caseId, leadId, contact, organisation, ...owner, ...registered },
        owners: [],
      }
    }
    if (!customer) throw new Error(`${event.type} before the customer was registered`)
    const { root, owners } = customer
    if (event.type === 'CustomerOwnerAssigned') {
      const { repId, storeId, previousRepId = null } = event.data
      const { customerId } = root
      const owner = { customerId, ownerNo: owners.length, repId, storeId, previousRepId, ...factOf(event) }
      return { root: { ...root, revision, ownerId: repId, ownerStoreId: storeId }, owners: [...owners, owner] }
    }
    if (event.type !== 'CustomerContactChanged') return { root: { ...root, revision }, owners }
    const { contact = root.contact, organisation = root.organisation } = event.data
    return { root: { ...root, revision, contact, organisation, changedAt: at }, owners }
  },
}
