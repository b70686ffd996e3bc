import { z } from 'zod'
import { CommissionPlanFields } from './definition.ts'

/** JSON schema (draft 2020-12) of a plan as people write it, as the text of its file. What no single field can say is checked on publication only. */
export function planEditorSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(CommissionPlanFields, { io: 'input' }), null, 2)}\n`
}
