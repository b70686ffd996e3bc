// Two leads that are the same person or organisation become one.
import type { MergeLeadsAnswer } from '@headwater/application'
import { builder } from '../shared/builder.ts'
import { idOf } from '../shared/input.ts'
import { defineMutation } from '../shared/mutation.ts'
import { LeadRef } from '../shared/refs.ts'
import { CommandAccepted, type Done, resultOf, shownStep } from '../shared/result.ts'

interface Merged extends Done {
  readonly duplicateId: string
  readonly answer: Extract<MergeLeadsAnswer, { status: 'accepted' }>
}

const MergeLeadsPayload = builder.objectRef<Merged>('MergeLeadsPayload').implement({
  description: 'The leads are merged; `stream` and `revision` are of the survivor.',
  interfaces: [CommandAccepted],
  fields: (t) => ({
    survivor: t.field({
      type: LeadRef,
      nullable: true,
      description: 'The lead that goes on, with the touches of both.',
      resolve: async ({ key, answer }, _, { waitFor, loaders }) => {
        await waitFor(answer.survivor, answer.duplicate)
        return loaders.leads.load(key)
      },
    }),
    duplicate: t.field({
      type: LeadRef,
      nullable: true,
      description: 'The lead whose story goes on in the other.',
      resolve: async ({ duplicateId, answer }, _, { waitFor, loaders }) => {
        await waitFor(answer.survivor, answer.duplicate)
        return loaders.leads.load(duplicateId)
      },
    }),
  }),
})

defineMutation('mergeLeads', {
  description: 'Merges a duplicate into the lead that goes on; both keep their touches.',
  fields: (t) => ({
    duplicateId: idOf(t, 'Lead', 'The lead that ends.', { required: true }),
    survivorId: idOf(t, 'Lead', 'The lead that goes on.', { required: true }),
  }),
  result: resultOf(MergeLeadsPayload),
  run: async (input, envelope, { application }) => {
    const { duplicateId, survivorId } = input as { duplicateId: string; survivorId: string }
    const answer = await application.mergeLeads(duplicateId, survivorId, envelope)
    if (answer.status === 'refused') return shownStep(answer)
    return { accepted: answer.survivor, key: survivorId, duplicateId, answer }
  },
})
