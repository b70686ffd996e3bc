import { plan } from '@headwater/finance'
import { type InputFields, idOf } from '../shared/input.ts'
import { defineCommand } from '../shared/mutation.ts'
import { CommissionPlanRef } from '../shared/refs.ts'
import { entityResult } from '../shared/result.ts'

const PlanResult = entityResult(CommissionPlanRef, 'commissionPlan', ({ loaders }, key) =>
  loaders.commissionPlans.load(key),
)
const onPlan = { aggregate: plan, target: 'planId', result: PlanResult } as const
const theVersion = (t: InputFields) => ({
  planId: idOf(t, 'CommissionPlan', 'The plan.', { required: true }),
  version: t.int({ required: true, description: 'The version.' }),
})

defineCommand('submitCommissionPlan', {
  ...onPlan,
  command: 'SubmitCommissionPlan',
  description:
    'Submits the next version of a commission plan, or the first of a new one. Nobody is paid by it before somebody else has approved it.',
  fields: (t) => ({
    planId: idOf(t, 'CommissionPlan', 'The plan, or the id of a new one.', { required: true }),
    version: t.int({ description: 'Guards against two people submitting at once: it must be the next one.' }),
    definition: t.field({
      type: 'JSON',
      required: true,
      description: 'Currency, zone, months, rules and all else: as `CommissionPlanVersion.definition` shows it.',
    }),
  }),
})
defineCommand('approveCommissionPlan', {
  ...onPlan,
  command: 'ApproveCommissionPlan',
  description: 'Approves the version that waits. Refused for whoever submitted it.',
  fields: theVersion,
})
defineCommand('rejectCommissionPlan', {
  ...onPlan,
  command: 'RejectCommissionPlan',
  description: 'Rejects the version that waits.',
  fields: (t) => ({ ...theVersion(t), reason: t.string({ required: true, description: 'Why.' }) }),
})
