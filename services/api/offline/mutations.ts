// What a device did while it was away.
import type { OfflineAnswer, OfflineItem } from '@headwater/application'
import { refuse } from '@headwater/schema'
import { forbidden } from '../authorize.ts'
import type { Viewer } from '../http/identity.ts'
import { limits } from '../http/limits.ts'
import { builder } from '../shared/builder.ts'
import { defineEnum } from '../shared/enum.ts'
import { defineMutation, mutationOf } from '../shared/mutation.ts'
import { CommandRefusedRef, located, tooMany } from '../shared/refusal.ts'
import { resultOf } from '../shared/result.ts'

const OfflineItemInput = builder.inputType('OfflineItemInput', {
  description: 'One command of a device, in its stored form: what the mutation of that command writes.',
  fields: (t) => ({
    sequence: t.int({
      required: true,
      description:
        'The device’s own count of its items, from 1 without gaps; an item that was refused keeps its number.',
    }),
    commandId: t.id({ required: true, description: 'Made by the device: a corrected attempt is a new command id.' }),
    occurredAt: t.field({ type: 'DateTime', required: true, description: 'When it happened.' }),
    stream: t.string({ required: true, description: 'What it is about, such as `deal-D-1`.' }),
    type: t.string({
      required: true,
      description: 'The command, such as `AdvanceDeal`: the mutation’s name with a capital.',
    }),
    data: t.field({
      type: 'JSON',
      required: true,
      description:
        'Its data: the mutation’s input without command id, time and the id of the stream; keys instead of global ids; a contact names its `subject`.',
    }),
  }),
})

const OfflineStatus = defineEnum('OfflineStatus', 'What became of an item.', {
  accepted: 'Carried out.',
  refused: 'Not carried out; this stays its answer.',
  held: 'It came before its turn, and waits for the items before it.',
})

const OfflineAnswerRef = builder.objectRef<OfflineAnswer>('OfflineAnswer').implement({
  description: 'The answer to an item: the first one it got, however often it is sent.',
  fields: (t) => ({
    sequence: t.exposeInt('sequence', { description: 'The item’s number.' }),
    commandId: t.exposeString('commandId', { description: 'The item’s command id.' }),
    status: t.expose('status', { type: OfflineStatus, description: 'What became of it.' }),
    stream: t.string({
      nullable: true,
      description: 'The stream it was written to, where it was carried out.',
      resolve: (answer) => (answer.status === 'accepted' ? answer.stream : null),
    }),
    revision: t.int({
      nullable: true,
      description: 'The stream’s revision with it, where it was carried out.',
      resolve: (answer) => (answer.status === 'accepted' ? answer.revision : null),
    }),
    refusal: t.field({
      type: CommandRefusedRef,
      nullable: true,
      description: 'Why it was refused; paths of field errors begin at the item’s data.',
      resolve: (answer) => (answer.status === 'refused' ? located(answer.refusal, ['data']) : null),
    }),
    waitingFor: t.int({
      nullable: true,
      description: 'The number whose item must come first, where it waits.',
      resolve: (answer) => (answer.status === 'held' ? answer.waitingFor : null),
    }),
  }),
})

const SubmitOfflineBatchPayload = builder
  .objectRef<{ answers: readonly OfflineAnswer[] }>('SubmitOfflineBatchPayload')
  .implement({
    description: 'Each item was answered by itself.',
    fields: (t) => ({
      answers: t.field({
        type: [OfflineAnswerRef],
        description: 'The answers, in the order of the items.',
        resolve: ({ answers }) => answers,
      }),
    }),
  })

type Sent = Omit<OfflineItem, 'target' | 'command'> & { readonly stream: string } & OfflineItem['command']

defineMutation('submitOfflineBatch', {
  description: `Up to ${limits.items} commands of a device that was offline, decided in the device’s own order under the same gates as any. Sending them again, in any chunks, changes nothing.`,
  fields: (t) => ({
    deviceId: t.id({ required: true, description: 'The device.' }),
    items: t.field({ type: [OfflineItemInput], required: true, description: 'Its commands.' }),
  }),
  result: resultOf(SubmitOfflineBatchPayload),
  run: async (input, { actor }, { application, viewer }) => {
    const { deviceId, items } = input as { deviceId: string; items: readonly Sent[] }
    if (items.length > limits.items) return tooMany('items', limits.items)
    const no = notAllowed(viewer, items)
    if (no) return no
    return { answers: await application.submitOfflineBatch(deviceId, items.map(asItem), actor) }
  },
})

/** The whole batch is refused, and nothing of it kept, where it holds what the viewer's role may not do online. */
function notAllowed(viewer: Viewer, items: readonly Sent[]) {
  const wrong = items.filter(({ type }) => forbidden(viewer, mutationOf.get(type) ?? type))
  if (wrong.length === 0) return undefined
  const types = [...new Set(wrong.map(({ type }) => type))]
  return refuse('forbidden', `The role ${viewer.role} may not send ${types.join(', ')} from a device.`, {
    details: { types, commandIds: wrong.map(({ commandId }) => commandId) },
  })
}

function asItem({ stream, type, data, ...item }: Sent): OfflineItem {
  const dash = stream.indexOf('-')
  const target = { category: stream.slice(0, Math.max(dash, 0)), id: stream.slice(dash + 1) }
  return { ...item, target, command: { type, data } }
}
