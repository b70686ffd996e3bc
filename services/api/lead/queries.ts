import { type LeadFilter, leadQualityOverlap, listLeads } from '@headwater/projections'
import { builder } from '../shared/builder.ts'
import { given, notStated } from '../shared/filter.ts'
import { atLeastArg, beFresh } from '../shared/fresh.ts'
import { keyOf } from '../shared/global-id.ts'
import { connection, pageArgs } from '../shared/page.ts'
import { LeadConnection, LeadRef } from '../shared/refs.ts'
import { LeadStatusEnum, OverlapRef } from './types.ts'

const LeadFilterInput = builder.inputType('LeadFilter', {
  description: `Which leads: all conditions together. ${notStated}`,
  fields: (t) => ({
    status: t.field({ type: LeadStatusEnum, description: 'How far they have come.' }),
    channel: t.string({ description: 'Captured through this channel.' }),
    campaign: t.string({ description: 'Captured by this campaign.' }),
    tagType: t.string({ description: 'With this tag.' }),
    tagRegion: t.string({ description: 'With this tag.' }),
    tagFirstContactChannel: t.string({ description: 'With this tag.' }),
    productLine: t.string({ description: 'Interested in this.' }),
    segment: t.string({ description: 'Of this customer segment.' }),
    rep: t.id({ description: 'Of this rep.' }),
    store: t.id({ description: 'Of this store.' }),
    valid: t.boolean({ description: 'Marketing’s judgement; null: none yet.' }),
    qualified: t.boolean({ description: 'Sales’ judgement; null: none yet.' }),
    capturedFrom: t.field({ type: 'DateTime', description: 'Captured then or later.' }),
    capturedTo: t.field({ type: 'DateTime', description: 'Captured before then.' }),
    flagged: t.boolean({ description: 'Whether an import found something wrong.' }),
  }),
})

builder.queryFields((t) => ({
  lead: t.field({
    type: LeadRef,
    nullable: true,
    description: 'A lead; null where there is none.',
    args: { id: t.arg.id({ required: true, description: 'Its id.' }), atLeast: t.arg(atLeastArg) },
    resolve: async (_, { id, atLeast }, context) => {
      await beFresh(context, atLeast)
      return context.loaders.leads.load(keyOf('Lead', id))
    },
  }),
  leads: t.field({
    type: LeadConnection,
    description: 'Leads, newest first by capture.',
    args: {
      ...pageArgs(t.arg),
      filter: t.arg({ type: LeadFilterInput, description: 'Which ones; all without it.' }),
      atLeast: t.arg(atLeastArg),
    },
    resolve: async (_, { filter, atLeast, ...page }, context) => {
      await beFresh(context, atLeast)
      const { rep, store, ...columns } = filter ?? {}
      const which = given<LeadFilter>(
        { ...columns, repId: rep && keyOf('Rep', rep), storeId: store && keyOf('Store', store) },
        ['status', 'capturedFrom', 'capturedTo', 'flagged'],
      )
      return connection(page, (request) => listLeads(context.db, context.viewer, which, request))
    },
  }),
  leadQualityOverlap: t.field({
    type: [OverlapRef],
    description: 'How far marketing’s and sales’ judgements agree, by channel; leads merged away are left out.',
    args: {
      from: t.arg({ type: 'DateTime', description: 'Leads captured then or later.' }),
      to: t.arg({ type: 'DateTime', description: 'Leads captured before then.' }),
      atLeast: t.arg(atLeastArg),
    },
    resolve: async (_, { from, to, atLeast }, context) => {
      await beFresh(context, atLeast)
      return leadQualityOverlap(context.db, context.viewer, { from: from ?? undefined, to: to ?? undefined })
    },
  }),
}))
