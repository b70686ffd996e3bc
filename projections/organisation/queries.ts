import type { Database } from '@headwater/infra/database'
import { rowsByIds } from '../by-id.ts'
import { selectRows } from '../engine/rows.ts'
import type { Viewer } from '../viewer.ts'
import {
  type RegionRow,
  type RepPeriodRow,
  type RepRow,
  regions,
  repPeriods,
  reps,
  type StoreRow,
  stores,
} from './tables.ts'

export function listRegions(db: Database, _viewer: Viewer): Promise<RegionRow[]> {
  return selectRows(db.pool, regions, 'order by t.region_id')
}

export function listStores(db: Database, _viewer: Viewer, filter: { regionId?: string } = {}): Promise<StoreRow[]> {
  return selectRows(db.pool, stores, 'where $1::text is null or t.region_id = $1 order by t.store_id', [
    filter.regionId,
  ])
}

/** Also those who have left. */
export function listReps(
  db: Database,
  _viewer: Viewer,
  filter: { storeId?: string; superiorId?: string } = {},
): Promise<RepRow[]> {
  return selectRows(
    db.pool,
    reps,
    'where ($1::text is null or t.store_id = $1) and ($2::text is null or t.superior_id = $2) order by t.rep_id',
    [filter.storeId, filter.superiorId],
  )
}

/** In no particular order; unknown ids are absent. */
export function storesByIds(db: Database, _viewer: Viewer, ids: readonly string[]): Promise<StoreRow[]> {
  return rowsByIds(db, stores, 'storeId', ids)
}

/** In no particular order; unknown ids are absent. */
export function repsByIds(db: Database, _viewer: Viewer, ids: readonly string[]): Promise<RepRow[]> {
  return rowsByIds(db, reps, 'repId', ids)
}

/** Where a rep was, in which position and under whom, oldest first. */
export function periodsOfRep(db: Database, _viewer: Viewer, repId: string): Promise<RepPeriodRow[]> {
  return selectRows(db.pool, repPeriods, 'where t.rep_id = $1 order by t.period_no', [repId])
}
