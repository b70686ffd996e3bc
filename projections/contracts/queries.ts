import type { Database } from '@headwater/infra/database'
import { rowsByIds } from '../by-id.ts'
import { selectRows } from '../engine/rows.ts'
import { type Page, type PageRequest, pageOf, Where } from '../page.ts'
import type { Viewer } from '../viewer.ts'
import { type ContractRow, contracts, type PaymentRow, payments } from './tables.ts'

export interface ContractFilter {
  readonly customerId?: string | undefined
  readonly dealId?: string | undefined
  readonly repId?: string | undefined
  readonly storeId?: string | undefined
  readonly renewalOf?: string | undefined
  readonly status?: ContractRow['status'] | undefined
}

/** In no particular order; unknown ids are absent. */
export function contractsByIds(db: Database, _viewer: Viewer, ids: readonly string[]): Promise<ContractRow[]> {
  return rowsByIds(db, contracts, 'contractId', ids)
}

/** Newest first by signature. @throws InvalidCursor */
export function listContracts(
  db: Database,
  _viewer: Viewer,
  filter: ContractFilter = {},
  page?: PageRequest,
): Promise<Page<ContractRow>> {
  return pageOf(db.pool, contracts, new Where().equals({ ...filter }), ['occurredAt', 'contractId'], page)
}

/** As they were recorded, contract by contract. */
export function paymentsOfContracts(db: Database, _viewer: Viewer, ids: readonly string[]): Promise<PaymentRow[]> {
  return selectRows(db.pool, payments, 'where t.contract_id = any($1) order by t.contract_id, t.payment_no', [ids])
}
