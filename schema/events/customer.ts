import { z } from 'zod'
import { Id } from '../ids.ts'
import { defineEvent, type EventOf } from './define.ts'
import { Contact } from './lead.ts'

export const CustomerRegistered = defineEvent('CustomerRegistered', [
  z.object({
    customerId: Id,
    /** The story it belongs to: its lead's, or its own. */
    caseId: Id,
    leadId: Id.optional(),
    contact: Contact.optional(),
    organisation: z.string().min(1).optional(),
  }),
])
export const CustomerContactChanged = defineEvent('CustomerContactChanged', [
  z.object({ contact: Contact.optional(), organisation: z.string().min(1).optional() }),
])
/** From when it occurred on, what the customer pays counts for this rep. */
export const CustomerOwnerAssigned = defineEvent('CustomerOwnerAssigned', [
  z.object({ repId: Id, storeId: Id, previousRepId: Id.optional() }),
])

export const customerEvents = [CustomerRegistered, CustomerContactChanged, CustomerOwnerAssigned] as const
export type CustomerEvent = EventOf<typeof customerEvents>
