import { type DealFilter, listDeals } from '@headwater/projections'
import { builder } from '../shared/builder.ts'
import { given, notStated } from '../shared/filter.ts'
import { atLeastArg, beFresh } from '../shared/fresh.ts'
import { keyOf } from '../shared/global-id.ts'
import { connection, pageArgs } from '../shared/page.ts'
import { DealConnection, DealRef } from '../shared/refs.ts'
import { DealStatusEnum } from './types.ts'

const DealFilterInput = builder.inputType('DealFilter', {
  description: `Which deals: all conditions together. ${notStated}`,
  fields: (t) => ({
    playbook: t.id({ description: 'Under this playbook.' }),
    playbookVersion: t.int({ description: 'Pinned to this version of it.' }),
    stage: t.string({ description: 'In the stage of this id, or closed in it.' }),
    status: t.field({ type: DealStatusEnum, description: 'Open, won or lost.' }),
    rep: t.id({ description: 'Of this rep.' }),
    store: t.id({ description: 'Of this store.' }),
    lead: t.id({ description: 'Grown out of this lead.' }),
    customer: t.id({ description: 'Of this customer.' }),
    channel: t.string({ description: 'Through this channel.' }),
    campaign: t.string({ description: 'By this campaign.' }),
    productLine: t.string({ description: 'Of this product line.' }),
    segment: t.string({ description: 'Of this customer segment.' }),
    lossReason: t.string({ description: 'Lost for this reason.' }),
    blockingReason: t.string({ description: 'With this in the way just now.' }),
    openedFrom: t.field({ type: 'DateTime', description: 'Opened then or later.' }),
    openedTo: t.field({ type: 'DateTime', description: 'Opened before then.' }),
    flagged: t.boolean({ description: 'Whether an import found something wrong.' }),
  }),
})

const withoutNull = [
  'playbookId',
  'playbookVersion',
  'stage',
  'status',
  'leadId',
  'customerId',
  'lossReason',
  'blockingReason',
  'openedFrom',
  'openedTo',
  'flagged',
] as const

builder.queryFields((t) => ({
  deal: t.field({
    type: DealRef,
    nullable: true,
    description: 'A deal; null where there is none.',
    args: { id: t.arg.id({ required: true, description: 'Its id.' }), atLeast: t.arg(atLeastArg) },
    resolve: async (_, { id, atLeast }, context) => {
      await beFresh(context, atLeast)
      return context.loaders.deals.load(keyOf('Deal', id))
    },
  }),
  deals: t.field({
    type: DealConnection,
    description: 'Deals, newest first by opening.',
    args: {
      ...pageArgs(t.arg),
      filter: t.arg({ type: DealFilterInput, description: 'Which ones; all without it.' }),
      atLeast: t.arg(atLeastArg),
    },
    resolve: async (_, { filter, atLeast, ...page }, context) => {
      await beFresh(context, atLeast)
      const { playbook, rep, store, lead, customer, ...columns } = filter ?? {}
      const which = given<DealFilter>(
        {
          ...columns,
          playbookId: playbook && keyOf('Playbook', playbook),
          repId: rep && keyOf('Rep', rep),
          storeId: store && keyOf('Store', store),
          leadId: lead && keyOf('Lead', lead),
          customerId: customer && keyOf('Customer', customer),
        },
        withoutNull,
      )
      return connection(page, (request) => listDeals(context.db, context.viewer, which, request))
    },
  }),
}))
