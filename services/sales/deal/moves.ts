// The deal's course through its stages.
import {
  type DealEvent,
  type Decision,
  type DecisionContext,
  isRefusal,
  type PlaybookDefinition,
} from '@headwater/schema'
import { listed } from '../refusal.ts'
import {
  closed,
  type Existing,
  gateProblem,
  jumpProblem,
  reasonProblem,
  records,
  sameMoney,
  timeFlags,
  unblocked,
  unknownStage,
} from './checks.ts'
import type { DealCommand } from './commands.ts'
import { gateFacts, pathForward, stageIndex } from './gates.ts'
import { refuse } from './refusals.ts'

type Data<Type extends DealCommand['type']> = Extract<DealCommand, { type: Type }>['data']

export function advance(
  { to, reason, waive }: Data<'AdvanceDeal'>,
  state: Existing,
  playbook: PlaybookDefinition,
  { occurredAt: at }: DecisionContext,
): Decision<DealEvent> {
  if (state.status !== 'open') return closed(state)
  const { deal } = state
  const { stages } = playbook
  const from = stageIndex(playbook, deal.stage)
  const target = to === undefined ? from + 1 : stageIndex(playbook, to)
  if (target === -1) return unknownStage(playbook, to!)
  if (target === from) return []
  if (target < from)
    return refuse('not-forward', `Stage "${to}" comes before "${deal.stage}": move the deal back instead.`)
  if (target === stages.length)
    return refuse('last-stage', `"${deal.stage}" is the last stage: win the deal, or lose it.`, { stage: deal.stage })
  const path = pathForward(playbook, gateFacts(deal), from, target)
  const stage = stages[target]!.id
  if (!waive) {
    const problem = jumpProblem(path, stage) ?? gateProblem(path, `leave "${deal.stage}" for "${stage}"`)
    if (problem) return problem
  }
  const flags = timeFlags(deal, at, waive)
  if (isRefusal(flags)) return flags
  const move = { from: deal.stage, to: stage, ...records(path.missing, flags) }
  const skipped = path.jumped.length > 0 ? { skipped: [...path.jumped] } : {}
  if (deal.visited.includes(stage))
    return [...unblocked(deal), { type: 'DealReentered', data: { ...move, ...skipped } }]
  if (path.jumped.length === 0) return [...unblocked(deal), { type: 'DealAdvanced', data: move }]
  if (reason === undefined && !waive)
    return refuse('reason-required', `Say why ${listed(path.jumped)} can be skipped: give a reason.`, {
      skipped: path.jumped,
    })
  const data = { ...move, skipped: [...path.jumped], reason: reason ?? 'not stated' }
  return [...unblocked(deal), { type: 'DealSkippedAhead', data }]
}

export function moveBack(
  { to, reason, waive }: Data<'MoveDealBack'>,
  state: Existing,
  playbook: PlaybookDefinition,
  { occurredAt: at }: DecisionContext,
): Decision<DealEvent> {
  if (state.status !== 'open') return closed(state)
  const { deal } = state
  const target = stageIndex(playbook, to)
  const from = stageIndex(playbook, deal.stage)
  if (target === -1) return unknownStage(playbook, to)
  if (target === from) return []
  if (target > from)
    return refuse('not-backward', `Stage "${to}" comes after "${deal.stage}": advance the deal instead.`)
  const flags = timeFlags(deal, at, waive)
  if (isRefusal(flags)) return flags
  return [...unblocked(deal), { type: 'DealMovedBack', data: { from: deal.stage, to, reason, ...records([], flags) } }]
}

export function win(
  { value, waive }: Data<'WinDeal'>,
  state: Existing,
  playbook: PlaybookDefinition,
  { occurredAt: at }: DecisionContext,
): Decision<DealEvent> {
  const { deal } = state
  if (state.status === 'won' && (value === undefined || sameMoney(value, deal.value))) return []
  if (state.status !== 'open') return closed(state)
  const path = pathForward(playbook, gateFacts(deal), stageIndex(playbook, deal.stage), playbook.stages.length)
  if (!waive) {
    if (path.outOfOrder.length > 0)
      return refuse(
        'stages-remaining',
        `The deal is in "${deal.stage}" and has still to pass ${listed(path.outOfOrder)} before it can be won.`,
        { stages: path.outOfOrder },
        path.missing,
      )
    const problem = gateProblem(path, `win from "${deal.stage}"`)
    if (problem) return problem
  }
  const flags = timeFlags(deal, at, waive, 'won')
  if (isRefusal(flags)) return flags
  const data = {
    stage: deal.stage,
    ...(value && { value }),
    ...(path.jumped.length > 0 && { skipped: [...path.jumped] }),
    ...records(path.missing, flags),
  }
  return [...unblocked(deal), { type: 'DealWon', data }]
}

export function lose(
  { reason, note, waive }: Data<'LoseDeal'>,
  state: Existing,
  { lossReasons }: PlaybookDefinition,
  { occurredAt: at }: DecisionContext,
): Decision<DealEvent> {
  if (state.status === 'lost' && state.reason === reason) return []
  if (state.status !== 'open') return closed(state)
  const unknown = reasonProblem('loss', reason, lossReasons)
  if (unknown) return unknown
  const { deal } = state
  const flags = timeFlags(deal, at, waive, 'lost')
  if (isRefusal(flags)) return flags
  const data = { stage: deal.stage, reason, ...(note !== undefined && { note }), ...records([], flags) }
  return [...unblocked(deal), { type: 'DealLost', data }]
}

/** Into the stage it was closed in, or one before it: further on it goes through the gates. */
export function reopen(
  { stage: wanted, reason, waive }: Data<'ReopenDeal'>,
  state: Existing,
  playbook: PlaybookDefinition,
  { occurredAt: at }: DecisionContext,
): Decision<DealEvent> {
  const { deal } = state
  const stage = wanted ?? deal.stage
  if (state.status === 'open') {
    if (stage === deal.stage) return []
    return refuse('deal-open', `The deal is open, in "${deal.stage}": move it instead.`, { stage: deal.stage })
  }
  const target = stageIndex(playbook, stage)
  if (target === -1) return unknownStage(playbook, stage)
  if (target > stageIndex(playbook, deal.stage))
    return refuse(
      'stage-ahead',
      `The deal was closed in "${deal.stage}": reopen it there or earlier, then advance it.`,
      {
        stage: deal.stage,
      },
    )
  if (at < state.closedAt && !waive)
    return refuse(
      'before-closing',
      `The deal was closed at ${state.closedAt}, after ${at}: date the reopening later.`,
      {
        closedAt: state.closedAt,
        occurredAt: at,
      },
    )
  const flags =
    at < state.closedAt ? [{ code: 'before-closing', detail: `reopened at ${at}, closed at ${state.closedAt}` }] : []
  return [{ type: 'DealReopened', data: { stage, reason, ...records([], flags) } }]
}
