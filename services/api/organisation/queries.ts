import { listRegions, listReps, listStores } from '@headwater/projections'
import { builder } from '../shared/builder.ts'
import { atLeastArg, beFresh } from '../shared/fresh.ts'
import { keyOf } from '../shared/global-id.ts'
import { RegionRef, RepRef, StoreRef } from '../shared/refs.ts'

builder.queryFields((t) => ({
  regions: t.field({
    type: [RegionRef],
    description: 'All regions.',
    args: { atLeast: t.arg(atLeastArg) },
    resolve: async (_, { atLeast }, context) => {
      await beFresh(context, atLeast)
      return listRegions(context.db, context.viewer)
    },
  }),
  stores: t.field({
    type: [StoreRef],
    description: 'All stores, also closed ones, or those of one region as of now.',
    args: { region: t.arg.id({ description: 'Only those of this region.' }), atLeast: t.arg(atLeastArg) },
    resolve: async (_, { region, atLeast }, context) => {
      await beFresh(context, atLeast)
      return listStores(context.db, context.viewer, region == null ? {} : { regionId: keyOf('Region', region) })
    },
  }),
  reps: t.field({
    type: [RepRef],
    description: 'Everybody, also who has left; or who works in one store, or reports to one superior, as of now.',
    args: {
      store: t.arg.id({ description: 'Only who works there.' }),
      superior: t.arg.id({ description: 'Only who reports to this person directly.' }),
      atLeast: t.arg(atLeastArg),
    },
    resolve: async (_, { store, superior, atLeast }, context) => {
      await beFresh(context, atLeast)
      return listReps(context.db, context.viewer, {
        ...(store != null && { storeId: keyOf('Store', store) }),
        ...(superior != null && { superiorId: keyOf('Rep', superior) }),
      })
    },
  }),
}))
