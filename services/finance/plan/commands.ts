import { CommissionPlanDefinition } from '@headwater/schema'
import { z } from 'zod'

const command = <Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) =>
  z.object({ type: z.literal(type), data: z.object(shape) })
const version = z.int().positive()

/** Commands of a commission plan; the stream's id is the plan's. */
export const CommissionPlanCommand = z.discriminatedUnion('type', [
  /** `version` guards against two people submitting at once: it must be the next one. */
  command('SubmitCommissionPlan', { version: version.optional(), definition: CommissionPlanDefinition }),
  command('ApproveCommissionPlan', { version }),
  command('RejectCommissionPlan', { version, reason: z.string().min(1).max(2000) }),
])
export type CommissionPlanCommand = z.infer<typeof CommissionPlanCommand>
