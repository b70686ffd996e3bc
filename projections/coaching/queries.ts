import type { Database } from '@headwater/infra/database'
import type { Coached, Instant } from '@headwater/schema'
import { rowsByIds } from '../by-id.ts'
import { type Page, type PageRequest, pageOf, Where } from '../page.ts'
import type { Viewer } from '../viewer.ts'
import { type CoachingCaseRow, type CoachingCaseStatus, coachingCases } from './tables.ts'

export interface CoachingCaseFilter {
  readonly status?: CoachingCaseStatus | undefined
  readonly aboutKind?: Coached['kind'] | undefined
  readonly aboutId?: string | undefined
}

/** Newest first by when they were last opened. @throws InvalidCursor */
export const listCoachingCases = (
  db: Database,
  _viewer: Viewer,
  filter: CoachingCaseFilter = {},
  page?: PageRequest,
): Promise<Page<CoachingCaseRow>> =>
  pageOf(db.pool, coachingCases, new Where().equals({ ...filter }), ['openedAt', 'coachingCaseId'], page)

/** In no particular order; unknown ids are absent. */
export const coachingCasesByIds = (db: Database, _viewer: Viewer, ids: readonly string[]): Promise<CoachingCaseRow[]> =>
  rowsByIds(db, coachingCases, 'coachingCaseId', ids)

export interface LastEntry {
  readonly storeId: string
  readonly openedAt: Instant
  /** When a deal of the store last came into the stage; null: never. */
  readonly last: Instant | null
}

/** Stores that are open at that time, each with the last deal that had come into the stage by then, as far as it was known. */
export async function lastEntriesByStore(
  db: Database,
  _viewer: Viewer,
  { playbookId, stage, by, knownAt }: { playbookId: string; stage: string; by: Instant; knownAt?: Instant | undefined },
): Promise<LastEntry[]> {
  const { rows } = await db.pool.query<{ storeId: string; openedAt: string; last: string | null }>(
    `select s.store_id as "storeId", s.opened_at as "openedAt", max(v.entered_at) as last
     from read.stores s left join read.stage_visits v on v.store_id = s.store_id and v.playbook_id = $1 and v.stage = $2
       and v.entered_at <= $3 and ($4::timestamptz is null or v.entered_recorded_at <= $4)
     where s.opened_at <= $3 and (s.closed_at is null or s.closed_at > $3)
     group by s.store_id, s.opened_at order by s.store_id`,
    [playbookId, stage, by, knownAt],
  )
  const instant = (text: string) => new Date(text).toISOString()
  return rows.map(({ storeId, openedAt, last }) => ({
    storeId,
    openedAt: instant(openedAt),
    last: last && instant(last),
  }))
}
