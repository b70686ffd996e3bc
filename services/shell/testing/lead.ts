import { type Aggregate, Contact, Id, type LeadEvent, refuse } from '@headwater/schema'
import { z } from 'zod'

const Command = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('Capture'),
    data: z.object({ contact: Contact.optional(), note: z.string().optional() }),
  }),
  z.object({ type: z.literal('Touch'), data: z.object({ times: z.number().int().default(1) }) }),
  z.object({ type: z.literal('Qualify'), data: z.object({}) }),
  z.object({ type: z.literal('Merge'), data: z.object({ into: Id, allowed: z.boolean().optional() }) }),
])
type Command = z.infer<typeof Command>

interface State {
  readonly captured: boolean
  readonly touches: number
  readonly qualified: boolean
}

/** A lead with just enough rules to see what the shell does. */
export const lead: Aggregate<State, Command, LeadEvent, { into?: State; allowed?: boolean }> = {
  category: 'lead',
  command: Command,
  initialState: { captured: false, touches: 0, qualified: false },
  evolve(state, event) {
    if (event.type === 'LeadCaptured') return { ...state, captured: true }
    if (event.type === 'LeadTouched') return { ...state, touches: state.touches + 1 }
    return event.type === 'LeadQualified' ? { ...state, qualified: true } : state
  },
  needs: ({ type, data }) =>
    type === 'Merge'
      ? [
          { kind: 'state', as: 'into', category: 'lead', id: data.into },
          { kind: 'lookup', as: 'allowed', name: 'allowed', input: data.into },
        ]
      : [],
  decide({ type, data }, state, { streamId, id, into, allowed }) {
    if (type === 'Capture') {
      if (state.captured) return refuse('lead-exists', 'There is such a lead.')
      const tags = { type: 'a', region: 'b', firstContactChannel: 'c' }
      const contact = data.contact && { contact: data.contact }
      return [{ type: 'LeadCaptured', data: { leadId: streamId, tags, source: { channel: null }, ...contact } }]
    }
    if (!state.captured) return refuse('lead-not-found', 'There is no such lead.')
    if (type === 'Qualify') return state.qualified ? [] : [{ type: 'LeadQualified', data: {} }]
    if (type === 'Merge')
      return into?.captured && allowed
        ? [{ type: 'LeadMerged', data: { intoLeadId: data.into } }]
        : refuse('cannot-merge', 'The other one is not there.')
    return Array.from({ length: data.times }, (_, i) => ({
      type: 'LeadTouched',
      data: { touchId: id(`touch ${i}`), direction: 'inbound', channel: `after ${state.touches}` },
    }))
  },
  begins: ['Capture'],
  caseId: (id) => id,
}
