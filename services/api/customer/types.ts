import { listContracts, listDeals } from '@headwater/projections'
import { builder } from '../shared/builder.ts'
import { ContactRef } from '../shared/contact.ts'
import { connection, pageArgs } from '../shared/page.ts'
import { ContractConnection, CustomerRef, DealConnection, LeadRef, RepRef } from '../shared/refs.ts'

builder.node(CustomerRef, {
  description: 'Somebody whom we sell to: a person, a household or a company.',
  id: { resolve: (customer) => customer.customerId },
  loadMany: (ids, { loaders }) => ids.map((id) => loaders.customers.load(id)),
  fields: (t) => ({
    key: t.exposeString('customerId', {
      description: 'The id within its kind, as streams, events and imports have it.',
    }),
    revision: t.exposeInt('revision', { description: 'The revision of its stream that is shown here.' }),
    contact: t.field({
      type: ContactRef,
      nullable: true,
      description: 'How to reach the person; null where nothing is known.',
      resolve: ({ contact }, _, { loaders }) => contact && loaders.contacts.load(contact),
    }),
    organisation: t.exposeString('organisation', { nullable: true, description: 'The company, where it is one.' }),
    lead: t.field({
      type: LeadRef,
      nullable: true,
      description: 'The lead it grew out of.',
      resolve: ({ leadId }, _, { loaders }) => (leadId === null ? null : loaders.leads.load(leadId)),
    }),
    deals: t.field({
      type: DealConnection,
      description: 'Its deals, newest first.',
      args: pageArgs(t.arg),
      resolve: ({ customerId }, page, { db, viewer }) =>
        connection(page, (request) => listDeals(db, viewer, { customerId }, request)),
    }),
    owner: t.field({
      type: RepRef,
      nullable: true,
      description: 'For whom its payments count, unless a contract says otherwise.',
      resolve: ({ ownerId }, _, { loaders }) => (ownerId === null ? null : loaders.reps.load(ownerId)),
    }),
    contracts: t.field({
      type: ContractConnection,
      description: 'Its contracts, newest first.',
      args: pageArgs(t.arg),
      resolve: ({ customerId }, page, { db, viewer }) =>
        connection(page, (request) => listContracts(db, viewer, { customerId }, request)),
    }),
    registeredAt: t.expose('registeredAt', { type: 'DateTime', description: 'Since when we know it as a customer.' }),
    changedAt: t.expose('changedAt', { type: 'DateTime', description: 'When something last happened to it.' }),
  }),
})
