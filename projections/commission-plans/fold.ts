import { type CommissionPlanDefinition, streamId } from '@headwater/schema'
import type { ReadModel } from '../engine/read-model.ts'
import { actedFactOf } from '../fact.ts'
import { commissionPlans, commissionPlanVersions } from './tables.ts'

const parts = { versions: commissionPlanVersions }

/** Commission plans with all their versions: who submitted and who approved each. */
export const commissionPlansModel: ReadModel<typeof commissionPlans, typeof parts> = {
  name: 'commission_plans',
  version: 1,
  root: commissionPlans,
  parts,
  streams: ['plan-'],
  key: (event) => streamId(event.stream),
  evolve(plan, event) {
    const { revision } = event
    if (event.type === 'CommissionPlanSubmitted') {
      const { planId, version } = event.data
      const definition = event.data.definition as CommissionPlanDefinition
      const pending = { status: 'pending', submitted: actedFactOf(event), decided: null, reason: null } as const
      const approvedVersion = plan?.root.approvedVersion ?? null
      return {
        root: { planId, revision, name: definition.name, latestVersion: version, approvedVersion },
        versions: [...(plan?.versions ?? []), { planId, version, definition, ...pending }],
      }
    }
    if (event.type !== 'CommissionPlanApproved' && event.type !== 'CommissionPlanRejected') return plan
    if (!plan) throw new Error(`${event.type} before the plan was submitted`)
    const { root, versions } = plan
    const { version } = event.data
    const isApproved = event.type === 'CommissionPlanApproved'
    const decision = {
      status: isApproved ? ('approved' as const) : ('rejected' as const),
      decided: actedFactOf(event),
      reason: event.type === 'CommissionPlanRejected' ? event.data.reason : null,
    }
    return {
      root: { ...root, revision, approvedVersion: isApproved ? version : root.approvedVersion },
      versions: versions.map((each) => (each.version === version ? { ...each, ...decision } : each)),
    }
  },
}
