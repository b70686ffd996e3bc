// Data subjects: only that they were forgotten is ever told of them.
import type { Aggregate, PersonEvent } from '@headwater/schema'
import { z } from 'zod'

const PersonCommand = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ForgetPerson'), data: z.object({ reason: z.string().min(1).max(2000) }) }),
])

export const person: Aggregate<boolean, z.infer<typeof PersonCommand>, PersonEvent> = {
  category: 'person',
  command: PersonCommand,
  initialState: false,
  evolve: () => true,
  decide: ({ data }, forgotten, { streamId }) =>
    forgotten ? [] : [{ type: 'PersonForgotten', data: { subject: streamId, reason: data.reason } }],
  caseId: (id) => id,
}
