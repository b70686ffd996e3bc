import { type Money, type StoredEvent, streamCategory, streamId } from '@headwater/schema'
import type { ReadModel } from '../engine/read-model.ts'
import { type Journey, known, linked, marked, parts, touched } from './rows.ts'
import { type JourneyMark, journeys } from './tables.ts'

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
    return known(told, { revision: event.revision })
  },
}

const journeyIdOf = (stream: string): string =>
  streamCategory(stream) === 'visitor' ? streamId(stream) : stream.replace('-', '/')

function begun({ stream, revision }: StoredEvent): Journey {
  const unknown = { dealId: null, repId: null, amount: null, currency: null }
  const root = { journeyId: journeyIdOf(stream), revision, person: stream.replace('-', '/'), ...unknown }
  return { root, touches: [], links: [], marks: [] }
}

function tell(journey: Journey, event: StoredEvent): Journey {
  switch (event.type) {
    case 'VisitorTouched':
    case 'LeadTouched': {
      const outbound = event.type === 'LeadTouched' && event.data.direction === 'outbound'
      return touched(journey, event, outbound ? { ...event.data, repId: repBy(event) } : event.data)
    }
    case 'VisitorIdentified': {
      const { data } = event
      return linked(journey, event, data.as === 'lead' ? `lead/${data.leadId}` : `customer/${data.customerId}`)
    }
    case 'LeadCaptured': {
      const { leadId, source } = event.data
      const { channel, campaign, content } = source
      return created(touched(journey, event, { touchId: event.id, channel, campaign, content }), event, 'lead', leadId)
    }
    case 'LeadAssigned':
    case 'DealAssigned':
      return known(journey, { repId: event.data.repId })
    case 'LeadMerged':
      return linked(journey, event, `lead/${event.data.intoLeadId}`)
    case 'LeadConverted':
      return linked(journey, event, `customer/${event.data.customerId}`)
    case 'CustomerRegistered':
      return event.data.leadId === undefined ? journey : linked(journey, event, `lead/${event.data.leadId}`)
    case 'DealOpened': {
      const { dealId, leadId, customerId, repId, value } = event.data
      const [lead, customer] = [leadId && `lead/${leadId}`, customerId && `customer/${customerId}`]
      const opened = known(journey, {
        ...{ person: customer ?? lead ?? journey.root.person, dealId, repId },
        ...worth(value),
      })
      return created(customer && lead ? linked(opened, event, lead) : opened, event, 'deal', dealId)
    }
    case 'DealValued':
      return known(journey, { ...worth(event.data.value) })
    case 'DealActivityLogged': {
      const { activityId: touchId, kind: channel } = event.data
      return touched(journey, event, { touchId, channel, system: 'field', repId: repBy(event) })
    }
    case 'DealWon': {
      const valued = known(journey, { ...worth(event.data.value) })
      return succeeded(valued, event, 'won', streamId(event.stream))
    }
    case 'DealReopened':
      return undone(journey, event, 'won')
    case 'ContractSigned': {
      const { contractId, customerId, dealId = null, repId, currency, lines } = event.data
      const amount = lines.reduce((sum, line) => sum + line.amount, 0)
      const signed = known(journey, { person: `customer/${customerId}`, dealId, repId, amount, currency })
      return succeeded(signed, event, 'contract', contractId)
    }
    case 'ContractCancelled':
      return undone(journey, event, 'contract')
    case 'PaymentReceived':
      return paid(journey, event, event.data, 1, 1)
    case 'PaymentRefunded':
      return paid(journey, event, event.data, 0, -1)
    case 'PaymentReversed':
      return paid(journey, event, event.data, -1, -1)
    default:
      return journey
  }
}

const created = (journey: Journey, event: StoredEvent, mark: JourneyMark, markId: string) =>
  marked(journey, event, { mark, markId, count: 1, amount: null, currency: null })

function succeeded(journey: Journey, event: StoredEvent, mark: JourneyMark, markId: string) {
  const { amount, currency } = journey.root
  return marked(journey, event, { mark, markId, count: 1, amount, currency })
}

/** Takes the last success back; nothing where there is none, or it was taken back already. */
function undone(journey: Journey, event: StoredEvent, mark: JourneyMark): Journey {
  const last = journey.marks.findLast((row) => row.mark === mark)
  if (last?.count !== 1) return journey
  const { markId, amount, currency } = last
  return marked(journey, event, { mark, markId, count: -1, amount: amount === null ? null : -amount, currency })
}

function paid(
  journey: Journey,
  event: StoredEvent,
  { paymentId, amount }: { readonly paymentId: string; readonly amount: number },
  count: number,
  sign: 1 | -1,
): Journey {
  const { currency } = journey.root
  const markId = `${streamId(event.stream)}/${paymentId}`
  return marked(journey, event, { mark: 'payment', markId, count, amount: sign * amount, currency })
}

/** Nothing where no value is said. */
const worth = (value: Money | undefined) => value && { amount: value.amount, currency: value.currency }

/** The rep who did it, if it was one. */
const repBy = ({ meta: { actor } }: StoredEvent) => (actor.role === 'rep' ? actor.id : undefined)
