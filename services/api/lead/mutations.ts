import { lead } from '@headwater/sales'
import { builder } from '../shared/builder.ts'
import { ContactInput } from '../shared/contact.ts'
import { type InputFields, idOf } from '../shared/input.ts'
import { type CommandSpec, defineCommand } from '../shared/mutation.ts'
import { LeadRef } from '../shared/refs.ts'
import { entityResult } from '../shared/result.ts'
import { SourceInput } from '../shared/source.ts'
import { withSubject } from '../shared/subject.ts'
import { MoneyInput } from '../shared/values.ts'
import { DirectionEnum } from './types.ts'

const LeadResult = entityResult(LeadRef, 'lead', ({ loaders }, key) => loaders.leads.load(key))
const onLead = { aggregate: lead, target: 'leadId', result: LeadResult } as const
const target = (t: InputFields) => ({ leadId: idOf(t, 'Lead', 'The lead.', { required: true }) })
const reason = (t: InputFields) => ({ reason: t.string({ required: true, description: 'Why, in a few words.' }) })
const who = (t: InputFields) => ({
  contact: t.field({ type: ContactInput, description: 'How to reach the person.' }),
  organisation: t.string({ description: 'The company the person stands for.' }),
})

const LeadTagsInput = builder.inputType('LeadTagsInput', {
  description: 'The three tags that every lead carries.',
  fields: (t) => ({
    type: t.string({ description: 'What sort of lead. Required.' }),
    region: t.string({ description: 'Where it is from. Required.' }),
    firstContactChannel: t.string({ description: 'How it first reached us. Required.' }),
  }),
})
const tags = (t: InputFields) => ({
  tags: t.field({ type: LeadTagsInput, required: true, description: 'The three tags.' }),
})

/** Tags left out are null to the command, which then says which ones it misses. */
const allTags = (given: unknown) => ({ type: null, region: null, firstContactChannel: null, ...(given as object) })

const commands: Readonly<Record<string, CommandSpec>> = {
  captureLead: {
    ...onLead,
    command: 'CaptureLead',
    description: 'Takes in a new lead. Leads with the same phone or organisation are reported as possible duplicates.',
    fields: (t) => ({
      leadId: idOf(t, 'Lead', 'Its id from now on; made from the command id where it is left out.'),
      ...who(t),
      ...tags(t),
      source: t.field({ type: SourceInput, required: true, description: 'Where it came from: its first touch.' }),
      productLine: t.string({ description: 'What it is interested in.' }),
      segment: t.string({ description: 'The customer segment.' }),
    }),
    data: (input, about) => ({ ...withSubject(input, about), tags: allTags(input.tags) }),
  },
  changeLeadContact: {
    ...onLead,
    command: 'ChangeLeadContact',
    description:
      'Changes how a lead is reached. The contact takes the place of the old one as a whole; left out, it stays.',
    fields: (t) => ({ ...target(t), ...who(t) }),
    data: async (input, about) =>
      withSubject(input, about, (await about.context.loaders.leads.load(about.target))?.subject),
  },
  tagLead: {
    ...onLead,
    command: 'TagLead',
    description: 'Changes the three tags.',
    fields: (t) => ({ ...target(t), ...tags(t) }),
    data: (input) => ({ tags: allTags(input.tags) }),
  },
  touchLead: {
    ...onLead,
    command: 'TouchLead',
    description: 'Records a contact between the person and us.',
    fields: (t) => ({
      ...target(t),
      direction: t.field({ type: DirectionEnum, required: true, description: 'Who reached out.' }),
      source: t.field({ type: SourceInput, required: true, description: 'Where it came from.' }),
      cost: t.field({ type: MoneyInput, description: 'What it cost.' }),
      direct: t.boolean({ description: 'The person came by themselves.' }),
      system: t.string({ description: 'Where it was recorded first, such as `nurture` or the name of a tool.' }),
    }),
    data: ({ source, leadId: _, ...rest }) => ({ ...rest, ...(source as object) }),
  },
  assignLead: {
    ...onLead,
    command: 'AssignLead',
    description: 'Gives a lead to a rep; its store becomes the rep’s.',
    fields: (t) => ({ ...target(t), repId: idOf(t, 'Rep', 'The rep.', { required: true }) }),
  },
  markLeadValid: {
    ...onLead,
    command: 'MarkLeadValid',
    description: 'Marketing judges the lead valid.',
    fields: target,
  },
  markLeadInvalid: {
    ...onLead,
    command: 'MarkLeadInvalid',
    description: 'Marketing judges the lead invalid.',
    fields: (t) => ({ ...target(t), ...reason(t) }),
  },
  qualifyLead: { ...onLead, command: 'QualifyLead', description: 'Sales judges the lead convertible.', fields: target },
  disqualifyLead: {
    ...onLead,
    command: 'DisqualifyLead',
    description: 'Sales judges the lead not convertible.',
    fields: (t) => ({ ...target(t), ...reason(t) }),
  },
}

for (const [mutation, spec] of Object.entries(commands)) defineCommand(mutation, spec)
