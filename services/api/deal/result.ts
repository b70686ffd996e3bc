import { DealRef } from '../shared/refs.ts'
import { entityResult } from '../shared/result.ts'

export const DealResult = entityResult(DealRef, 'deal', ({ loaders }, key) => loaders.deals.load(key))
