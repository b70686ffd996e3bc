import type { Lag } from '@headwater/projections'
import { builder } from '../shared/builder.ts'

const LagRef = builder.objectRef<Lag>('ReadModel').implement({
  description: 'A table that queries read, and how far it is behind the event log.',
  fields: (t) => ({
    name: t.exposeString('model', { description: 'What it is called.' }),
    position: t.string({
      nullable: true,
      description: 'How far it has read the log; null before it began.',
      resolve: ({ checkpoint }) => checkpoint?.position,
    }),
    failure: t.string({
      nullable: true,
      description: 'What stopped it; null while it runs.',
      resolve: ({ checkpoint }) => checkpoint?.failure?.message,
    }),
    eventsBehind: t.exposeInt('events', { description: 'Events that it has not taken in yet; counted up to 10,000.' }),
    behindSince: t.expose('since', {
      type: 'DateTime',
      nullable: true,
      description: 'When the log took the oldest of them; null where there is none.',
    }),
  }),
})

builder.queryFields((t) => ({
  logHead: t.string({
    nullable: true,
    description: 'Position of the newest event in the log: a token that compares as text; null for an empty log.',
    resolve: (_, _args, { log }) => log.head(),
  }),
  readModels: t.field({
    type: [LagRef],
    description: 'The read models and how fresh they are.',
    resolve: (_, _args, { readModels }) => readModels.lag(),
  }),
}))
