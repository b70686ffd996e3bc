import {
  duplicatesOfLead,
  type LeadTouchRow,
  type PossibleDuplicate,
  type QualityOverlap,
  touchesOfLead,
} from '@headwater/projections'
import { type LeadTags, streamName } from '@headwater/schema'
import { EventConnection, eventsOfStream } from '../log/types.ts'
import { builder } from '../shared/builder.ts'
import { ContactRef } from '../shared/contact.ts'
import { defineEnum } from '../shared/enum.ts'
import { connection, pageArgs } from '../shared/page.ts'
import { CustomerRef, DealRef, LeadRef, RepRef, StoreRef } from '../shared/refs.ts'
import { SourceRef } from '../shared/source.ts'
import { FlagRef } from '../shared/values.ts'

export const LeadStatusEnum = defineEnum('LeadStatus', 'How far a lead has come.', {
  open: 'Captured, sales has not judged it yet.',
  qualified: 'Sales judged it convertible.',
  disqualified: 'Sales judged it not convertible.',
  converted: 'It became a customer and a deal.',
  merged: 'It was a duplicate; its story goes on in another lead.',
})
export const DirectionEnum = defineEnum('TouchDirection', 'Who reached out.', {
  inbound: 'The person to us.',
  outbound: 'We to the person.',
})
const Likeness = defineEnum('Likeness', 'What two leads have in common.', {
  phone: 'The same telephone number, after normalising.',
  organisation: 'The same organisation, after normalising.',
})

const TagsRef = builder.objectRef<LeadTags>('LeadTags').implement({
  description: 'The three tags that every lead carries; null only where an import had none.',
  fields: (t) => ({
    type: t.exposeString('type', { nullable: true, description: 'What sort of lead.' }),
    region: t.exposeString('region', { nullable: true, description: 'Where it is from.' }),
    firstContactChannel: t.exposeString('firstContactChannel', {
      nullable: true,
      description: 'How it first reached us.',
    }),
  }),
})

const TouchRef = builder.objectRef<LeadTouchRow>('LeadTouch').implement({
  description: 'A contact between the person and us.',
  fields: (t) => ({
    key: t.exposeString('touchId', { description: 'Its id.' }),
    lead: t.field({
      type: LeadRef,
      nullable: true,
      description: 'The lead it was recorded on: a duplicate merged into this one keeps its touches.',
      resolve: ({ leadId }, _, { loaders }) => loaders.leads.load(leadId),
    }),
    direction: t.expose('direction', { type: DirectionEnum, description: 'Who reached out.' }),
    source: t.field({ type: SourceRef, description: 'Where it came from.', resolve: (touch) => touch }),
    occurredAt: t.expose('occurredAt', { type: 'DateTime', description: 'When it happened.' }),
    recordedAt: t.expose('recordedAt', { type: 'DateTime', description: 'When we learnt of it.' }),
  }),
})

const DuplicateRef = builder.objectRef<PossibleDuplicate>('PossibleDuplicate').implement({
  description: 'Another lead that may be the same person or organisation.',
  fields: (t) => ({
    lead: t.field({ type: LeadRef, description: 'The other lead.', resolve: ({ lead }) => lead }),
    on: t.field({ type: [Likeness], description: 'What they have in common.', resolve: ({ on }) => on }),
  }),
})

builder.node(LeadRef, {
  description: 'Somebody who may become a customer.',
  id: { resolve: (lead) => lead.leadId },
  loadMany: (ids, { loaders }) => ids.map((id) => loaders.leads.load(id)),
  fields: (t) => ({
    key: t.exposeString('leadId', { description: 'The id within its kind, as streams, events and imports have it.' }),
    revision: t.exposeInt('revision', { description: 'The revision of its stream that is shown here.' }),
    status: t.expose('status', { type: LeadStatusEnum, description: 'How far it has come.' }),
    contact: t.field({
      type: ContactRef,
      nullable: true,
      description: 'How to reach the person; null where nothing is known.',
      resolve: ({ contact }, _, { loaders }) => contact && loaders.contacts.load(contact),
    }),
    organisation: t.exposeString('organisation', { nullable: true, description: 'The company it stands for.' }),
    tags: t.field({
      type: TagsRef,
      description: 'Its three tags.',
      resolve: ({ tagType, tagRegion, tagFirstContactChannel }) => ({
        type: tagType,
        region: tagRegion,
        firstContactChannel: tagFirstContactChannel,
      }),
    }),
    source: t.field({
      type: SourceRef,
      description: 'Where it was captured, which is its first touch.',
      resolve: (lead) => lead,
    }),
    productLine: t.exposeString('productLine', { nullable: true, description: 'What it is interested in.' }),
    segment: t.exposeString('segment', { nullable: true, description: 'The customer segment.' }),
    valid: t.exposeBoolean('valid', {
      nullable: true,
      description: 'Marketing’s judgement; null before there is one.',
    }),
    invalidReason: t.exposeString('invalidReason', { nullable: true, description: 'Why marketing judged it invalid.' }),
    judgedAt: t.expose('judgedAt', { type: 'DateTime', nullable: true, description: 'When marketing judged.' }),
    qualified: t.exposeBoolean('qualified', {
      nullable: true,
      description: 'Sales’ judgement that it is convertible; null before there is one.',
    }),
    disqualifiedReason: t.exposeString('disqualifiedReason', {
      nullable: true,
      description: 'Why sales judged it not convertible.',
    }),
    qualifiedAt: t.expose('qualifiedAt', { type: 'DateTime', nullable: true, description: 'When sales judged.' }),
    rep: t.field({
      type: RepRef,
      nullable: true,
      description: 'Whose lead it is.',
      resolve: ({ repId }, _, { loaders }) => (repId === null ? null : loaders.reps.load(repId)),
    }),
    store: t.field({
      type: StoreRef,
      nullable: true,
      description: 'The store of its rep when it was assigned.',
      resolve: ({ storeId }, _, { loaders }) => (storeId === null ? null : loaders.stores.load(storeId)),
    }),
    assignedAt: t.expose('assignedAt', { type: 'DateTime', nullable: true, description: 'When it was last assigned.' }),
    firstOutboundAt: t.expose('firstOutboundAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When we first reached out; null before that.',
    }),
    lastTouchAt: t.expose('lastTouchAt', { type: 'DateTime', description: 'The newest touch.' }),
    touches: t.field({
      type: [TouchRef],
      description: 'Its touches and those of the leads merged into it, oldest first.',
      resolve: ({ leadId }, _, { db, viewer }) => touchesOfLead(db, viewer, leadId),
    }),
    convertedAt: t.expose('convertedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it became a customer and a deal.',
    }),
    customer: t.field({
      type: CustomerRef,
      nullable: true,
      description: 'The customer it became.',
      resolve: ({ customerId }, _, { loaders }) => (customerId === null ? null : loaders.customers.load(customerId)),
    }),
    deal: t.field({
      type: DealRef,
      nullable: true,
      description: 'The deal it became.',
      resolve: ({ dealId }, _, { loaders }) => (dealId === null ? null : loaders.deals.load(dealId)),
    }),
    mergedInto: t.field({
      type: LeadRef,
      nullable: true,
      description: 'The lead its story goes on in, where it was a duplicate.',
      resolve: ({ mergedInto }, _, { loaders }) => (mergedInto === null ? null : loaders.leads.load(mergedInto)),
    }),
    duplicates: t.field({
      type: [DuplicateRef],
      description: 'Other leads with the same phone or organisation, oldest first; leads merged away are left out.',
      resolve: ({ leadId }, _, { db, viewer }) => duplicatesOfLead(db, viewer, leadId),
    }),
    flags: t.field({
      type: [FlagRef],
      description: 'What an import found wrong with it.',
      resolve: ({ flags }) => flags,
    }),
    events: t.field({
      type: EventConnection,
      description: 'All that ever happened to it, as the log has it, oldest first.',
      args: pageArgs(t.arg),
      resolve: ({ leadId }, page, context) =>
        connection(page, (request) => eventsOfStream(context, streamName('lead', leadId), request)),
    }),
    capturedAt: t.expose('capturedAt', { type: 'DateTime', description: 'When it came in.' }),
    changedAt: t.expose('changedAt', { type: 'DateTime', description: 'When something last happened to it.' }),
  }),
})

export const OverlapRef = builder.objectRef<QualityOverlap>('LeadQualityOverlap').implement({
  description:
    'Marketing’s and sales’ judgements side by side, for one channel. A lead that one side has not judged counts as not valid, or not convertible.',
  fields: (t) => ({
    channel: t.exposeString('channel', { nullable: true, description: 'The channel; null where it is not known.' }),
    leads: t.exposeInt('leads', { description: 'All leads.' }),
    valid: t.exposeInt('valid', { description: 'Judged valid by marketing.' }),
    convertible: t.exposeInt('convertible', { description: 'Judged convertible by sales, or converted already.' }),
    both: t.exposeInt('both', { description: 'Valid and convertible.' }),
    onlyValid: t.exposeInt('onlyValid', { description: 'Valid and not convertible.' }),
    onlyConvertible: t.exposeInt('onlyConvertible', { description: 'Convertible and not valid.' }),
    neither: t.exposeInt('neither', { description: 'Neither valid nor convertible.' }),
    overlap: t.exposeFloat('overlap', {
      nullable: true,
      description: 'both ÷ (valid or convertible), the Jaccard index; null where no lead is either.',
    }),
  }),
})
