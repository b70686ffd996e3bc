import { periodsOfRep, type RepPeriodRow } from '@headwater/projections'
import { builder } from '../shared/builder.ts'
import { PersonalText } from '../shared/contact.ts'
import { defineEnum } from '../shared/enum.ts'
import { RegionRef, RepRef, StoreRef } from '../shared/refs.ts'

export const JobPositionEnum = defineEnum('JobPosition', 'What somebody does in the organisation.', {
  rep: 'Sells.',
  'store-manager': 'Leads a store.',
  'regional-manager': 'Leads a region.',
  headquarters: 'Works for the whole organisation.',
})

builder.node(RegionRef, {
  description: 'A part of the organisation that has stores.',
  id: { resolve: (region) => region.regionId },
  loadMany: (ids, { loaders }) => ids.map((id) => loaders.regions.load(id)),
  fields: (t) => ({
    key: t.exposeString('regionId', { description: 'The id within its kind, as streams, events and imports have it.' }),
    name: t.exposeString('name', { description: 'What it is called.' }),
    openedAt: t.expose('openedAt', { type: 'DateTime', description: 'Since when it exists.' }),
    stores: t.field({
      type: [StoreRef],
      description: 'Its stores as of now, also closed ones.',
      resolve: ({ regionId }, _, { loaders }) => loaders.storesByRegion.load(regionId),
    }),
  }),
})

builder.node(StoreRef, {
  description: 'A place that sells.',
  id: { resolve: (store) => store.storeId },
  loadMany: (ids, { loaders }) => ids.map((id) => loaders.stores.load(id)),
  fields: (t) => ({
    key: t.exposeString('storeId', { description: 'The id within its kind, as streams, events and imports have it.' }),
    name: t.exposeString('name', { description: 'What it is called.' }),
    region: t.field({
      type: RegionRef,
      nullable: true,
      description: 'The region it belongs to now.',
      resolve: ({ regionId }, _, { loaders }) => loaders.regions.load(regionId),
    }),
    openedAt: t.expose('openedAt', { type: 'DateTime', description: 'Since when it sells.' }),
    closedAt: t.expose('closedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Since when it is closed; null while it is open.',
    }),
    reps: t.field({
      type: [RepRef],
      description: 'Who works there now, and who left from there.',
      resolve: ({ storeId }, _, { loaders }) => loaders.repsByStore.load(storeId),
    }),
  }),
})

const PlacementRef = builder.objectRef<RepPeriodRow>('Placement').implement({
  description: 'What somebody was, where and under whom, for a stretch of business time.',
  fields: (t) => ({
    position: t.expose('position', { type: JobPositionEnum, description: 'What they did.' }),
    store: t.field({
      type: StoreRef,
      nullable: true,
      description: 'Where; null for who belongs to a region or to headquarters.',
      resolve: ({ storeId }, _, { loaders }) => (storeId === null ? null : loaders.stores.load(storeId)),
    }),
    superior: t.field({
      type: RepRef,
      nullable: true,
      description: 'Under whom; null at the top of the reporting line.',
      resolve: ({ superiorId }, _, { loaders }) => (superiorId === null ? null : loaders.reps.load(superiorId)),
    }),
    from: t.expose('fromAt', { type: 'DateTime', description: 'Since when.' }),
    to: t.expose('toAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Until when, exclusive; null while it lasts.',
    }),
  }),
})

builder.node(RepRef, {
  description: 'Somebody who works for the organisation, whatever the position.',
  id: { resolve: (rep) => rep.repId },
  loadMany: (ids, { loaders }) => ids.map((id) => loaders.reps.load(id)),
  fields: (t) => ({
    key: t.exposeString('repId', { description: 'The id within its kind, as streams, events and imports have it.' }),
    subject: t.string({
      description: 'The person’s id: hand it to `forgetPerson`.',
      resolve: ({ person }) => person.subject,
    }),
    name: t.field({
      type: PersonalText,
      description: 'How the person is called.',
      resolve: async ({ person }, _, { loaders }) => (await loaders.persons.load(person)).name,
    }),
    position: t.expose('position', { type: JobPositionEnum, description: 'What they do now, or did last.' }),
    store: t.field({
      type: StoreRef,
      nullable: true,
      description: 'Where they work now, or did last; null for who belongs to a region or to headquarters.',
      resolve: ({ storeId }, _, { loaders }) => (storeId === null ? null : loaders.stores.load(storeId)),
    }),
    superior: t.field({
      type: RepRef,
      nullable: true,
      description: 'To whom they report now; null at the top of the reporting line.',
      resolve: ({ superiorId }, _, { loaders }) => (superiorId === null ? null : loaders.reps.load(superiorId)),
    }),
    reports: t.field({
      type: [RepRef],
      description: 'Who reports to them directly, now.',
      resolve: ({ repId }, _, { loaders }) => loaders.repsBySuperior.load(repId),
    }),
    hiredAt: t.expose('hiredAt', { type: 'DateTime', description: 'Since when they work for the organisation.' }),
    leftAt: t.expose('leftAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Since when they do not any more; null while they do.',
    }),
    placements: t.field({
      type: [PlacementRef],
      description: 'All they were, oldest first.',
      resolve: ({ repId }, _, { db, viewer }) => periodsOfRep(db, viewer, repId),
    }),
    placement: t.field({
      type: PlacementRef,
      nullable: true,
      description: 'What they were at an instant; null before they were hired and after they left.',
      args: { at: t.arg({ type: 'DateTime', required: true, description: 'The instant, in business time.' }) },
      resolve: async ({ repId }, { at }, { db, viewer }) =>
        (await periodsOfRep(db, viewer, repId)).find(
          ({ fromAt, toAt }) => fromAt <= at && (toAt === null || at < toAt),
        ),
    }),
  }),
})
