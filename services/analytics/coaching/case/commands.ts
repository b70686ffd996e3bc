import { CoachingOutcome, CoachingSubject } from '@headwater/schema'
import { z } from 'zod'

const Note = z.string().min(1).max(2000)

/** Commands of a coaching case; the stream's id is made of whom it is about and what was seen (`coachingCaseId`). */
export const CoachingCaseCommand = z.discriminatedUnion('type', [
  z.object({ type: z.literal('OpenCoachingCase'), data: CoachingSubject }),
  z.object({ type: z.literal('AcknowledgeCoachingCase'), data: z.object({ plan: Note.optional() }) }),
  z.object({ type: z.literal('CloseCoachingCase'), data: z.object({ outcome: CoachingOutcome, note: Note }) }),
])
export type CoachingCaseCommand = z.infer<typeof CoachingCaseCommand>
