// What is known of a deal besides its stage. These are facts: they may be added and corrected after the deal was closed too.
import {
  type DealEvent,
  type Decision,
  type DecisionContext,
  type FieldValue,
  isRefusal,
  LocalDate,
  type PlaybookDefinition,
  type Refusal,
} from '@headwater/schema'
import { listed, type Placement, repWithoutStore, unknownRep } from '../refusal.ts'
import { closed, type Existing, reasonProblem, sameMoney, timeFlags, unblocked } from './checks.ts'
import type { DealCommand } from './commands.ts'
import { refuse } from './refusals.ts'
import type { Deal } from './state.ts'

type Data<Type extends DealCommand['type']> = Extract<DealCommand, { type: Type }>['data']
const ids = (named: readonly { id: string }[]) => named.map(({ id }) => id)

export function attachEvidence(
  { evidenceId: given, kind, file, note }: Data<'AttachEvidence'>,
  deal: Deal,
  playbook: PlaybookDefinition,
  context: DecisionContext,
): Decision<DealEvent> {
  const known = ids(playbook.evidenceKinds)
  if (!known.includes(kind))
    return refuse(
      'unknown-evidence-kind',
      `"${kind}" is no kind of evidence of the playbook: choose from ${listed(known)}.`,
      {
        kind,
        known,
      },
    )
  const evidenceId = given ?? context.id('evidence')
  const there = deal.evidence.get(evidenceId)
  if (there?.withdrawn)
    return refuse('evidence-withdrawn', `Evidence ${evidenceId} was withdrawn: attach it under a new id.`)
  if (there?.kind === kind) return []
  if (there) return refuse('evidence-exists', `Evidence ${evidenceId} is attached already, as "${there.kind}".`)
  const data = { evidenceId, kind, stage: deal.stage, ...(file && { file }), ...(note !== undefined && { note }) }
  return [{ type: 'EvidenceAttached', data }]
}

export function withdrawEvidence({ evidenceId, reason }: Data<'WithdrawEvidence'>, deal: Deal): Decision<DealEvent> {
  const there = deal.evidence.get(evidenceId)
  if (!there)
    return refuse('unknown-evidence', `The deal has no evidence ${evidenceId}.`, { known: [...deal.evidence.keys()] })
  return there.withdrawn ? [] : [{ type: 'EvidenceWithdrawn', data: { evidenceId, reason } }]
}

/** Sets what differs. */
export function setFields(
  { fields }: Data<'SetDealFields'>,
  deal: Deal,
  playbook: PlaybookDefinition,
): Decision<DealEvent> {
  const types = new Map(playbook.fields.map(({ id, type }) => [id, type]))
  const wanted = Object.entries(fields)
  const unknown = wanted.map(([field]) => field).filter((field) => !types.has(field))
  if (unknown.length > 0)
    return refuse(
      'unknown-field',
      `${listed(unknown)}: no such field in the playbook, which has ${listed([...types.keys()])}.`,
      {
        unknown,
        known: [...types.keys()],
      },
    )
  const wrong = wanted.flatMap(([field, value]) => {
    const type = types.get(field)!
    return value === null || fits(type, value) ? [] : [{ field, type }]
  })
  if (wrong.length > 0)
    return refuse(
      'field-type-mismatch',
      `Not of the field's type: ${wrong.map((w) => `"${w.field}" takes ${takes[w.type]}`).join(', ')}.`,
      {
        fields: wrong,
      },
    )
  const changed = wanted.filter(([field, value]) => !sameValue(value, deal.fields.get(field) ?? null))
  return changed.length === 0 ? [] : [{ type: 'DealFieldsSet', data: { fields: Object.fromEntries(changed) } }]
}

type FieldType = PlaybookDefinition['fields'][number]['type']
const takes: Record<FieldType, string> = {
  text: 'a text that is not blank',
  number: 'a number',
  money: 'an amount of money',
  date: 'a date such as 2026-11-22',
  boolean: 'true or false',
}

function fits(type: FieldType, value: FieldValue): boolean {
  switch (type) {
    case 'text':
      return typeof value === 'string' && value.trim() !== ''
    case 'money':
      return typeof value === 'object'
    case 'date':
      return LocalDate.safeParse(value).success
    default:
      return typeof value === type
  }
}

const sameValue = (a: FieldValue | null, b: FieldValue | null): boolean =>
  typeof a === 'object' && a !== null ? typeof b === 'object' && sameMoney(a, b) : a === b

export function completeItem(
  { item }: Data<'CompleteChecklistItem'>,
  deal: Deal,
  playbook: PlaybookDefinition,
): Decision<DealEvent> {
  const problem = itemProblem(item, playbook)
  if (problem) return problem
  return deal.checklist.has(item) ? [] : [{ type: 'ChecklistItemDone', data: { item } }]
}

export function undoItem(
  { item, reason }: Data<'UndoChecklistItem'>,
  deal: Deal,
  playbook: PlaybookDefinition,
): Decision<DealEvent> {
  // What was done may be undone, even where a newer version of the playbook does not know it any more.
  if (deal.checklist.has(item)) return [{ type: 'ChecklistItemUndone', data: { item, reason } }]
  return itemProblem(item, playbook) ?? []
}

function itemProblem(item: string, playbook: PlaybookDefinition): Refusal | undefined {
  const known = ids(playbook.checklist)
  if (known.includes(item)) return undefined
  return refuse(
    'unknown-checklist-item',
    `"${item}" is not on the playbook's checklist: choose from ${listed(known)}.`,
    { item, known },
  )
}

export const value = ({ value }: Data<'ValueDeal'>, deal: Deal): Decision<DealEvent> =>
  sameMoney(value, deal.value) ? [] : [{ type: 'DealValued', data: { value } }]

export function assign(
  { repId }: Data<'AssignDeal'>,
  { owner }: Deal,
  placement: Placement,
  { occurredAt }: DecisionContext,
): Decision<DealEvent> {
  if (!placement) return unknownRep(repId, occurredAt)
  const { storeId } = placement
  if (storeId === null) return repWithoutStore(repId)
  return owner.repId === repId && owner.storeId === storeId ? [] : [{ type: 'DealAssigned', data: { repId, storeId } }]
}

/** At most one reason at a time: another one takes the place of the first. */
export function block(
  { reason, note }: Data<'BlockDeal'>,
  state: Existing,
  { blockingReasons }: PlaybookDefinition,
  { occurredAt }: DecisionContext,
): Decision<DealEvent> {
  if (state.status !== 'open') return closed(state)
  const { deal } = state
  const { stage } = deal
  const unknown = reasonProblem('blocking', reason, blockingReasons)
  if (unknown) return unknown
  if (deal.block === reason) return []
  const early = timeFlags(deal, occurredAt)
  if (isRefusal(early)) return early
  return [...unblocked(deal), { type: 'DealBlocked', data: { stage, reason, ...(note !== undefined && { note }) } }]
}
