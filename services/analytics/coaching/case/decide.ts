import { type CoachingCaseEvent, type Decision, type DecisionContext, refusing, sameData } from '@headwater/schema'
import { coachingCaseId, isFresh } from './case-id.ts'
import type { CoachingCaseCommand } from './commands.ts'
import type { CoachingCaseState } from './state.ts'

export type CoachingCaseRefusal =
  | 'other-coaching-case'
  | 'coaching-case-not-found'
  | 'coaching-case-acknowledged'
  | 'coaching-case-closed'

const refuse = refusing<CoachingCaseRefusal>()

/** A case is opened once, whoever sees the anomaly again; somebody takes it, and says at the end what came of it. Fresh evidence opens it anew. */
export function decide(
  command: CoachingCaseCommand,
  state: CoachingCaseState,
  { streamId, actor }: DecisionContext,
): Decision<CoachingCaseEvent> {
  if (command.type === 'OpenCoachingCase') {
    const { data } = command
    const id = coachingCaseId(data.about, data.anomaly)
    if (id !== streamId) return refuse('other-coaching-case', `This anomaly is case ${id}, not ${streamId}.`, { id })
    const seen = state.status === 'open' || state.status === 'acknowledged'
    const stale = state.status === 'closed' && !isFresh(data.anomaly, state.anomaly)
    return seen || stale ? [] : [{ type: 'CoachingCaseOpened', data }]
  }
  if (state.status === 'none') return refuse('coaching-case-not-found', `There is no coaching case ${streamId}.`)
  if (command.type === 'AcknowledgeCoachingCase') {
    if (state.status === 'closed') return closed(streamId)
    if (state.status === 'open') return [{ type: 'CoachingCaseAcknowledged', data: command.data }]
    return state.by === actor.id && sameData(state.with, command.data)
      ? []
      : refuse('coaching-case-acknowledged', `${state.by} has taken case ${streamId} already.`, { by: state.by })
  }
  if (state.status !== 'closed') return [{ type: 'CoachingCaseClosed', data: command.data }]
  return sameData(state.with, command.data) ? [] : closed(streamId)
}

const closed = (id: string) => refuse('coaching-case-closed', `Case ${id} is closed; fresh evidence opens it again.`)
