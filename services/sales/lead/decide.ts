import { isDeepStrictEqual } from 'node:util'
import type { Decision, DecisionContext, LeadEvent, LeadTags, Need, Refusal } from '@headwater/schema'
import { changedContact, reachable } from '../contact.ts'
import { listed, type Placement, repWithoutStore, unknownRep, waiverProblem } from '../refusal.ts'
import type { LeadCommand } from './commands.ts'
import { type Duplicates, duplicatesNeed, suspicions } from './duplicates.ts'
import { refuse } from './refusals.ts'
import type { LeadState } from './state.ts'

/** By the names in `needs`. */
export interface LeadNeeds {
  readonly duplicates?: Duplicates
  readonly placement?: Placement
  /** The lead to merge into. */
  readonly survivor?: LeadState
}

export function needs({ type, data }: LeadCommand, _: LeadState, context: DecisionContext): readonly Need[] {
  switch (type) {
    case 'CaptureLead':
    case 'ChangeLeadContact':
      return duplicatesNeed(context.streamId, data.contact, data.organisation)
    case 'AssignLead':
      return [
        { kind: 'lookup', as: 'placement', name: 'placement', input: { repId: data.repId, at: context.occurredAt } },
      ]
    case 'MergeLead':
      return [{ kind: 'state', as: 'survivor', category: 'lead', id: data.intoLeadId }]
    default:
      return []
  }
}

/**
 * A merged lead takes nothing more: its story goes on in the survivor. A converted one still takes touches, tags, marketing's judgement
 * and other leads; the rest is the customer's and the deal's business now.
 */
export function decide(
  command: LeadCommand,
  state: LeadState,
  context: DecisionContext & LeadNeeds,
): Decision<LeadEvent> {
  if (command.type === 'CaptureLead') return capture(command.data, state, context)
  if (state.status === 'none')
    return refuse('lead-not-found', `There is no lead ${context.streamId}: capture it first.`, {
      leadId: context.streamId,
    })
  if (command.type === 'MergeLead') return merge(command.data, state, context)
  if (state.status === 'merged')
    return refuse('lead-merged', `Lead ${context.streamId} was merged into ${state.intoLeadId}: use that one.`, {
      intoLeadId: state.intoLeadId,
    })
  const { lead } = state
  switch (command.type) {
    case 'TouchLead':
      return [{ type: 'LeadTouched', data: { ...command.data, touchId: context.id('touch') } }]
    case 'TagLead': {
      const { tags } = command.data
      return isDeepStrictEqual(tags, lead.tags) ? [] : (tagsProblem(tags) ?? [{ type: 'LeadTagged', data: tags }])
    }
    case 'MarkLeadValid':
      return lead.validity?.verdict === 'valid' ? [] : [{ type: 'LeadMarkedValid', data: {} }]
    case 'MarkLeadInvalid': {
      const { reason } = command.data
      const same = lead.validity?.verdict === 'invalid' && lead.validity.reason === reason
      return same ? [] : [{ type: 'LeadMarkedInvalid', data: { reason } }]
    }
    case 'AbsorbLead': {
      const { leadId } = command.data
      if (leadId === context.streamId) return intoItself(leadId)
      return lead.absorbed.includes(leadId) ? [] : [{ type: 'LeadAbsorbed', data: { leadId } }]
    }
    case 'QualifyLead':
      return lead.qualification?.verdict === 'qualified' ? [] : [{ type: 'LeadQualified', data: {} }]
    case 'ConvertLead':
      return convert(command.data, state, context)
  }
  if (state.status === 'converted') return converted(state)
  switch (command.type) {
    case 'ChangeLeadContact': {
      const changed = changedContact(command.data, lead)
      if (!changed) return []
      const { contact = lead.contact, organisation = lead.organisation } = changed
      if (!reachable(contact, organisation)) return unreachable
      return [
        { type: 'LeadContactChanged', data: changed },
        ...suspicions(context.streamId, context.duplicates ?? [], lead.suspected),
      ]
    }
    case 'AssignLead':
      return assign(command.data, lead.owner, context)
    case 'DisqualifyLead': {
      const { reason } = command.data
      const same = lead.qualification?.verdict === 'disqualified' && lead.qualification.reason === reason
      return same ? [] : [{ type: 'LeadDisqualified', data: { reason } }]
    }
  }
}

type Data<Type extends LeadCommand['type']> = Extract<LeadCommand, { type: Type }>['data']
type Active = Exclude<LeadState, { status: 'none' | 'merged' }>

function capture(
  { waive, ...data }: Data<'CaptureLead'>,
  state: LeadState,
  context: DecisionContext & LeadNeeds,
): Decision<LeadEvent> {
  const problem = waiverProblem(waive, context.actor)
  if (problem) return problem
  const { streamId: leadId } = context
  if (state.status !== 'none') {
    const { lead } = state
    const same = !changedContact(data, lead) && isDeepStrictEqual(data.tags, lead.tags)
    return same ? [] : refuse('lead-exists', `Lead ${leadId} exists already: a new lead needs a new id.`)
  }
  if (!waive) {
    const problem = tagsProblem(data.tags) ?? (reachable(data.contact, data.organisation) ? undefined : unreachable)
    if (problem) return problem
  }
  const flags = missingTags(data.tags).map((tag) => ({ code: `missing-tag:${tag}`, detail: 'the source did not say' }))
  return [
    { type: 'LeadCaptured', data: { leadId, ...data, ...(flags.length > 0 && { flags }) } },
    ...suspicions(leadId, context.duplicates ?? [], []),
  ]
}

const missingTags = (tags: LeadTags): readonly string[] =>
  (['type', 'region', 'firstContactChannel'] as const).filter((tag) => !tags[tag]?.trim())

function tagsProblem(tags: LeadTags): Refusal | undefined {
  const missing = missingTags(tags)
  if (missing.length === 0) return undefined
  return refuse('missing-tags', `A lead carries three tags; say also ${listed(missing)}.`, { tags: missing })
}

const unreachable = refuse(
  'no-way-to-contact',
  'A lead needs a phone number, an e-mail address, a WeChat id or an organisation.',
)

function assign(
  { repId }: Data<'AssignLead'>,
  owner: Owner,
  { placement, occurredAt }: DecisionContext & LeadNeeds,
): Decision<LeadEvent> {
  if (!placement) return unknownRep(repId, occurredAt)
  const { storeId } = placement
  if (storeId === null) return repWithoutStore(repId)
  return owner?.repId === repId && owner.storeId === storeId ? [] : [{ type: 'LeadAssigned', data: { repId, storeId } }]
}
type Owner = Active['lead']['owner']

function convert({ customerId }: Data<'ConvertLead'>, state: Active, context: DecisionContext): Decision<LeadEvent> {
  if (state.status === 'converted')
    return customerId === undefined || customerId === state.customerId ? [] : converted(state)
  if (state.lead.qualification?.verdict !== 'qualified')
    return refuse('not-qualified', `Lead ${context.streamId} is not qualified: qualify it before converting it.`, {
      qualification: state.lead.qualification,
    })
  return [
    { type: 'LeadConverted', data: { customerId: customerId ?? context.id('customer'), dealId: context.id('deal') } },
  ]
}

function merge(
  { intoLeadId }: Data<'MergeLead'>,
  state: Exclude<LeadState, { status: 'none' }>,
  { streamId, survivor = { status: 'none' } }: DecisionContext & LeadNeeds,
): Decision<LeadEvent> {
  if (intoLeadId === streamId) return intoItself(streamId)
  if (state.status === 'merged')
    return state.intoLeadId === intoLeadId
      ? []
      : refuse('lead-merged', `Lead ${streamId} was merged into ${state.intoLeadId} already.`, {
          intoLeadId: state.intoLeadId,
        })
  if (state.status === 'converted') return converted(state)
  if (survivor.status === 'none')
    return refuse('survivor-not-found', `There is no lead ${intoLeadId} to merge into.`, { intoLeadId })
  if (survivor.status === 'merged')
    return refuse(
      'survivor-merged',
      `Lead ${intoLeadId} was itself merged, into ${survivor.intoLeadId}: merge into that one.`,
      {
        intoLeadId: survivor.intoLeadId,
      },
    )
  return [{ type: 'LeadMerged', data: { intoLeadId } }]
}

const intoItself = (leadId: string) =>
  refuse('merge-into-itself', `Lead ${leadId} cannot be merged into itself.`, { leadId })

const converted = ({ customerId, dealId }: Extract<LeadState, { status: 'converted' }>) =>
  refuse('lead-converted', `The lead was converted to customer ${customerId} and deal ${dealId}: go on there.`, {
    customerId,
    dealId,
  })
