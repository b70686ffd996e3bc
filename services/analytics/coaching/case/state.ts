import type { Anomaly, CoachingCaseEvent, Dated } from '@headwater/schema'

type Of<Type extends CoachingCaseEvent['type']> = Extract<CoachingCaseEvent, { type: Type }>['data']

export type CoachingCaseState =
  | { readonly status: 'none' }
  | ({
      /** What was seen when it was last opened. */
      readonly anomaly: Anomaly
    } & (
      | { readonly status: 'open' }
      | { readonly status: 'acknowledged'; readonly by: string; readonly with: Of<'CoachingCaseAcknowledged'> }
      | { readonly status: 'closed'; readonly with: Of<'CoachingCaseClosed'> }
    ))

export const initialState: CoachingCaseState = { status: 'none' }

export function evolve(state: CoachingCaseState, { type, data, actor }: Dated<CoachingCaseEvent>): CoachingCaseState {
  if (type === 'CoachingCaseOpened') return { status: 'open', anomaly: data.anomaly }
  if (state.status === 'none') throw new Error(`coaching case stream: ${type} before CoachingCaseOpened`)
  const { anomaly } = state
  return type === 'CoachingCaseAcknowledged'
    ? { anomaly, status: 'acknowledged', by: actor.id, with: data }
    : { anomaly, status: 'closed', with: data }
}
