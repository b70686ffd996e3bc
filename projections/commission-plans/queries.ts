import type { Database } from '@headwater/infra/database'
import { selectRows } from '../engine/rows.ts'
import type { Viewer } from '../viewer.ts'
import {
  type CommissionPlanRow,
  type CommissionPlanVersionRow,
  commissionPlans,
  commissionPlanVersions,
} from './tables.ts'

export function listCommissionPlans(db: Database, _viewer: Viewer): Promise<CommissionPlanRow[]> {
  return selectRows(db.pool, commissionPlans, 'order by t.plan_id')
}

/** Newest first, plan by plan. */
export function versionsOfCommissionPlans(
  db: Database,
  _viewer: Viewer,
  planIds: readonly string[],
): Promise<CommissionPlanVersionRow[]> {
  const rest = 'where t.plan_id = any($1) order by t.plan_id, t.version desc'
  return selectRows(db.pool, commissionPlanVersions, rest, [planIds])
}
