import { listContracts } from '@headwater/projections'
import { builder } from '../shared/builder.ts'
import { atLeastArg, beFresh } from '../shared/fresh.ts'
import { keyOf } from '../shared/global-id.ts'
import { connection, pageArgs } from '../shared/page.ts'
import { ContractConnection, ContractRef } from '../shared/refs.ts'
import { ContractStatusEnum } from './contract-types.ts'

const ContractFilterInput = builder.inputType('ContractFilter', {
  description: 'Which contracts: all conditions together.',
  fields: (t) => ({
    customer: t.id({ description: 'With this customer.' }),
    deal: t.id({ description: 'Out of this deal.' }),
    rep: t.id({ description: 'Signed by this rep.' }),
    store: t.id({ description: 'Of this store.' }),
    renewalOf: t.id({ description: 'That go on from this contract.' }),
    status: t.field({ type: ContractStatusEnum, description: 'Active or cancelled.' }),
  }),
})

builder.queryFields((t) => ({
  contract: t.field({
    type: ContractRef,
    nullable: true,
    description: 'A contract; null where there is none.',
    args: { id: t.arg.id({ required: true, description: 'Its id.' }), atLeast: t.arg(atLeastArg) },
    resolve: async (_, { id, atLeast }, context) => {
      await beFresh(context, atLeast)
      return context.loaders.contracts.load(keyOf('Contract', id))
    },
  }),
  contracts: t.field({
    type: ContractConnection,
    description: 'Contracts, newest first by signature.',
    args: {
      ...pageArgs(t.arg),
      filter: t.arg({ type: ContractFilterInput, description: 'Which ones; all without it.' }),
      atLeast: t.arg(atLeastArg),
    },
    resolve: async (_, { filter, atLeast, ...page }, context) => {
      await beFresh(context, atLeast)
      const key = (typename: string, id: string | null | undefined) => (id == null ? undefined : keyOf(typename, id))
      const which = {
        customerId: key('Customer', filter?.customer),
        dealId: key('Deal', filter?.deal),
        repId: key('Rep', filter?.rep),
        storeId: key('Store', filter?.store),
        renewalOf: key('Contract', filter?.renewalOf),
        status: filter?.status ?? undefined,
      }
      return connection(page, (request) => listContracts(context.db, context.viewer, which, request))
    },
  }),
}))
