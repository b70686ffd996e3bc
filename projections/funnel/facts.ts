// What every number of the funnel counts, in one place. A number is a count of facts, and its drill-down is the list of them.
import type { Dimension, FunnelQuery } from './query.ts'

/** Values that the SQL refers to by name, as `:name`. */
export type Parameters = Readonly<Record<string, unknown>>

const since = 'extract(epoch from exited_at - since)::float8'
const business = '(exited_clock - since_clock) / 1000.0::float8'
const flagged = '(entry_flagged or exit_flagged)'

/**
 * The facts by measure. They are over the stage visits in scope (of the playbook and version, as of the dates asked for, of the deals
 * in the cohort); "first visit" is a deal's first visit of that stage, "last visit" its latest visit of any. A visit that goes on under another
 * playbook version is no new stay (`begins` is false). Every deal counts in the group (store, rep, …) of the visit on which the
 * fact rests, so the groups add up to the whole.
 *
 * - reached: deals that entered the stage at least once. A stage that was skipped was not reached.
 * - converted: of the reached, those that entered any later stage, or were won, after their first visit (within the conversion
 *   window of entering). For the last stage: won. stepConversion = converted ÷ reached.
 * - overall: of the deals that reached the first stage of the playbook, those that reached this stage (within the conversion window of
 *   entering the first). overallConversion = overall ÷ reached of the first stage; in the group of the first visit of the first stage.
 * - won, lost, open: by how the deal's last visit ended. Won + lost + open are all deals. A deal that was lost and reopened is not lost.
 * - visits: all stays in the stage. reentries: deals that came to the stage a second time; in the group of that second visit.
 * - skipped: deals that passed over the stage.
 * - flagged: deals with a visit of the stage whose times contradict other facts; flaggedCases: such deals, once each.
 * - blocked: deals that were blocked in the stage, once for each reason.
 * - dwell: closed stays, however they ended; seconds from entry to exit. dwellToNext: those that led to the very next stage of
 *   the playbook, or from its last stage to the win. Flagged visits are left out. Business seconds are by the calendar of the deal's playbook version.
 * - openAge: open stays, from entry to the date as of which is asked: right-censored, so never part of dwell. Flagged ones are left out.
 */
const measures = `
  select 'reached' as measure, stage, null::text as reason, deal_id, visit_no, null::float8 as seconds, null::float8 as business, DIMENSIONS
    from visits where nth = 1
  union all
  select 'converted', stage, null, deal_id, visit_no, null, null, DIMENSIONS
    from visits join went_on using (deal_id, visit_no)
    where went_on_at is not null and (:window::float8 is null or extract(epoch from went_on_at - since) <= :window)
  union all
  select 'overall', r.stage, null, deal_id, r.visit_no, null, null, f.DIMENSIONS
    from visits f join visits r using (deal_id)
    where f.idx = 0 and f.nth = 1 and r.nth = 1
      and (:window::float8 is null or extract(epoch from r.since - f.since) <= :window)
  union all
  select case when exited_at is null then 'open' else exit_kind end, stage, loss_reason, deal_id, visit_no, null, null, DIMENSIONS
    from visits where is_last and coalesce(exit_kind, '') <> 'migrate'
  union all
  select 'visits', stage, null, deal_id, visit_no, null, null, DIMENSIONS from visits where begins
  union all
  select 'reentries', stage, null, deal_id, visit_no, null, null, DIMENSIONS from visits where begins and stay_no = 2
  union all
  (select distinct on (deal_id, jumped.stage) 'skipped', jumped.stage, null, deal_id, visit_no, null, null, DIMENSIONS
    from visits cross join lateral json_array_elements_text(skipped) as jumped(stage) order by deal_id, jumped.stage, visit_no)
  union all
  (select distinct on (deal_id, stage) 'flagged', stage, null, deal_id, visit_no, null, null, DIMENSIONS
    from visits where ${flagged} order by deal_id, stage, visit_no)
  union all
  (select distinct on (deal_id) 'flaggedCases', stage, null, deal_id, visit_no, null, null, DIMENSIONS
    from visits where ${flagged} order by deal_id, visit_no)
  union all
  (select distinct on (deal_id, b.stage, b.reason) 'blocked', b.stage, b.reason, deal_id, visit_no, null, null, DIMENSIONS
    from visits join read.deal_blocks b using (deal_id, visit_no)
    where (:businessTime::timestamptz is null or b.from_at <= :businessTime)
      and (:recordedTime::timestamptz is null or b.from_recorded_at <= :recordedTime)
    order by deal_id, b.stage, b.reason, b.block_no)
  union all
  select m.measure, stage, null, deal_id, visit_no, ${since}, ${business}, DIMENSIONS
    from visits cross join (values ('dwell'), ('dwellToNext')) as m(measure)
    where exited_at is not null and exit_kind <> 'migrate' and not ${flagged} and (m.measure = 'dwell' or to_next)
  union all
  select 'openAge', stage, null, deal_id, visit_no, extract(epoch from :now::timestamptz - since)::float8,
      (clocks.reading - since_clock) / 1000.0::float8, DIMENSIONS
    from visits left join clocks on clocks.version = playbook_version
    where is_last and exited_at is null and not ${flagged}`

/** Rows that were not there yet, or not closed yet, as of the dates are masked; then come cohort and order within the deal. */
const scope = `
  stages as (select * from unnest(:stages::text[], :indexes::int[]) as s(stage, idx)),
  clocks as (select * from unnest(:versions::int[], :readings::bigint[]) as c(version, reading)),
  masked as (
    select deal_id, visit_no, playbook_version, stage, idx, entry_kind, since, entered_at, since_clock, entry_flagged,
      case when closed then exited_at end as exited_at, case when closed then exited_clock end as exited_clock,
      case when closed then exit_kind end as exit_kind, case when closed then loss_reason end as loss_reason,
      case when closed then skipped end as skipped, to_next, closed and exit_flagged as exit_flagged,
      rep_id as rep, store_id as store, channel, product_line, segment, campaign, REGION as region
    from read.stage_visits v join stages using (stage) cross join lateral (
      select exited_at is not null and (:businessTime::timestamptz is null or exited_at <= :businessTime)
        and (:recordedTime::timestamptz is null or exited_recorded_at <= :recordedTime) as closed) c
    where playbook_id = :playbook and (:version::int is null or playbook_version = :version)
      and (:businessTime::timestamptz is null or entered_at <= :businessTime)
      and (:recordedTime::timestamptz is null or entered_recorded_at <= :recordedTime)
  ),
  cohort as (
    select deal_id, since as anchor from (
      select distinct on (deal_id) deal_id, since from masked
      where :anchorStage::text is null or stage = :anchorStage order by deal_id, visit_no) a
    where (:from::timestamptz is null or since >= :from) and (:to::timestamptz is null or since < :to)
  ),
  ordered as (
    select masked.*, to_char(date_trunc(:unit::text, anchor at time zone :zone::text), 'YYYY-MM-DD') as bucket,
      row_number() over same_stage as nth,
      entry_kind <> 'continue' or row_number() over same_stage = 1 as begins,
      lead(visit_no) over (partition by deal_id order by visit_no) is null as is_last
    from masked join cohort using (deal_id)
    window same_stage as (partition by deal_id, stage order by visit_no)
  ),
  visits as materialized (
    select *, count(*) filter (where begins) over (partition by deal_id, stage order by visit_no) as stay_no from ordered
  ),
  went_on as (
    select f.deal_id, f.visit_no,
      min(case when l.visit_no > f.visit_no and l.idx > f.idx then l.entered_at when l.exit_kind = 'won' then l.exited_at end) as went_on_at
    from visits f join visits l on l.deal_id = f.deal_id and l.visit_no >= f.visit_no
    where f.nth = 1 group by f.deal_id, f.visit_no
  )`

/** Of the store at the time of entry; what came before a store was opened in the books counts for its first region. */
const region = `(
  select r.region_id from read.store_regions r
  where r.store_id = v.store_id and (r.period_no = 0 or r.from_at <= v.since) and (r.to_at is null or v.since < r.to_at)
  order by r.period_no desc limit 1)`

const columns: Record<Dimension, string> = {
  store: 'store',
  region: 'region',
  rep: 'rep',
  channel: 'channel',
  productLine: 'product_line',
  segment: 'segment',
  campaign: 'campaign',
  bucket: 'bucket',
}

export const dimensionColumn = (dimension: Dimension) => columns[dimension]

/** `with …, facts as (…)`, filtered: one row a fact, with columns measure, stage, reason, deal_id, visit_no, seconds, business and each dimension in use. */
export function factsSql({ groupBy, filter }: Pick<FunnelQuery, 'groupBy' | 'filter'>): string {
  const filtered = (Object.keys(filter) as (keyof typeof filter)[]).filter((dimension) => filter[dimension])
  const used = [...new Set<Dimension>([...groupBy, ...filtered])].map(dimensionColumn)
  const conditions = filtered.map((dimension) => {
    const column = dimensionColumn(dimension)
    return `(${column} = any(:filter_${dimension}::text[]) or (${column} is null and :filter_${dimension}_null::boolean))`
  })
  const where = conditions.length ? ` where ${conditions.join(' and ')}` : ''
  const list = (prefix: string) => used.map((column) => `, ${prefix}${column}`).join('')
  const all = measures.replace(/, (f\.)?DIMENSIONS/g, (_, prefix = '') => list(prefix))
  const regional = used.includes('region') ? region : 'null::text'
  return `with ${scope.replace('REGION', regional)},\n  every_fact as (${all}),\n  facts as (select * from every_fact${where})`
}

export function filterParameters(filter: FunnelQuery['filter']): Parameters {
  return Object.fromEntries(
    Object.entries(filter).flatMap(([dimension, values]) => [
      [`filter_${dimension}`, values?.filter((value) => value !== null)],
      [`filter_${dimension}_null`, values?.includes(null)],
    ]),
  )
}
