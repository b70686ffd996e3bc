import type { Database } from '@headwater/infra/database'
import type { Period } from '@headwater/schema'
import { selectRows } from '../engine/rows.ts'
import type { Viewer } from '../viewer.ts'
import { type LedgerRow, ledgers, type PeriodRow, periods } from './tables.ts'

/** Undefined before it was opened. */
export async function theLedger(db: Database, _viewer: Viewer): Promise<LedgerRow | undefined> {
  return (await selectRows(db.pool, ledgers, ''))[0]
}

/** Newest first. */
export function listPeriods(db: Database, _viewer: Viewer): Promise<PeriodRow[]> {
  return selectRows(db.pool, periods, 'order by t.period desc')
}

/** Undefined where it was never cut off. */
export async function periodOf(db: Database, _viewer: Viewer, period: Period): Promise<PeriodRow | undefined> {
  return (await selectRows(db.pool, periods, 'where t.period = $1', [period]))[0]
}
