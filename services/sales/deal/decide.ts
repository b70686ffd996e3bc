import {
  type DealEvent,
  type Decision,
  type DecisionContext,
  deadline,
  instantOf,
  isRefusal,
  msOf,
  type Need,
  type PlaybookDefinition,
  type Refusal,
} from '@headwater/schema'
import { definitionOf, latestVersion, type PlaybookState } from '../playbook/state.ts'
import { type Placement, waiverProblem } from '../refusal.ts'
import { type Existing, unblocked } from './checks.ts'
import type { DealCommand } from './commands.ts'
import * as facts from './facts.ts'
import { migrate } from './migration.ts'
import { advance, lose, moveBack, reopen, win } from './moves.ts'
import { open } from './open.ts'
import { refuse } from './refusals.ts'
import type { DealState } from './state.ts'

/** By the names in `needs`. */
export interface DealNeeds {
  readonly playbook?: PlaybookState
  readonly placement?: Placement
}

const withoutPlaybook: ReadonlySet<DealCommand['type']> = new Set<DealCommand['type']>([
  'WithdrawEvidence',
  'ValueDeal',
  'AssignDeal',
  'UnblockDeal',
  'LogDealActivity',
])

/** The playbook where gates, lists or the limit for late entry are checked; the rep's placement where one is named. */
export function needs({ type, data }: DealCommand, state: DealState, context: DecisionContext): readonly Need[] {
  const found: Need[] = []
  const late = context.occurredAt < context.now && !data.waive
  const playbookId =
    type === 'OpenDeal' ? data.playbook.id : state.status === 'none' ? undefined : state.deal.playbook.id
  if (playbookId !== undefined && (late || !withoutPlaybook.has(type)))
    found.push({ kind: 'state', as: 'playbook', category: 'playbook', id: playbookId })
  const repId = type === 'OpenDeal' || type === 'AssignDeal' ? data.repId : undefined
  if (repId != null)
    found.push({ kind: 'lookup', as: 'placement', name: 'placement', input: { repId, at: context.occurredAt } })
  return found
}

export function decide(
  command: DealCommand,
  state: DealState,
  { playbook: book = { status: 'none' }, placement, ...context }: DecisionContext & DealNeeds,
): Decision<DealEvent> {
  const problem = waiverProblem(command.data.waive, context.actor)
  if (problem) return problem
  if (command.type === 'OpenDeal') {
    const decision = open(command.data, state, book, placement, context)
    if (isRefusal(decision) || decision.length === 0) return decision
    const version = command.data.playbook.version ?? latestVersion(book)
    return tooLate(command, definitionOf(book, version), context) ?? decision
  }
  if (state.status === 'none')
    return refuse('deal-not-found', `There is no deal ${context.streamId}: open it first.`, {
      dealId: context.streamId,
    })
  const definition = definitionOf(book, state.deal.playbook.version)
  const decision = decideExisting(command, state, book, definition, placement, context)
  if (isRefusal(decision) || decision.length === 0) return decision
  return tooLate(command, definition, context) ?? decision
}

function decideExisting(
  command: Exclude<DealCommand, { type: 'OpenDeal' }>,
  state: Existing,
  book: PlaybookState,
  definition: PlaybookDefinition | undefined,
  placement: Placement,
  context: DecisionContext,
): Decision<DealEvent> {
  const { deal } = state
  switch (command.type) {
    case 'WithdrawEvidence':
      return facts.withdrawEvidence(command.data, deal)
    case 'ValueDeal':
      return facts.value(command.data, deal)
    case 'AssignDeal':
      return facts.assign(command.data, deal, placement, context)
    case 'UnblockDeal':
      return unblocked(deal)
    case 'LogDealActivity':
      return [{ type: 'DealActivityLogged', data: activity(command.data, context) }]
    case 'MigrateDeal':
      return migrate(command.data, state, book)
  }
  if (!definition)
    throw new Error(`version ${deal.playbook.version} of playbook ${deal.playbook.id} is not in its stream`)
  switch (command.type) {
    case 'AdvanceDeal':
      return advance(command.data, state, definition, context)
    case 'MoveDealBack':
      return moveBack(command.data, state, definition, context)
    case 'WinDeal':
      return win(command.data, state, definition, context)
    case 'LoseDeal':
      return lose(command.data, state, definition, context)
    case 'ReopenDeal':
      return reopen(command.data, state, definition, context)
    case 'AttachEvidence':
      return facts.attachEvidence(command.data, deal, definition, context)
    case 'SetDealFields':
      return facts.setFields(command.data, deal, definition)
    case 'CompleteChecklistItem':
      return facts.completeItem(command.data, deal, definition)
    case 'UndoChecklistItem':
      return facts.undoItem(command.data, deal, definition)
    case 'BlockDeal':
      return facts.block(command.data, state, definition, context)
  }
}

/** The playbook's limit for late entry holds for every fact; only a waiver lets an import pass. */
function tooLate(
  { data }: DealCommand,
  playbook: PlaybookDefinition | undefined,
  { now, occurredAt }: DecisionContext,
): Refusal | undefined {
  if (!playbook?.backdating || data.waive) return undefined
  const { limit } = playbook.backdating
  const last = deadline(msOf(occurredAt), { after: limit, clock: 'calendar' }, playbook.calendar)
  if (msOf(now) <= last) return undefined
  return refuse(
    'entered-too-late',
    `What happened at ${occurredAt} could be entered until ${instantOf(last)} (${limit}).`,
    {
      occurredAt,
      now,
      limit,
    },
  )
}

const activity = ({ kind, note }: { kind: string; note?: string | undefined }, context: DecisionContext) => ({
  activityId: context.id('activity'),
  kind,
  ...(note !== undefined && { note }),
})
