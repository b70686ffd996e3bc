import type { CommissionPlanDefinition, LocalText } from '@headwater/schema'
import type { z } from 'zod'
import { integer, json, nullable, type Row, table, text } from '../engine/table.ts'
import type { ActedFact } from '../fact.ts'

export const commissionPlans = table(
  'commission_plans',
  {
    planId: text(),
    revision: integer,
    /** Of the newest version. */
    name: json<z.infer<typeof LocalText>>(),
    latestVersion: integer,
    /** The newest that was approved. */
    approvedVersion: nullable(integer),
  },
  ['planId'],
)

export const commissionPlanVersions = table(
  'commission_plan_versions',
  {
    planId: text(),
    version: integer,
    definition: json<CommissionPlanDefinition>(),
    status: text<'pending' | 'approved' | 'rejected'>(),
    submitted: json<ActedFact>(),
    /** The approval or rejection. */
    decided: nullable(json<ActedFact>()),
    /** Why it was rejected. */
    reason: nullable(text()),
  },
  ['planId', 'version'],
)

export type CommissionPlanRow = Row<typeof commissionPlans>
export type CommissionPlanVersionRow = Row<typeof commissionPlanVersions>
