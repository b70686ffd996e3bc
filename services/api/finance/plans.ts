import { type CommissionPlanVersionRow, listCommissionPlans } from '@headwater/projections'
import { builder } from '../shared/builder.ts'
import { defineEnum } from '../shared/enum.ts'
import { atLeastArg, beFresh } from '../shared/fresh.ts'
import { keyOf } from '../shared/global-id.ts'
import { CommissionPlanRef } from '../shared/refs.ts'
import { LocalTextRef } from '../shared/values.ts'

const StatusEnum = defineEnum('CommissionPlanStatus', 'Where a version of a commission plan stands.', {
  pending: 'Waits for somebody who did not submit it to approve it.',
  approved: 'People are paid by it; it never changes.',
  rejected: 'Nobody is paid by it.',
})

const VersionRef = builder.objectRef<CommissionPlanVersionRow>('CommissionPlanVersion').implement({
  description: 'A version of a commission plan: immutable.',
  fields: (t) => ({
    version: t.exposeInt('version', { description: 'Counts from 1.' }),
    status: t.expose('status', { type: StatusEnum, description: 'Where it stands.' }),
    definition: t.expose('definition', { type: 'JSON', description: 'All of it, as `submitCommissionPlan` takes it.' }),
    submittedAt: t.field({
      type: 'DateTime',
      description: 'When it was submitted.',
      resolve: ({ submitted }) => submitted.occurredAt,
    }),
    submittedBy: t.string({ description: 'The id of who did.', resolve: ({ submitted }) => submitted.actorId }),
    decidedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it was approved or rejected.',
      resolve: ({ decided }) => decided?.occurredAt,
    }),
    decidedBy: t.string({
      nullable: true,
      description: 'The id of who did.',
      resolve: ({ decided }) => decided?.actorId,
    }),
    reason: t.exposeString('reason', { nullable: true, description: 'Why it was rejected.' }),
  }),
})

builder.node(CommissionPlanRef, {
  description: 'By what rules reps are paid, in versions.',
  id: { resolve: (plan) => plan.planId },
  loadMany: (ids, { loaders }) => ids.map((id) => loaders.commissionPlans.load(id)),
  fields: (t) => ({
    key: t.exposeString('planId', { description: 'The id within its kind, as streams, events and imports have it.' }),
    revision: t.exposeInt('revision', { description: 'The revision of its stream that is shown here.' }),
    name: t.field({
      type: LocalTextRef,
      description: 'What people call the newest version.',
      resolve: ({ name }) => name,
    }),
    approvedVersion: t.exposeInt('approvedVersion', {
      nullable: true,
      description: 'The newest version that was approved; null where none was.',
    }),
    versions: t.field({
      type: [VersionRef],
      description: 'All versions, newest first.',
      resolve: async ({ planId }, _, { loaders }) => [...(await loaders.commissionPlanVersions.load(planId))],
    }),
  }),
})

builder.queryFields((t) => ({
  commissionPlans: t.field({
    type: [CommissionPlanRef],
    description: 'All commission plans.',
    args: { atLeast: t.arg(atLeastArg) },
    resolve: async (_, { atLeast }, context) => {
      await beFresh(context, atLeast)
      return listCommissionPlans(context.db, context.viewer)
    },
  }),
  commissionPlan: t.field({
    type: CommissionPlanRef,
    nullable: true,
    description: 'A commission plan; null where there is none.',
    args: { id: t.arg.id({ required: true, description: 'Its id.' }), atLeast: t.arg(atLeastArg) },
    resolve: async (_, { id, atLeast }, context) => {
      await beFresh(context, atLeast)
      return context.loaders.commissionPlans.load(keyOf('CommissionPlan', id))
    },
  }),
}))
