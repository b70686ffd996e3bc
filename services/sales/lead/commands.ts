import { Contact, Id, Label, LeadTags, Source, TouchOrigin } from '@headwater/schema'
import { z } from 'zod'

const command = <Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) =>
  z.object({ type: z.literal(type), data: z.object(shape) })
const reason = z.string().min(1).max(2000)

/** Commands of a lead; the stream's id is the lead's. */
export const LeadCommand = z.discriminatedUnion('type', [
  command('CaptureLead', {
    contact: Contact.optional(),
    organisation: Label.optional(),
    tags: LeadTags,
    source: Source,
    productLine: Label.optional(),
    segment: Label.optional(),
    /** Imports only: take a lead without its three tags, with a flag. */
    waive: z.boolean().optional(),
  }),
  command('ChangeLeadContact', { contact: Contact.optional(), organisation: Label.optional() }),
  command('TagLead', { tags: LeadTags }),
  command('TouchLead', {
    ...Source.shape,
    ...TouchOrigin.shape,
    direction: z.enum(['inbound', 'outbound']),
    direct: z.boolean().optional(),
  }),
  command('AssignLead', { repId: Id }),
  command('MarkLeadValid', {}),
  command('MarkLeadInvalid', { reason }),
  command('QualifyLead', {}),
  command('DisqualifyLead', { reason }),
  /** To a customer (a new one, or the one named) and a deal; who carries the command out opens both. */
  command('ConvertLead', { customerId: Id.optional() }),
  command('MergeLead', { intoLeadId: Id }),
  command('AbsorbLead', { leadId: Id }),
])
export type LeadCommand = z.infer<typeof LeadCommand>
