import { type CustomerEvent, type Decision, type DecisionContext, refusing } from '@headwater/schema'
import { changedContact } from '../contact.ts'
import type { CustomerCommand } from './commands.ts'
import type { CustomerState } from './state.ts'

export type CustomerRefusal = 'customer-not-found' | 'customer-exists' | 'earlier-than-last-change'

const refuse = refusing<CustomerRefusal>()

export function decide(
  { type, data }: CustomerCommand,
  state: CustomerState,
  { streamId: customerId, occurredAt }: DecisionContext,
): Decision<CustomerEvent> {
  switch (type) {
    case 'RegisterCustomer': {
      if (state.status === 'registered') {
        const same = data.leadId === state.leadId && !changedContact(data, state)
        return same
          ? []
          : refuse('customer-exists', `Customer ${customerId} exists already: a new customer needs a new id.`)
      }
      return [
        { type: 'CustomerRegistered', data: { ...data, customerId, caseId: data.caseId ?? data.leadId ?? customerId } },
      ]
    }
    case 'ChangeCustomerContact': {
      if (state.status === 'none') return unknown(customerId)
      const changed = changedContact(data, state)
      return changed ? [{ type: 'CustomerContactChanged', data: changed }] : []
    }
    case 'AssignCustomerOwner': {
      if (state.status === 'none') return unknown(customerId)
      const { owner } = state
      if (!owner) return [{ type: 'CustomerOwnerAssigned', data }]
      if (owner.repId === data.repId && owner.storeId === data.storeId) return []
      if (occurredAt < owner.since)
        return refuse(
          'earlier-than-last-change',
          `${owner.repId} owns customer ${customerId} since ${owner.since}: date the hand-over then or later.`,
          { lastChange: owner.since, occurredAt },
        )
      return [{ type: 'CustomerOwnerAssigned', data: { ...data, previousRepId: owner.repId } }]
    }
  }
}

const unknown = (customerId: string) =>
  refuse('customer-not-found', `There is no customer ${customerId}: register them first.`, { customerId })
