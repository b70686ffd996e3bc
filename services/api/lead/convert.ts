// A lead becomes a customer and a deal: three streams, one command.
import type { ConvertLeadAnswer, LeadConversion } from '@headwater/application'
import type { Context } from '../context.ts'
import { openDealFields } from '../deal/mutations.ts'
import { builder } from '../shared/builder.ts'
import { idOf } from '../shared/input.ts'
import { defineMutation } from '../shared/mutation.ts'
import { CustomerRef, DealRef, LeadRef } from '../shared/refs.ts'
import { CommandAccepted, type Done, resultOf, shownStep } from '../shared/result.ts'

interface Converted extends Done {
  readonly answer: Extract<ConvertLeadAnswer, { status: 'accepted' }>
}

/** Each of the three leads to the others, so each is shown when all of them are. */
const allShown = ({ answer: { lead, customer, deal } }: Converted, { waitFor }: Context) =>
  waitFor(lead, deal, ...(customer ? [customer] : []))

const ConvertLeadPayload = builder.objectRef<Converted>('ConvertLeadPayload').implement({
  description: 'The lead is converted; `stream` and `revision` are of the lead.',
  interfaces: [CommandAccepted],
  fields: (t) => ({
    lead: t.field({
      type: LeadRef,
      nullable: true,
      description: 'The lead, as fresh as this answer or fresher.',
      resolve: async (converted, _, context) => {
        await allShown(converted, context)
        return context.loaders.leads.load(converted.key)
      },
    }),
    customer: t.field({
      type: CustomerRef,
      nullable: true,
      description: 'The customer it became, as fresh as this answer or fresher.',
      resolve: async (converted, _, context) => {
        await allShown(converted, context)
        return context.loaders.customers.load(converted.answer.customerId)
      },
    }),
    deal: t.field({
      type: DealRef,
      nullable: true,
      description: 'The deal it became, as fresh as this answer or fresher.',
      resolve: async (converted, _, context) => {
        await allShown(converted, context)
        return context.loaders.deals.load(converted.answer.dealId)
      },
    }),
  }),
})

const LeadDealInput = builder.inputType('LeadDealInput', {
  description:
    'The deal that a lead becomes. Rep, source, product line and segment are the lead’s unless they are said.',
  fields: (t) => openDealFields(t, { source: false }),
})

defineMutation('convertLead', {
  description: 'A qualified lead becomes a customer, and a deal under a playbook.',
  fields: (t) => ({
    leadId: idOf(t, 'Lead', 'The lead.', { required: true }),
    customerId: idOf(t, 'Customer', 'A customer that is known already; a new one is registered where it is left out.'),
    deal: t.field({ type: LeadDealInput, required: true, description: 'The deal to open.' }),
  }),
  result: resultOf(ConvertLeadPayload),
  run: async (input, envelope, { application }) => {
    const { leadId, customerId, deal: opened } = input as unknown as LeadConversion & { leadId: string }
    const answer = await application.convertLead(leadId, { customerId, deal: opened }, envelope)
    if (answer.status === 'refused') return shownStep(answer, answer.step === 'deal' ? ['input', 'deal'] : ['input'])
    return { accepted: answer.lead, key: leadId, answer }
  },
})
