// What deals went through, put together from the read models that know: stays from the deals, activities from the journeys.
import type { Database } from '@headwater/infra/database'
import type { Instant, MissingItem } from '@headwater/schema'
import { deals, stageVisits } from '../deals/tables.ts'
import { selectRows } from '../engine/rows.ts'
import { journeyTouches } from '../journeys/tables.ts'
import { Where } from '../page.ts'
import type { Viewer } from '../viewer.ts'

export interface DealTrace {
  readonly dealId: string
  readonly playbookVersion: number
  readonly visits: readonly {
    readonly stage: string
    readonly enteredAt: Instant
    readonly exitedAt: Instant | null
    readonly won: boolean
    readonly flagged: boolean
    readonly storeId: string | null
    readonly repId: string | null
  }[]
  /** What was done for the deal, in no particular order. */
  readonly activities: readonly { readonly kind: string; readonly at: Instant }[]
  readonly waived: readonly MissingItem[]
}

export interface WhichTraces {
  readonly playbookId: string
  /** Deals that opened from then, and before then. */
  readonly from?: Instant | undefined
  readonly to?: Instant | undefined
  /** Deals that are this store's, or this rep's, now. */
  readonly storeId?: string | undefined
  readonly repId?: string | undefined
}

/** So many deals are in memory at once. */
const PAGE = 2_000

/** Deals in pages, by when they opened. */
export async function* dealTraces(
  db: Database,
  _viewer: Viewer,
  { playbookId, from, to, storeId, repId }: WhichTraces,
): AsyncGenerator<readonly DealTrace[]> {
  for (let last: { openedAt: Instant; dealId: string } | undefined; ; ) {
    const where = new Where().equals({ playbookId, storeId, repId })
    if (from !== undefined) where.add('t.opened_at >= ?', from)
    if (to !== undefined) where.add('t.opened_at < ?', to)
    if (last) where.add('(t.opened_at, t.deal_id) > (?, ?)', last.openedAt, last.dealId)
    const page = await selectRows(
      db.pool,
      deals,
      `${where.sql} order by t.opened_at, t.deal_id limit ${PAGE}`,
      where.values,
    )
    if (page.length === 0) return
    const ids = page.map(({ dealId }) => dealId)
    const visits = await selectRows(db.pool, stageVisits, 'where t.deal_id = any($1) order by t.deal_id, t.visit_no', [
      ids,
    ])
    const touches = await selectRows(
      db.pool,
      journeyTouches,
      "where t.journey_id = any($1) and t.system = 'field' and t.channel is not null",
      [ids.map((id) => `deal/${id}`)],
    )
    const visitsOf = grouped(visits, ({ dealId }) => dealId)
    const touchesOf = grouped(touches, ({ journeyId }) => journeyId)
    yield page.map(({ dealId, playbookVersion, waived }) => ({
      ...{ dealId, playbookVersion, waived },
      visits: (visitsOf.get(dealId) ?? []).map(
        ({ stage, enteredAt, exitedAt, exitKind, storeId, repId, ...visit }) => ({
          ...{ stage, enteredAt, exitedAt, storeId, repId },
          won: exitKind === 'won',
          flagged: visit.entryFlagged || visit.exitFlagged,
        }),
      ),
      activities: (touchesOf.get(`deal/${dealId}`) ?? []).map(({ channel, occurredAt }) => ({
        kind: channel!,
        at: occurredAt,
      })),
    }))
    last = page.at(-1)
  }
}

function grouped<Row>(rows: readonly Row[], key: (row: Row) => string): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const group = groups.get(key(row))
    if (group) group.push(row)
    else groups.set(key(row), [row])
  }
  return groups
}
