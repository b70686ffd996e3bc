import { instant, integer, json, nullable, personalColumn, type Row, table, text } from '../engine/table.ts'
import { factColumns } from '../fact.ts'
import { openContacts, type SealedContact } from '../personal.ts'

export const customers = table(
  'customers',
  {
    customerId: text(),
    revision: integer,
    caseId: text(),
    leadId: nullable(text()),
    contact: nullable(personalColumn(json<SealedContact>(), openContacts)),
    organisation: nullable(text()),
    /** Whom its payments count for now. */
    ownerId: nullable(text()),
    ownerStoreId: nullable(text()),
    registeredAt: instant,
    registeredRecordedAt: instant,
    changedAt: instant,
  },
  ['customerId'],
  ['registered_at, customer_id', 'lead_id'],
)

/** Each time a customer was given to a rep, in the order of the log. */
export const customerOwners = table(
  'customer_owners',
  {
    customerId: text(),
    ownerNo: integer,
    repId: text(),
    storeId: text(),
    previousRepId: nullable(text()),
    ...factColumns,
  },
  ['customerId', 'ownerNo'],
  ['rep_id', 'previous_rep_id'],
)

export type CustomerRow = Row<typeof customers>
export type CustomerOwnerRow = Row<typeof customerOwners>
