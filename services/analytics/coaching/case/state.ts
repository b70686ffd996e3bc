import type { CoachingCaseEvent, Dated } from '@headwater/schema'

type Of<Type extends CoachingCaseEvent['type']> = Extract<CoachingCaseEvent, { type: Type }>['data']

export type CoachingCaseState =
  | { readonly status: 'none' }
  | { readonly status: 'open' }
  | { readonly status: 'acknowledged'; readonly by: string; readonly with: Of<'CoachingCaseAcknowledged'> }
  | { readonly status: 'closed'; readonly with: Of<'CoachingCaseClosed'> }

export const initialState: CoachingCaseState = { status: 'none' }

export function evolve(_: CoachingCaseState, { type, data, actor }: Dated<CoachingCaseEvent>): CoachingCaseState {
  switch (type) {
    case 'CoachingCaseOpened':
      return { status: 'open' }
    case 'CoachingCaseAcknowledged':
      return { status: 'acknowledged', by: actor.id, with: data }
    case 'CoachingCaseClosed':
      return { status: 'closed', with: data }
  }
}
