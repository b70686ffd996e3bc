import { streamName } from '@headwater/schema'
import { EventConnection, eventsOfStream } from '../log/types.ts'
import { builder } from '../shared/builder.ts'
import { defineEnum } from '../shared/enum.ts'
import { connection, pageArgs } from '../shared/page.ts'
import { CustomerRef, DealRef, LeadRef, PlaybookVersionRef, RepRef, StoreRef } from '../shared/refs.ts'
import { SourceRef } from '../shared/source.ts'
import { FlagRef, MissingItemRef, MoneyRef } from '../shared/values.ts'
import { BlockRef, DealFieldRef, EvidenceRef, VisitRef } from './parts.ts'
import { StandingRef, standingOf } from './standing.ts'

export const DealStatusEnum = defineEnum('DealStatus', 'Whether a deal is still going on.', {
  open: 'Going on.',
  won: 'Closed with success.',
  lost: 'Closed without.',
})

builder.node(DealRef, {
  description: 'A sale on its way through the stages of a playbook.',
  id: { resolve: (deal) => deal.dealId },
  loadMany: (ids, { loaders }) => ids.map((id) => loaders.deals.load(id)),
  fields: (t) => ({
    key: t.exposeString('dealId', { description: 'The id within its kind, as streams, events and imports have it.' }),
    revision: t.exposeInt('revision', { description: 'The revision of its stream that is shown here.' }),
    title: t.exposeString('title', { nullable: true, description: 'What people call it.' }),
    status: t.expose('status', { type: DealStatusEnum, description: 'Whether it is still going on.' }),
    stage: t.exposeString('stage', { description: 'Id of the stage it is in, or was closed in.' }),
    stageEnteredAt: t.expose('stageEnteredAt', { type: 'DateTime', description: 'When it came into that stage.' }),
    standing: t.field({
      type: StandingRef,
      nullable: true,
      description: 'Where it stands in its playbook: stage, age, what is missing for the next gate.',
      resolve: (deal, _, context) => standingOf(deal, context),
    }),
    playbook: t.field({
      type: PlaybookVersionRef,
      nullable: true,
      description: 'The playbook version it is pinned to.',
      resolve: async ({ playbookId, playbookVersion }, _, { loaders }) =>
        (await loaders.playbookVersions.load(playbookId)).find(({ version }) => version === playbookVersion),
    }),
    rep: t.field({
      type: RepRef,
      nullable: true,
      description: 'Whose deal it is.',
      resolve: ({ repId }, _, { loaders }) => (repId === null ? null : loaders.reps.load(repId)),
    }),
    store: t.field({
      type: StoreRef,
      nullable: true,
      description: 'The store of its rep when it was assigned.',
      resolve: ({ storeId }, _, { loaders }) => (storeId === null ? null : loaders.stores.load(storeId)),
    }),
    lead: t.field({
      type: LeadRef,
      nullable: true,
      description: 'The lead it grew out of.',
      resolve: ({ leadId }, _, { loaders }) => (leadId === null ? null : loaders.leads.load(leadId)),
    }),
    customer: t.field({
      type: CustomerRef,
      nullable: true,
      description: 'Whom we sell to.',
      resolve: ({ customerId }, _, { loaders }) => (customerId === null ? null : loaders.customers.load(customerId)),
    }),
    source: t.field({ type: SourceRef, description: 'Where it came from.', resolve: (deal) => deal }),
    productLine: t.exposeString('productLine', { nullable: true, description: 'What is sold.' }),
    segment: t.exposeString('segment', { nullable: true, description: 'The customer segment.' }),
    value: t.field({
      type: MoneyRef,
      nullable: true,
      description: 'What it is worth; null where nobody has said.',
      resolve: ({ valueAmount, valueCurrency }) =>
        valueAmount === null || valueCurrency === null ? null : { amount: valueAmount, currency: valueCurrency },
    }),
    fields: t.field({
      type: [DealFieldRef],
      description: 'Its values of playbook fields.',
      resolve: ({ fields }) => Object.entries(fields).map(([field, value]) => ({ field, value })),
    }),
    checklist: t.exposeStringList('checklist', { description: 'Ids of the checklist items that are done.' }),
    evidence: t.field({
      type: [EvidenceRef],
      description: 'Its pieces of evidence; what was withdrawn is left out.',
      resolve: ({ evidence }) => evidence,
    }),
    visits: t.field({
      type: [VisitRef],
      description: 'Its stays in stages, in order.',
      resolve: ({ dealId }, _, { loaders }) => loaders.visits.load(dealId),
    }),
    blockingReason: t.exposeString('blockingReason', {
      nullable: true,
      description: 'What stands in the way just now.',
    }),
    blocks: t.field({
      type: [BlockRef],
      description: 'All that ever stood in the way, in order.',
      resolve: ({ dealId }, _, { loaders }) => loaders.blocks.load(dealId),
    }),
    lossReason: t.exposeString('lossReason', { nullable: true, description: 'Why it was lost.' }),
    flags: t.field({
      type: [FlagRef],
      description: 'What an import found wrong with it.',
      resolve: ({ flags }) => flags,
    }),
    waived: t.field({
      type: [MissingItemRef],
      description: 'What an import let pass at the gates.',
      resolve: ({ waived }) => waived,
    }),
    openedAt: t.expose('openedAt', { type: 'DateTime', description: 'When it was opened.' }),
    closedAt: t.expose('closedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was won or lost; null while it is open.',
    }),
    lastActivityAt: t.expose('lastActivityAt', {
      type: 'DateTime',
      description: 'When something was last done for it; assignments and migrations do not count.',
    }),
    events: t.field({
      type: EventConnection,
      description: 'All that ever happened to it, as the log has it, oldest first.',
      args: pageArgs(t.arg),
      resolve: ({ dealId }, page, context) =>
        connection(page, (request) => eventsOfStream(context, streamName('deal', dealId), request)),
    }),
  }),
})
