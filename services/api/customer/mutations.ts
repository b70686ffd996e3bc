import { customer } from '@headwater/sales'
import { ContactInput } from '../shared/contact.ts'
import { type InputFields, idOf } from '../shared/input.ts'
import { defineCommand } from '../shared/mutation.ts'
import { CustomerRef } from '../shared/refs.ts'
import { entityResult } from '../shared/result.ts'
import { withSubject } from '../shared/subject.ts'

const CustomerResult = entityResult(CustomerRef, 'customer', ({ loaders }, key) => loaders.customers.load(key))
const onCustomer = { aggregate: customer, target: 'customerId', result: CustomerResult } as const
const who = (t: InputFields) => ({
  contact: t.field({ type: ContactInput, description: 'How to reach the person.' }),
  organisation: t.string({ description: 'The company, where it is one.' }),
})

defineCommand('registerCustomer', {
  ...onCustomer,
  command: 'RegisterCustomer',
  description: 'Takes in a customer who did not grow out of a lead; `convertLead` registers those who did.',
  fields: (t) => ({
    customerId: idOf(t, 'Customer', 'Its id from now on; made from the command id where it is left out.'),
    ...who(t),
  }),
  data: withSubject,
})
defineCommand('changeCustomerContact', {
  ...onCustomer,
  command: 'ChangeCustomerContact',
  description:
    'Changes how a customer is reached. The contact takes the place of the old one as a whole; left out, it stays.',
  fields: (t) => ({ customerId: idOf(t, 'Customer', 'The customer.', { required: true }), ...who(t) }),
  data: async (input, about) =>
    withSubject(input, about, (await about.context.loaders.customers.load(about.target))?.contact?.subject),
})
defineCommand('assignCustomerOwner', {
  ...onCustomer,
  command: 'AssignCustomerOwner',
  description:
    'Gives a customer to a rep: from `occurredAt` on, what the customer pays counts for them, unless a contract says for whom it counts.',
  fields: (t) => ({
    customerId: idOf(t, 'Customer', 'The customer.', { required: true }),
    repId: idOf(t, 'Rep', 'The rep.', { required: true }),
    storeId: idOf(t, 'Store', 'The store that it counts for.', { required: true }),
  }),
})
