import { type Money, type StoredEvent, streamCategory, streamId } from '@headwater/schema'
import type { Document, ReadModel } from '../engine/read-model.ts'
import {
  type JourneyLinkRow,
  type JourneyMark,
  type JourneyMarkRow,
  type JourneyRow,
  type JourneyTouchRow,
  journeyLinks,
  journeyMarks,
  journeys,
  journeyTouches,
} from './tables.ts'

const parts = { touches: journeyTouches, links: journeyLinks, marks: journeyMarks }
type Journey = Document<typeof journeys, typeof parts>

/** Those that say something about touches, who is who, and successes. */
const heard: ReadonlySet<StoredEvent['type']> = new Set([
  ...(['VisitorTouched', 'VisitorIdentified', 'CustomerRegistered'] as const),
  ...(['LeadCaptured', 'LeadTouched', 'LeadAssigned', 'LeadMerged', 'LeadConverted'] as const),
  ...(['DealOpened', 'DealValued', 'DealAssigned', 'DealActivityLogged', 'DealWon', 'DealReopened'] as const),
  ...(['ContractSigned', 'ContractCancelled', 'PaymentReceived', 'PaymentRefunded', 'PaymentReversed'] as const),
])

/**
 * Touches, links between the names of one person, and successes: rows that are added and never changed, each with its place in the log, so that
 * what was known at any place of it is what lies before. Who is one person is worked out from the links when it is asked.
 */
export const journeysModel: ReadModel<typeof journeys, typeof parts> = {
  name: 'journeys',
  version: 1,
  root: journeys,
  parts,
  streams: ['visitor-', 'lead-', 'customer-', 'deal-', 'contract-'],
  key: (event) => (heard.has(event.type) ? journeyIdOf(event.stream) : undefined),
  evolve(journey, event) {
    const told = tell(journey ?? begun(event), event)
    return { ...told, root: { ...told.root, revision: event.revision } }
  },
}

function journeyIdOf(stream: string): string {
  const [category, id] = [streamCategory(stream), streamId(stream)]
  return category === 'visitor' ? id : `${category}/${id}`
}

function begun({ stream, revision }: StoredEvent): Journey {
  const person = personOf(streamCategory(stream), streamId(stream))
  const unknown = { dealId: null, repId: null, amount: null, currency: null }
  return { root: { journeyId: journeyIdOf(stream), revision, person, ...unknown }, touches: [], links: [], marks: [] }
}

const personOf = (category: string, id: string) => `${category}/${id}`

type Touch = Partial<JourneyTouchRow> & Pick<JourneyTouchRow, 'touchId' | 'channel'>

function tell(journey: Journey, event: StoredEvent): Journey {
  const { root } = journey
  const placed = { occurredAt: event.meta.occurredAt, recordedAt: event.recordedAt, position: event.position }
  const set = (changes: Partial<JourneyRow>, from = journey): Journey => ({
    ...from,
    root: { ...from.root, ...changes },
  })
  const touched = (touch: Touch): Journey => {
    const { journeyId, person, repId } = root
    const place = { journeyId, touchNo: journey.touches.length, person }
    return { ...journey, touches: [...journey.touches, { ...bare, repId, ...touch, ...place, ...placed }] }
  }
  const same = (samePerson: string, from = journey): Journey => {
    const { journeyId, person } = from.root
    const link: JourneyLinkRow = { journeyId, linkNo: from.links.length, person, samePerson, ...placed }
    return { ...from, links: [...from.links, link] }
  }
  const marked = (mark: JourneyMark, markId: string, count: number, value: Value, from = journey): Journey => {
    const { journeyId, person, dealId, repId } = from.root
    const place = { journeyId, markNo: from.marks.length, mark, markId, person, dealId, repId, count }
    return { ...from, marks: [...from.marks, { ...place, ...value, ...placed }] }
  }
  switch (event.type) {
    case 'VisitorTouched': {
      const { touchId, channel, campaign = null, content = null, direct, system = null, cost } = event.data
      return touched({ touchId, channel, campaign, content, direct, system, ...costOf(cost) })
    }
    case 'VisitorIdentified':
      return same(
        event.data.as === 'lead' ? personOf('lead', event.data.leadId) : personOf('customer', event.data.customerId),
      )
    case 'LeadCaptured': {
      const { channel, campaign = null, content = null } = event.data.source
      return marked('lead', event.data.leadId, 1, noValue, touched({ touchId: event.id, channel, campaign, content }))
    }
    case 'LeadTouched': {
      const { touchId, channel, campaign = null, content = null, direct = false, system = null } = event.data
      const source = { touchId, channel, campaign, content, direct, system, ...costOf(event.data.cost) }
      const by = event.data.direction === 'outbound' ? repBy(event) : undefined
      return touched({ ...source, ...(by !== undefined && { repId: by }) })
    }
    case 'LeadAssigned':
    case 'DealAssigned':
      return set({ repId: event.data.repId })
    case 'LeadMerged':
      return same(personOf('lead', event.data.intoLeadId))
    case 'LeadConverted':
      return same(personOf('customer', event.data.customerId))
    case 'CustomerRegistered':
      return event.data.leadId === undefined ? journey : same(personOf('lead', event.data.leadId))
    case 'DealOpened': {
      const { dealId, leadId, customerId, repId, value } = event.data
      const lead = leadId === undefined ? undefined : personOf('lead', leadId)
      const customer = customerId === undefined ? undefined : personOf('customer', customerId)
      const opened = set({ person: customer ?? lead ?? root.person, dealId, repId, ...toWorth(value) })
      const linked = customer !== undefined && lead !== undefined ? same(lead, opened) : opened
      return marked('deal', dealId, 1, noValue, linked)
    }
    case 'DealValued':
      return set(toWorth(event.data.value))
    case 'DealActivityLogged': {
      const { activityId: touchId, kind: channel } = event.data
      return touched({ touchId, channel, system: 'field', repId: repBy(event) ?? root.repId })
    }
    case 'DealWon': {
      const { value } = event.data
      const valued = value ? set(toWorth(value)) : journey
      return marked('won', streamId(event.stream), 1, worth(valued.root), valued)
    }
    case 'DealReopened': {
      const last = journey.marks.findLast(({ mark }) => mark === 'won')
      return last?.count === 1 ? marked('won', last.markId, -1, undone(last)) : journey
    }
    case 'ContractSigned': {
      const { contractId, customerId, dealId = null, repId, currency, lines } = event.data
      const amount = lines.reduce((sum, line) => sum + line.amount, 0)
      const signed = set({ person: personOf('customer', customerId), dealId, repId, amount, currency })
      return marked('contract', contractId, 1, worth(signed.root), signed)
    }
    case 'ContractCancelled': {
      const last = journey.marks.findLast(({ mark }) => mark === 'contract')
      return last?.count === 1 ? marked('contract', last.markId, -1, undone(last)) : journey
    }
    case 'PaymentReceived':
    case 'PaymentRefunded':
    case 'PaymentReversed': {
      const [sign, count] = { PaymentReceived: [1, 1], PaymentRefunded: [-1, 0], PaymentReversed: [-1, -1] }[
        event.type
      ]!
      const { paymentId, amount } = event.data
      const value = { amount: sign! * amount, currency: root.currency }
      return marked('payment', `${streamId(event.stream)}/${paymentId}`, count!, value)
    }
    default:
      return journey
  }
}

type Value = Pick<JourneyMarkRow, 'amount' | 'currency'>

const bare = { campaign: null, content: null, direct: false, system: null, cost: null, costCurrency: null }
const noValue: Value = { amount: null, currency: null }
const worth = ({ amount, currency }: Value): Value => ({ amount, currency })
const undone = ({ amount, currency }: Value): Value => ({ amount: amount === null ? null : -amount, currency })
const toWorth = (value: Money | undefined): Partial<Value> => (value ? worth(value) : {})

const costOf = (cost: Money | undefined) => ({ cost: cost?.amount ?? null, costCurrency: cost?.currency ?? null })

/** The rep who did it, if it was one. */
const repBy = ({ meta: { actor } }: StoredEvent) => (actor.role === 'rep' ? actor.id : undefined)
