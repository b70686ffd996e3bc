import { type Decision, type DecisionContext, type Need, refusing, type VisitorEvent } from '@headwater/schema'
import type { CustomerState } from '../customer/index.ts'
import type { LeadState } from '../lead/index.ts'
import { channelOf, DIRECT } from './channel.ts'
import type { VisitorCommand } from './commands.ts'
import type { VisitorState } from './state.ts'

export type VisitorRefusal = 'lead-not-found' | 'customer-not-found' | 'visitor-identified' | 'nobody-named'

const refuse = refusing<VisitorRefusal>()

/** By the names in `needs`. */
export interface VisitorNeeds {
  /** The lead to identify the visitor as. */
  readonly lead?: LeadState
  readonly customer?: CustomerState
}

export function needs({ type, data }: VisitorCommand): readonly Need[] {
  if (type !== 'IdentifyVisitor') return []
  const { leadId, customerId } = data
  return [
    ...(leadId === undefined ? [] : [{ kind: 'state', as: 'lead', category: 'lead', id: leadId } as const]),
    ...(customerId === undefined
      ? []
      : [{ kind: 'state', as: 'customer', category: 'customer', id: customerId } as const]),
  ]
}

/**
 * A visitor is one person: who it is can be told before or after the touches, as one lead and as one customer. Two visitors may be the same
 * person; one visitor who turns out to be two people is refused, as their stories would become one.
 */
export function decide(
  { type, data }: VisitorCommand,
  state: VisitorState,
  context: DecisionContext & VisitorNeeds,
): Decision<VisitorEvent> {
  const { streamId: visitorId } = context
  if (type === 'TouchVisitor') {
    const channel = data.channel ?? channelOf(data)
    const { utm, campaign = utm?.campaign, content = utm?.content, direct = channel === DIRECT, ...rest } = data
    return [
      {
        type: 'VisitorTouched',
        data: {
          ...rest,
          ...(utm && { utm }),
          ...(campaign !== undefined && { campaign }),
          ...(content !== undefined && { content }),
          visitorId,
          touchId: context.id('touch'),
          channel,
          direct,
        },
      },
    ]
  }
  const { leadId, customerId } = data
  if (leadId === undefined && customerId === undefined)
    return refuse('nobody-named', `Say which lead or customer visitor ${visitorId} is.`)
  const events: VisitorEvent[] = []
  if (leadId !== undefined) {
    const { lead = { status: 'none' } } = context
    if (lead.status === 'none')
      return refuse('lead-not-found', `There is no lead ${leadId}: capture it first.`, { leadId })
    const known = state.leadId
    const same = known === leadId || (known !== undefined && lead.lead.absorbed.includes(known))
    if (known !== undefined && !same) return identified(visitorId, 'lead', known)
    if (!same) events.push({ type: 'VisitorIdentified', data: { as: 'lead', leadId } })
  }
  if (customerId !== undefined) {
    const { customer = { status: 'none' } } = context
    if (customer.status === 'none')
      return refuse('customer-not-found', `There is no customer ${customerId}: register them first.`, { customerId })
    const known = state.customerId
    if (known !== undefined && known !== customerId) return identified(visitorId, 'customer', known)
    if (known === undefined) events.push({ type: 'VisitorIdentified', data: { as: 'customer', customerId } })
  }
  return events
}

const identified = (visitorId: string, as: 'lead' | 'customer', id: string) =>
  refuse('visitor-identified', `Visitor ${visitorId} is ${as} ${id}: merge the two, if they are one person.`, {
    [`${as}Id`]: id,
  })
