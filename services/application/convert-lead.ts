import type { EventLog } from '@headwater/infra/ports'
import { customer, type DealCommand, deal, lead } from '@headwater/sales'
import { streamName, upcast } from '@headwater/schema'
import type { Accepted, CommandEnvelope, Shell } from '@headwater/shell'
import { carryOut, type StepRefused, stepEnvelope } from './step.ts'

type OpenDeal = Extract<DealCommand, { type: 'OpenDeal' }>['data']

export interface LeadConversion {
  /** An existing customer; a new one is registered without it. */
  readonly customerId?: string | undefined
  /** The deal to open. Rep, source, product line and segment are the lead's unless they are said. */
  readonly deal: Omit<OpenDeal, 'leadId' | 'customerId' | 'caseId' | 'source'> & Partial<Pick<OpenDeal, 'source'>>
}

export type ConvertLeadAnswer =
  | {
      readonly status: 'accepted'
      readonly customerId: string
      readonly dealId: string
      readonly lead: Accepted
      /** Undefined where the customer was there before. */
      readonly customer: Accepted | undefined
      readonly deal: Accepted
    }
  | StepRefused<'lead' | 'customer' | 'deal'>

/** Lead → customer (registered unless known) → deal, all of one case: the lead's. */
export async function convertLead(
  { shell, log }: { readonly shell: Shell; readonly log: Pick<EventLog, 'readStream'> },
  leadId: string,
  { customerId: wanted, deal: opened }: LeadConversion,
  envelope: CommandEnvelope,
): Promise<ConvertLeadAnswer> {
  const convert = { type: 'ConvertLead', data: { customerId: wanted } }
  const tried = await shell.preview(lead, leadId, convert, envelope)
  if (tried.status === 'refused') return { ...tried, step: 'lead', done: [] }
  const origin = await originOf(shell, log, leadId)
  const { customerId, dealId } =
    tried.events.find((event) => event.type === 'LeadConverted')?.data ?? origin.convertedTo!

  const { contact, organisation, repId, convertedTo: _, ...described } = origin
  const register = {
    name: 'customer',
    aggregate: customer,
    id: customerId,
    command: { type: 'RegisterCustomer', data: { caseId: leadId, leadId, contact, organisation } },
    envelope: stepEnvelope(envelope, 'customer'),
  } as const
  const registration = await shell.preview(customer, customerId, register.command, register.envelope)
  const known = registration.status === 'refused' && registration.refusal.code === 'customer-exists'
  const answer = await carryOut<'lead' | 'customer' | 'deal'>(shell, [
    { name: 'lead', aggregate: lead, id: leadId, command: convert, envelope },
    ...(known ? [] : [register]),
    {
      name: 'deal',
      aggregate: deal,
      id: dealId,
      command: {
        type: 'OpenDeal',
        data: { ...described, ...(repId !== undefined && { repId }), ...opened, caseId: leadId, leadId, customerId },
      },
      envelope: stepEnvelope(envelope, 'deal'),
    },
  ])
  if (answer.status === 'refused') return answer
  const { lead: converted, customer: registered, deal: opening } = answer.steps
  return { status: 'accepted', customerId, dealId, lead: converted!, customer: registered, deal: opening! }
}

/** What of a lead goes on into its customer and deal. */
async function originOf(shell: Shell, log: Pick<EventLog, 'readStream'>, leadId: string) {
  const { state } = await shell.load(lead, leadId)
  const [first] = await log.readStream(streamName('lead', leadId))
  const captured = first && upcast(first)
  if (state.status === 'none' || captured?.type !== 'LeadCaptured') throw new Error(`lead ${leadId} was never captured`)
  const { contact, organisation, owner } = state.lead
  const { source, productLine, segment } = captured.data
  return {
    contact,
    organisation,
    repId: owner?.repId,
    source,
    productLine,
    segment,
    convertedTo: state.status === 'converted' ? state : undefined,
  }
}
