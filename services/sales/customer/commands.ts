import { Contact, Id } from '@headwater/schema'
import { z } from 'zod'

/** Commands of a customer; the stream's id is the customer's. */
export const CustomerCommand = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('RegisterCustomer'),
    data: z.object({
      /** The lead's case where the customer grew out of a lead. */
      caseId: Id.optional(),
      leadId: Id.optional(),
      contact: Contact.optional(),
      organisation: z.string().min(1).max(300).optional(),
    }),
  }),
  z.object({
    type: z.literal('ChangeCustomerContact'),
    data: z.object({ contact: Contact.optional(), organisation: z.string().min(1).max(300).optional() }),
  }),
  /** From `occurredAt` on, what the customer pays counts for this rep. */
  z.object({ type: z.literal('AssignCustomerOwner'), data: z.object({ repId: Id, storeId: Id }) }),
])
export type CustomerCommand = z.infer<typeof CustomerCommand>
