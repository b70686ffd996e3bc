import { z } from 'zod'
import { CommissionPlanDefinition } from '../commission-plan/index.ts'
import { Id } from '../ids.ts'
import { defineEvent, type EventOf } from './define.ts'

const Version = z.object({ planId: Id, version: z.int().positive() })

/** Nobody is paid by it before somebody else has approved it. */
export const CommissionPlanSubmitted = defineEvent('CommissionPlanSubmitted', [
  Version.extend({ definition: CommissionPlanDefinition }),
])
export const CommissionPlanApproved = defineEvent('CommissionPlanApproved', [Version])
export const CommissionPlanRejected = defineEvent('CommissionPlanRejected', [
  Version.extend({ reason: z.string().min(1).max(2000) }),
])

export const commissionPlanEvents = [CommissionPlanSubmitted, CommissionPlanApproved, CommissionPlanRejected] as const
export type CommissionPlanEvent = EventOf<typeof commissionPlanEvents>
