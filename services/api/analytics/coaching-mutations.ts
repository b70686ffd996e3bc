import { coachingCase } from '@headwater/analytics'
import { idOf } from '../shared/input.ts'
import { defineCommand } from '../shared/mutation.ts'
import { entityResult } from '../shared/result.ts'
import { CoachingCaseRef, OutcomeEnum } from './coaching.ts'

const CaseResult = entityResult(CoachingCaseRef, 'coachingCase', ({ loaders }, key) => loaders.coachingCases.load(key))
const onCase = { aggregate: coachingCase, target: 'coachingCase', result: CaseResult } as const

defineCommand('acknowledgeCoachingCase', {
  ...onCase,
  command: 'AcknowledgeCoachingCase',
  description: 'Takes a coaching case: one person does.',
  fields: (t) => ({
    coachingCase: idOf(t, 'CoachingCase', 'The case.', { required: true }),
    plan: t.string({ description: 'What you mean to do.' }),
  }),
})
defineCommand('closeCoachingCase', {
  ...onCase,
  command: 'CloseCoachingCase',
  description: 'Closes a coaching case with what came of it. Fresh evidence opens it again.',
  fields: (t) => ({
    coachingCase: idOf(t, 'CoachingCase', 'The case.', { required: true }),
    outcome: t.field({ type: OutcomeEnum, required: true, description: 'What came of it.' }),
    note: t.string({ required: true, description: 'In words.' }),
  }),
})
