import type { Database } from '@headwater/infra/database'
import { rowsByIds } from '../by-id.ts'
import { type Page, type PageRequest, pageOf, Where } from '../page.ts'
import type { Viewer } from '../viewer.ts'
import { type CustomerRow, customers } from './tables.ts'

/** In no particular order; unknown ids are absent. */
export function customersByIds(db: Database, _viewer: Viewer, ids: readonly string[]): Promise<CustomerRow[]> {
  return rowsByIds(db, customers, 'customerId', ids)
}

export async function customerById(db: Database, viewer: Viewer, id: string): Promise<CustomerRow | undefined> {
  return (await customersByIds(db, viewer, [id]))[0]
}

/** Newest first. */
export function listCustomers(
  db: Database,
  _viewer: Viewer,
  filter: { readonly leadId?: string; readonly organisation?: string } = {},
  page?: PageRequest,
): Promise<Page<CustomerRow>> {
  return pageOf(db.pool, customers, new Where().equals({ ...filter }), ['registeredAt', 'customerId'], page)
}
