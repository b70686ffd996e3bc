import { instant, integer, json, nullable, type Row, table, text } from '../engine/table.ts'
import type { SealedContact } from '../personal.ts'

export const customers = table(
  'customers',
  {
    customerId: text(),
    revision: integer,
    caseId: text(),
    leadId: nullable(text()),
    contact: nullable(json<SealedContact>()),
    organisation: nullable(text()),
    registeredAt: instant,
    registeredRecordedAt: instant,
    changedAt: instant,
  },
  ['customerId'],
  ['registered_at, customer_id', 'lead_id'],
)

export type CustomerRow = Row<typeof customers>
