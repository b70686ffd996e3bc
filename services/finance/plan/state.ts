import type { CommissionPlanDefinition, CommissionPlanEvent, Dated } from '@headwater/schema'

export interface CommissionPlanVersion {
  readonly definition: CommissionPlanDefinition
  /** Actor id. */
  readonly submittedBy: string
  readonly status: 'pending' | 'approved' | 'rejected'
}

export interface CommissionPlanState {
  /** Version n at index n − 1; empty: there is no such plan. */
  readonly versions: readonly CommissionPlanVersion[]
}

export const initialState: CommissionPlanState = { versions: [] }

export function evolve({ versions }: CommissionPlanState, event: Dated<CommissionPlanEvent>): CommissionPlanState {
  if (event.type === 'CommissionPlanSubmitted') {
    const { definition } = event.data
    return { versions: [...versions, { definition, submittedBy: event.actor.id, status: 'pending' }] }
  }
  const status = event.type === 'CommissionPlanApproved' ? 'approved' : 'rejected'
  return { versions: versions.map((each, i) => (i === event.data.version - 1 ? { ...each, status } : each)) }
}
