import { listCustomers } from '@headwater/projections'
import { builder } from '../shared/builder.ts'
import { atLeastArg, beFresh } from '../shared/fresh.ts'
import { keyOf } from '../shared/global-id.ts'
import { connection, pageArgs } from '../shared/page.ts'
import { CustomerConnection, CustomerRef } from '../shared/refs.ts'

const CustomerFilterInput = builder.inputType('CustomerFilter', {
  description: 'Which customers: all conditions together.',
  fields: (t) => ({
    lead: t.id({ description: 'Grown out of this lead.' }),
    organisation: t.string({ description: 'Of exactly this name.' }),
  }),
})

builder.queryFields((t) => ({
  customer: t.field({
    type: CustomerRef,
    nullable: true,
    description: 'A customer; null where there is none.',
    args: { id: t.arg.id({ required: true, description: 'Its id.' }), atLeast: t.arg(atLeastArg) },
    resolve: async (_, { id, atLeast }, context) => {
      await beFresh(context, atLeast)
      return context.loaders.customers.load(keyOf('Customer', id))
    },
  }),
  customers: t.field({
    type: CustomerConnection,
    description: 'Customers, newest first.',
    args: {
      ...pageArgs(t.arg),
      filter: t.arg({ type: CustomerFilterInput, description: 'Which ones; all without it.' }),
      atLeast: t.arg(atLeastArg),
    },
    resolve: async (_, { filter, atLeast, ...page }, context) => {
      await beFresh(context, atLeast)
      const which = {
        ...(filter?.lead != null && { leadId: keyOf('Lead', filter.lead) }),
        ...(filter?.organisation != null && { organisation: filter.organisation }),
      }
      return connection(page, (request) => listCustomers(context.db, context.viewer, which, request))
    },
  }),
}))
