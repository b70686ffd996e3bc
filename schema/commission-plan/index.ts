import type { z } from 'zod'
import { planProblems } from './check.ts'
import { CommissionPlanFields } from './definition.ts'

export { CommissionRule, type Selector, type Tier } from './definition.ts'

/**
 * A commission plan. Published by one person, approved by another, and never changed: what changes is a new version. Several plans may
 * cover the same rep; each pays by its own rules.
 */
export const CommissionPlanDefinition = CommissionPlanFields.superRefine((plan, context) => {
  for (const { path, message } of planProblems(plan)) context.addIssue({ code: 'custom', path, message })
})
export type CommissionPlanDefinition = z.infer<typeof CommissionPlanDefinition>
/** As people write it: defaults may be left out. */
export type CommissionPlanInput = z.input<typeof CommissionPlanDefinition>
