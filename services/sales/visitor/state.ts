import type { Dated, VisitorEvent } from '@headwater/schema'

/** Who the visitor turned out to be. */
export interface VisitorState {
  readonly leadId?: string
  readonly customerId?: string
}

export const initialState: VisitorState = {}

export function evolve(state: VisitorState, { type, data }: Dated<VisitorEvent>): VisitorState {
  if (type === 'VisitorTouched') return state
  return data.as === 'lead' ? { ...state, leadId: data.leadId } : { ...state, customerId: data.customerId }
}
