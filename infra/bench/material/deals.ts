// Deals of a large organisation written straight into the read model's tables, by SQL: for benches of what reads them.
import type { Database } from '@headwater/infra/database'

export const playbookId = 'bench'
export const stageIds = ['lead', 'contact', 'design', 'quote', 'contract'] as const

/**
 * So many deals over two years up to now, of 1,000 stores with 3 reps each in 20 regions, 12 channels, 6 product lines; each goes
 * through the stages with a log-normal dwell and is lost on the way, won, or still open. Some 3.3 visits a deal, one in forty blocked.
 * Business time is taken as a quarter of calendar time.
 */
export async function fillDeals({ pool }: Database, count: number): Promise<void> {
  await pool.query(`
    insert into read.store_regions (organisation_id, store_id, period_no, region_id, from_at, to_at)
    select 'main', 's' || s, 0, 'region-' || s % 20, now() - interval '3 years', null from generate_series(0, 999) s`)
  // The end of stage n of a deal, seconds after its opening; a deal gets as far as its luck goes.
  await pool.query(`
    create temporary table story as
    select d, 'd' || lpad(d::text, 9, '0') as deal_id, date_trunc('second', now() - interval '730 days' + d * interval '730 days' / ${count}) as opened,
      floor(1000 * power(random(), 1.5))::int as store, floor(3 * random())::int as rep, floor(12 * power(random(), 2))::int as channel,
      floor(6 * random())::int as line, floor(3 * random())::int as segment,
      (select count(*) from generate_series(1, 4) g where random() + 0 * d < power(0.75, g))::int as luck, random() < 0.8 as decided,
      array(select round(exp(12 + g * 0.2 + 0.9 * random_normal() + 0 * d))::bigint from generate_series(1, 5) g) as dwell
    from generate_series(1, ${count}) d`)
  await pool.query(
    `
    insert into read.stage_visits (deal_id, visit_no, playbook_id, playbook_version, stage, stage_index, rep_id, store_id, channel, campaign,
      product_line, segment, entry_kind, since, entered_at, entered_recorded_at, exited_at, exited_recorded_at, since_clock, exited_clock,
      exit_kind, to_next, skipped, loss_reason, entry_flagged, exit_flagged)
    select deal_id, n, '${playbookId}', 1, (array['${stageIds.join("','")}'])[n + 1], n, 'rep-' || store || '-' || rep, 's' || store,
      'channel-' || channel, null, 'line-' || line, 'segment-' || segment, case n when 0 then 'open' else 'advance' end, entered, entered,
      entered, case when closed then exited end, case when closed then exited end, clock(entered), case when closed then clock(exited) end,
      case when closed then case when n < luck then 'advance' when n = 4 then 'won' else 'lost' end end,
      closed and (n < luck or n = 4), '[]', case when closed and n = luck and n < 4 then 'reason-' || d % 7 end, false, false
    from (
      select *, opened + (select coalesce(sum(x), 0) from unnest(dwell[1:n]) x) * interval '1 second' as entered,
        opened + (select sum(x) from unnest(dwell[1:n + 1]) x) * interval '1 second' as exited
      from story cross join lateral generate_series(0, luck) n) v
    cross join lateral (select exited < now() and (n < luck or decided) as closed) c where entered < now()`.replaceAll(
      /clock\((\w+)\)/g,
      `(date_part('epoch', $1) * 250)::bigint`,
    ),
  )
  await pool.query(`
    insert into read.deal_blocks (deal_id, block_no, visit_no, stage, reason, from_at, from_recorded_at, to_at, to_recorded_at)
    select deal_id, 0, visit_no, stage, 'price', entered_at, entered_at, exited_at, exited_at from read.stage_visits
    where hashtext(deal_id) % 40 = 0 and visit_no = 0`)
  await pool.query(`
    insert into read.deals (deal_id, revision, case_id, playbook_id, playbook_version, status, stage, stage_index, stage_entered_at, flags,
      waived, fields, checklist, evidence, opened_at, opened_recorded_at, last_activity_at, changed_recorded_at)
    select deal_id, 0, deal_id, '${playbookId}', 1, 'open', 'lead', 0, opened, '[]', '[]', '{}', '[]', '[]', opened, opened, opened, opened
    from story`)
  await pool.query('drop table story')
  await pool.query('analyze read.deals, read.stage_visits, read.deal_blocks, read.store_regions')
}
