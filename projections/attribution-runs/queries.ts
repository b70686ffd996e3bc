import type { Database } from '@headwater/infra/database'
import { selectRows } from '../engine/rows.ts'
import { type Page, type PageRequest, pageOf, Where } from '../page.ts'
import type { Viewer } from '../viewer.ts'
import { type AttributionRunRow, attributionRuns } from './tables.ts'

export async function attributionRunById(
  db: Database,
  _viewer: Viewer,
  runId: string,
): Promise<AttributionRunRow | undefined> {
  const [run] = await selectRows(db.pool, attributionRuns, 'where t.run_id = $1', [runId])
  return run
}

/** Newest first. @throws InvalidCursor */
export const listAttributionRuns = (
  db: Database,
  _viewer: Viewer,
  page?: PageRequest,
): Promise<Page<AttributionRunRow>> => pageOf(db.pool, attributionRuns, new Where(), ['recordedAt', 'runId'], page)
