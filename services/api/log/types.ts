// Events as the log has them, opened: what a number or a row was made of.
import type { Page } from '@headwater/projections'
import { decodeEvent, type OpenedEvent, subjectsOfRecorded } from '@headwater/schema'
import type { Context } from '../context.ts'
import { builder } from '../shared/builder.ts'
import { badInput } from '../shared/global-id.ts'
import { connectionOf } from '../shared/page.ts'

const ActorRef = builder.objectRef<OpenedEvent['meta']['actor']>('Actor').implement({
  description: 'Who did it.',
  fields: (t) => ({
    id: t.exposeString('id', { description: 'The person or machine.' }),
    role: t.exposeString('role', { description: 'The role it acted in.' }),
  }),
})

const EventRef = builder.objectRef<OpenedEvent>('Event').implement({
  description: 'A fact in the event log, which is the only truth.',
  fields: (t) => ({
    key: t.exposeString('id', { description: 'The event’s id.' }),
    type: t.exposeString('type', { description: 'What happened, such as `DealAdvanced`.' }),
    version: t.exposeInt('version', { description: 'The version of the type’s shape that `data` has.' }),
    stream: t.exposeString('stream', { description: 'The stream it is in, such as `deal-D-1`.' }),
    revision: t.exposeInt('revision', { description: 'Its place in the stream, from 0.' }),
    position: t.string({
      description: 'Its place in the whole log: a token that compares as text.',
      resolve: ({ position }) => position,
    }),
    occurredAt: t.field({
      type: 'DateTime',
      description: 'Business time: when it was so.',
      resolve: ({ meta }) => meta.occurredAt,
    }),
    recordedAt: t.expose('recordedAt', { type: 'DateTime', description: 'When the log learnt of it.' }),
    actor: t.field({ type: ActorRef, description: 'Who did it.', resolve: ({ meta }) => meta.actor }),
    commandId: t.string({ description: 'The command that led to it.', resolve: ({ meta }) => meta.commandId }),
    correlationId: t.string({
      description: 'The first message of the chain that led to it.',
      resolve: ({ meta }) => meta.correlationId,
    }),
    causationId: t.string({
      description: 'The message that directly led to it.',
      resolve: ({ meta }) => meta.causationId,
    }),
    data: t.field({
      type: 'JSON',
      description:
        'What the fact says, by its type. Personal data of somebody who was forgotten reads `{"forgotten": true}`.',
      resolve: ({ data }) => data,
    }),
  }),
})

export const EventConnection = connectionOf(EventRef)

/** A page of a stream, oldest first; a cursor is a revision. */
export async function eventsOfStream(
  { log, vault }: Context,
  stream: string,
  { first, after }: { first: number; after?: string },
): Promise<Page<OpenedEvent>> {
  if (after !== undefined && !/^\d{1,9}$/.test(after)) throw badInput(`"${after}" is not a cursor of this list.`)
  const recorded = await log.readStream(stream, { from: after === undefined ? 0 : Number(after) + 1 })
  const page = recorded.slice(0, first)
  const keys = await vault.find([...new Set(page.flatMap(subjectsOfRecorded))])
  return {
    edges: page.map((event) => ({ cursor: String(event.revision), node: decodeEvent(event, keys) })),
    hasNextPage: recorded.length > first,
  }
}
