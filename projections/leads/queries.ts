import type { Database } from '@headwater/infra/database'
import type { Instant } from '@headwater/schema'
import { rowsByIds } from '../by-id.ts'
import { selectRows } from '../engine/rows.ts'
import { type Page, type PageRequest, pageOf, Where } from '../page.ts'
import type { Viewer } from '../viewer.ts'
import { type LeadRow, type LeadStatus, type LeadTouchRow, leads, leadTouches } from './tables.ts'

/** Null asks for leads where it is not stated. */
export interface LeadFilter {
  readonly status?: LeadStatus | undefined
  readonly channel?: string | null | undefined
  readonly campaign?: string | null | undefined
  readonly tagType?: string | null | undefined
  readonly tagRegion?: string | null | undefined
  readonly tagFirstContactChannel?: string | null | undefined
  readonly productLine?: string | null | undefined
  readonly segment?: string | null | undefined
  readonly repId?: string | null | undefined
  readonly storeId?: string | null | undefined
  readonly valid?: boolean | null | undefined
  readonly qualified?: boolean | null | undefined
  readonly capturedFrom?: Instant | undefined
  /** Exclusive. */
  readonly capturedTo?: Instant | undefined
  readonly flagged?: boolean | undefined
}

/** In no particular order; unknown ids are absent. */
export function leadsByIds(db: Database, _viewer: Viewer, ids: readonly string[]): Promise<LeadRow[]> {
  return rowsByIds(db, leads, 'leadId', ids)
}

export async function leadById(db: Database, viewer: Viewer, id: string): Promise<LeadRow | undefined> {
  return (await leadsByIds(db, viewer, [id]))[0]
}

/** Newest first by capture. @throws InvalidCursor */
export function listLeads(
  db: Database,
  _viewer: Viewer,
  filter: LeadFilter = {},
  page?: PageRequest,
): Promise<Page<LeadRow>> {
  const { capturedFrom, capturedTo, flagged, ...columns } = filter
  const where = new Where().equals(columns)
  if (capturedFrom) where.add('t.captured_at >= ?', capturedFrom)
  if (capturedTo) where.add('t.captured_at < ?', capturedTo)
  if (flagged !== undefined) where.add(`(t.flags::text <> '[]') = ?`, flagged)
  return pageOf(db.pool, leads, where, ['capturedAt', 'leadId'], page)
}

/** All touches of a lead and of the leads merged into it, directly or through others; in order of business time. */
export function touchesOfLead(db: Database, _viewer: Viewer, leadId: string): Promise<LeadTouchRow[]> {
  return selectRows(
    db.pool,
    leadTouches,
    `where t.lead_id in (
       with recursive family as (
         select $1::text as lead_id
         union
         select l.lead_id from read.leads l join family f on l.merged_into = f.lead_id
       ) select lead_id from family)
     order by t.occurred_at, t.recorded_at, t.lead_id, t.touch_no`,
    [leadId],
  )
}

export interface PossibleDuplicate {
  readonly lead: LeadRow
  /** What is equal. */
  readonly on: readonly ('phone' | 'organisation')[]
}

/** Other leads with the same phone or organisation, oldest first; leads merged away are left out. */
export async function duplicatesOfLead(db: Database, _viewer: Viewer, leadId: string): Promise<PossibleDuplicate[]> {
  const { rows } = await db.pool.query<{ lead_id: string; on: ('phone' | 'organisation')[] }>(
    `select m.lead_id, array_agg(distinct m.kind order by m.kind desc) as on
     from (
       select o.lead_id, o.kind from read.lead_identities i join read.lead_identities o using (kind, token) where i.lead_id = $1
       union all
       select o.lead_id, 'organisation' from read.leads i join read.leads o using (organisation_key) where i.lead_id = $1
     ) m join read.leads l using (lead_id)
     where m.lead_id <> $1 and l.status <> 'merged'
     group by m.lead_id`,
    [leadId],
  )
  const found = new Map(rows.map((row) => [row.lead_id, row.on]))
  const others = await selectRows(db.pool, leads, 'where t.lead_id = any($1) order by t.captured_at, t.lead_id', [
    [...found.keys()],
  ])
  return others.map((lead) => ({ lead, on: found.get(lead.leadId)! }))
}

/** Marketing's and sales' judgements side by side. `unjudged` by either side counts as not valid, not convertible. */
export interface QualityOverlap {
  readonly channel: string | null
  readonly leads: number
  /** Marketing's judgement. */
  readonly valid: number
  /** Sales' judgement: qualified, or converted already. */
  readonly convertible: number
  readonly both: number
  readonly onlyValid: number
  readonly onlyConvertible: number
  readonly neither: number
  /** both ÷ (valid or convertible), the Jaccard index; null where nothing is either. */
  readonly overlap: number | null
}

/** By channel, null last, of the leads captured in [from, to); leads merged away are left out, as the survivor counts for them. */
export async function leadQualityOverlap(
  db: Database,
  _viewer: Viewer,
  range: { readonly from?: Instant | undefined; readonly to?: Instant | undefined } = {},
): Promise<QualityOverlap[]> {
  const { rows } = await db.pool.query<QualityOverlap>(
    `select channel, leads, valid, convertible, "both", valid - "both" as "onlyValid", convertible - "both" as "onlyConvertible",
       leads - valid - convertible + "both" as neither,
       "both"::float8 / nullif(valid + convertible - "both", 0) as overlap
     from (
       select channel, count(*)::int as leads,
         (count(*) filter (where valid))::int as valid,
         (count(*) filter (where convertible))::int as convertible,
         (count(*) filter (where valid and convertible))::int as "both"
       from (
         select channel, coalesce(valid, false) as valid, coalesce(qualified, false) or status = 'converted' as convertible
         from read.leads
         where status <> 'merged' and ($1::timestamptz is null or captured_at >= $1) and ($2::timestamptz is null or captured_at < $2)
       ) judged group by channel
     ) counted order by channel nulls last`,
    [range.from, range.to],
  )
  return rows
}
