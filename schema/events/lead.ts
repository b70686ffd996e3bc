import { z } from 'zod'
import { Id } from '../ids.ts'
import { Money } from '../money.ts'
import { personal } from '../personal/index.ts'
import { defineEvent, type EventOf } from './define.ts'

/** How to reach a person. `subject` is the data subject whose key seals the personal fields. */
export const Contact = z.object({
  subject: Id,
  name: personal(z.string().min(1).max(200)).optional(),
  phone: personal(z.string().min(1).max(50)).optional(),
  email: personal(z.string().min(1).max(200)).optional(),
  wechat: personal(z.string().min(1).max(100)).optional(),
})
export type Contact = z.infer<typeof Contact>

/** A word or name that figures are split by. */
export const Label = z.string().min(1).max(300)

/** The three tags every lead carries; null only where an import had none (the lead is then flagged). */
export const LeadTags = z.object({
  type: Label.nullable(),
  region: Label.nullable(),
  firstContactChannel: Label.nullable(),
})
export type LeadTags = z.infer<typeof LeadTags>

/** Where a touch came from. A null channel is a fact too: the source did not say. */
export const Source = z.object({
  channel: Label.nullable(),
  campaign: Label.optional(),
  content: Label.optional(),
  landingPage: z.string().min(1).max(2000).optional(),
})
export type Source = z.infer<typeof Source>

/** What a touch cost and who tells of it. */
export const TouchOrigin = z.object({
  cost: Money.optional(),
  /** Where it was recorded first: `web`, `nurture`, the name of a tool it was imported from … */
  system: Label.optional(),
})

/** Why a fact is kept out of some figures: a short code and what was seen. */
export const Flag = z.object({ code: z.string().min(1), detail: z.string() })
export type Flag = z.infer<typeof Flag>

const Reason = z.object({ reason: z.string().min(1) })

export const LeadCaptured = defineEvent('LeadCaptured', [
  z.object({
    leadId: Id,
    contact: Contact.optional(),
    organisation: z.string().min(1).optional(),
    tags: LeadTags,
    source: Source,
    productLine: Label.optional(),
    segment: Label.optional(),
    flags: z.array(Flag).optional(),
  }),
])
export const LeadDuplicateSuspected = defineEvent('LeadDuplicateSuspected', [
  z.object({ ofLeadId: Id, on: z.enum(['phone', 'organisation']) }),
])
export const LeadContactChanged = defineEvent('LeadContactChanged', [
  z.object({ contact: Contact.optional(), organisation: z.string().min(1).optional() }),
])
export const LeadTagged = defineEvent('LeadTagged', [LeadTags])
const Touch = Source.extend({ touchId: Id, direction: z.enum(['inbound', 'outbound']) })
export const LeadTouched = defineEvent(
  'LeadTouched',
  [Touch, Touch.extend({ ...TouchOrigin.shape, direct: z.boolean().optional() })],
  (touch) => touch,
)
export const LeadAssigned = defineEvent('LeadAssigned', [z.object({ repId: Id, storeId: Id })])
/** Marketing's judgement. Sales' own one is LeadQualified: two facts, whose overlap is reported. */
export const LeadMarkedValid = defineEvent('LeadMarkedValid', [z.object({})])
export const LeadMarkedInvalid = defineEvent('LeadMarkedInvalid', [Reason])
/** Sales' judgement that the lead is convertible. */
export const LeadQualified = defineEvent('LeadQualified', [z.object({})])
export const LeadDisqualified = defineEvent('LeadDisqualified', [Reason])
export const LeadConverted = defineEvent('LeadConverted', [z.object({ customerId: Id, dealId: Id })])
/** On the duplicate's stream: its story goes on in the survivor. */
export const LeadMerged = defineEvent('LeadMerged', [z.object({ intoLeadId: Id })])
/** On the survivor's stream. The touches of both stay where they were recorded; read models show them together. */
export const LeadAbsorbed = defineEvent('LeadAbsorbed', [z.object({ leadId: Id })])

export const leadEvents = [
  LeadCaptured,
  LeadDuplicateSuspected,
  LeadContactChanged,
  LeadTagged,
  LeadTouched,
  LeadAssigned,
  LeadMarkedValid,
  LeadMarkedInvalid,
  LeadQualified,
  LeadDisqualified,
  LeadConverted,
  LeadMerged,
  LeadAbsorbed,
] as const
export type LeadEvent = EventOf<typeof leadEvents>
