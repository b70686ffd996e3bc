import type { CustomerEvent, Decision, DecisionContext } from '@headwater/schema'
import { changedContact } from '../contact.ts'
import { refusing } from '../refusal.ts'
import type { CustomerCommand } from './commands.ts'
import type { CustomerState } from './state.ts'

export type CustomerRefusal = 'customer-not-found' | 'customer-exists'

const refuse = refusing<CustomerRefusal>()

export function decide(
  { type, data }: CustomerCommand,
  state: CustomerState,
  { streamId: customerId }: DecisionContext,
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
      if (state.status === 'none')
        return refuse('customer-not-found', `There is no customer ${customerId}: register them first.`, { customerId })
      const changed = changedContact(data, state)
      return changed ? [{ type: 'CustomerContactChanged', data: changed }] : []
    }
  }
}
