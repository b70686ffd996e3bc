import { LeadRef } from '../shared/refs.ts'
import { entityResult } from '../shared/result.ts'

export const LeadResult = entityResult(LeadRef, 'lead', ({ loaders }, key) => loaders.leads.load(key))
