// A small read model for specs of the engine.

import type { ReadModel } from '../engine/read-model.ts'
import { integer, nullable, table, text } from '../engine/table.ts'
import type { Fact } from './facts.ts'

export const tallies = table(
  'tallies',
  { leadId: text(), revision: integer, events: integer, channel: nullable(text()) },
  ['leadId'],
  ['channel'],
)
export const touches = table('tally_touches', { leadId: text(), no: integer, channel: nullable(text()) }, [
  'leadId',
  'no',
])

/** Counts the events of each lead, keeps its last three touches, forgets a disqualified lead; cannot take the channel `poison`. */
export const tally: ReadModel<typeof tallies, { touches: typeof touches }> = {
  name: 'tally',
  version: 1,
  root: tallies,
  parts: { touches },
  streams: ['lead-'],
  key: (event) => event.stream.slice('lead-'.length),
  evolve(lead, event) {
    if (event.type === 'LeadDisqualified') return undefined
    const leadId = event.stream.slice('lead-'.length)
    const before = lead ?? { root: { leadId, revision: -1, events: 0, channel: null }, touches: [] }
    const root = { ...before.root, revision: event.revision, events: before.root.events + 1 }
    if (event.type !== 'LeadTouched') return { ...before, root }
    const { channel } = event.data
    if (channel === 'poison') throw new Error('cannot take poison')
    return {
      root: { ...root, channel },
      touches: [...before.touches, { leadId, no: event.revision, channel }].slice(-3),
    }
  },
}

const at = '2026-03-02T02:00:00.000Z'
let touch = 0
export const touched = (lead: string, channel: string | null = 'web'): Fact => ({
  stream: `lead-${lead}`,
  at,
  event: { type: 'LeadTouched', data: { touchId: `t${touch++}`, direction: 'inbound', channel } },
})
export const disqualified = (lead: string): Fact => ({
  stream: `lead-${lead}`,
  at,
  event: { type: 'LeadDisqualified', data: { reason: 'spec' } },
})
/** Some hundred events of thirty leads, in an order that mixes them. */
export const history = (leads = 30) =>
  Array.from({ length: leads * 12 }, (_, i) => {
    const lead = `l${(i * 7) % leads}`
    return i % 31 === 30 ? disqualified(lead) : touched(lead, i % 5 === 0 ? null : `c\t${i}\\ "x"\n{}`)
  })
