import { listPlaybooks } from '@headwater/projections'
import { builder } from '../shared/builder.ts'
import { atLeastArg, beFresh } from '../shared/fresh.ts'
import { keyOf } from '../shared/global-id.ts'
import { PlaybookRef } from '../shared/refs.ts'

builder.queryFields((t) => ({
  playbooks: t.field({
    type: [PlaybookRef],
    description: 'All playbooks.',
    args: { atLeast: t.arg(atLeastArg) },
    resolve: async (_, { atLeast }, context) => {
      await beFresh(context, atLeast)
      return listPlaybooks(context.db, context.viewer)
    },
  }),
  playbook: t.field({
    type: PlaybookRef,
    nullable: true,
    description: 'A playbook; null where there is none.',
    args: { id: t.arg.id({ required: true, description: 'Its id.' }), atLeast: t.arg(atLeastArg) },
    resolve: async (_, { id, atLeast }, context) => {
      await beFresh(context, atLeast)
      return context.loaders.playbooks.load(keyOf('Playbook', id))
    },
  }),
}))
