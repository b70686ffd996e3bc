import type { Database } from '@headwater/infra/database'
import type { Instant } from '@headwater/schema'
import { rowsByIds } from '../by-id.ts'
import { selectRows } from '../engine/rows.ts'
import { type Page, type PageRequest, pageOf, Where } from '../page.ts'
import type { Viewer } from '../viewer.ts'
import {
  type DealBlockRow,
  type DealRow,
  type DealStatus,
  dealBlocks,
  deals,
  type StageVisitRow,
  stageVisits,
} from './tables.ts'

/** Null asks for deals where it is not stated. */
export interface DealFilter {
  readonly playbookId?: string | undefined
  readonly playbookVersion?: number | undefined
  readonly stage?: string | undefined
  readonly status?: DealStatus | undefined
  readonly repId?: string | null | undefined
  readonly storeId?: string | null | undefined
  readonly channel?: string | null | undefined
  readonly campaign?: string | null | undefined
  readonly productLine?: string | null | undefined
  readonly segment?: string | null | undefined
  readonly leadId?: string | undefined
  readonly customerId?: string | undefined
  readonly lossReason?: string | undefined
  readonly blockingReason?: string | undefined
  readonly openedFrom?: Instant | undefined
  /** Exclusive. */
  readonly openedTo?: Instant | undefined
  readonly flagged?: boolean | undefined
}

/** In no particular order; unknown ids are absent. */
export function dealsByIds(db: Database, _viewer: Viewer, ids: readonly string[]): Promise<DealRow[]> {
  return rowsByIds(db, deals, 'dealId', ids)
}

export async function dealById(db: Database, viewer: Viewer, id: string): Promise<DealRow | undefined> {
  return (await dealsByIds(db, viewer, [id]))[0]
}

/** Newest first by opening. @throws InvalidCursor */
export function listDeals(
  db: Database,
  _viewer: Viewer,
  filter: DealFilter = {},
  page?: PageRequest,
): Promise<Page<DealRow>> {
  const { openedFrom, openedTo, flagged, ...columns } = filter
  const where = new Where().equals(columns)
  if (openedFrom) where.add('t.opened_at >= ?', openedFrom)
  if (openedTo) where.add('t.opened_at < ?', openedTo)
  if (flagged !== undefined) where.add(`(t.flags::text <> '[]') = ?`, flagged)
  return pageOf(db.pool, deals, where, ['openedAt', 'dealId'], page)
}

/** In order of the visits, deal by deal. */
export function visitsOfDeals(db: Database, _viewer: Viewer, dealIds: readonly string[]): Promise<StageVisitRow[]> {
  return selectRows(db.pool, stageVisits, 'where t.deal_id = any($1) order by t.deal_id, t.visit_no', [dealIds])
}

export function blocksOfDeals(db: Database, _viewer: Viewer, dealIds: readonly string[]): Promise<DealBlockRow[]> {
  return selectRows(db.pool, dealBlocks, 'where t.deal_id = any($1) order by t.deal_id, t.block_no', [dealIds])
}
