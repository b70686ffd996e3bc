// Events that a figure stands on.
import type { book } from '@headwater/projections'
import { builder } from '../shared/builder.ts'

export const FactRef = builder.objectRef<book.FactRef>('CommissionFact').implement({
  description: 'An event of the log that a figure stands on.',
  fields: (t) => ({
    eventId: t.exposeString('eventId', { description: 'Its id.' }),
    position: t.exposeString('position', { description: 'Its place in the log.' }),
    occurredAt: t.expose('occurredAt', { type: 'DateTime', description: 'When it happened.' }),
    recordedAt: t.expose('recordedAt', { type: 'DateTime', description: 'When the log learnt of it.' }),
  }),
})
