import type { Database } from '@headwater/infra/database'
import { inTransaction } from '../engine/transaction.ts'
import type { Viewer } from '../viewer.ts'
import { type Context, contextOf } from './context.ts'
import { dimensionColumn, factsSql, filterParameters, type Parameters } from './facts.ts'
import { type FactRow, groupsOf } from './figures.ts'
import {
  type CountedVisit,
  type Dimension,
  FunnelNumber,
  FunnelQuery,
  type FunnelQueryInput,
  type FunnelResult,
} from './query.ts'

/** The figures that a query asks for, computed afresh. @throws UnknownPlaybook */
export async function funnel(db: Database, viewer: Viewer, input: FunnelQueryInput): Promise<FunnelResult> {
  const query = FunnelQuery.parse(input)
  const context = await contextOf(db, viewer, query)
  const dimensions = query.groupBy.map((dimension) => `${dimensionColumn(dimension)} as "${dimension}"`)
  const groupBy = ['measure', 'stage', 'reason', ...query.groupBy.map(dimensionColumn)]
  const rows = await select<FactRow>(
    db,
    `${factsSql(query)}
    select ${[...dimensions, 'measure', 'stage', 'reason'].join(', ')}, count(*)::int as count,
      count(seconds)::int as "timedCount", avg(seconds) as mean,
      percentile_cont(array[0.5, 0.9]) within group (order by seconds) as percentiles,
      count(business)::int as "businessCount", avg(business) as "businessMean",
      percentile_cont(array[0.5, 0.9]) within group (order by business) as "businessPercentiles"
    from facts group by ${groupBy.join(', ')}`,
    parametersOf(query, context),
  )
  return {
    playbook: { id: query.playbook.id, version: query.playbook.version ?? null },
    asOf: { businessTime: context.now, recordedTime: query.asOf.recordedTime ?? null },
    groups: groupsOf(rows, query.groupBy, context.stages),
  }
}

/** What a number counts: as many stage visits as the number says, in order of the deals' ids. @throws UnknownPlaybook */
export async function dealsBehind(
  db: Database,
  viewer: Viewer,
  input: FunnelQueryInput,
  number: FunnelNumber,
): Promise<CountedVisit[]> {
  const query = FunnelQuery.parse(input)
  const { group, stage, measure, reason } = FunnelNumber.parse(number)
  const context = await contextOf(db, viewer, query)
  const dimensions = (Object.keys(group) as Dimension[]).filter((dimension) => group[dimension] !== undefined)
  const same = dimensions.map(
    (dimension) => `and ${dimensionColumn(dimension)} is not distinct from :group_${dimension}`,
  )
  return select<CountedVisit>(
    db,
    `${factsSql({ ...query, groupBy: [...query.groupBy, ...dimensions] })}
    select deal_id as "dealId", visit_no as "visitNo", seconds from facts
    where measure = :measure and (:stage::text is null or stage = :stage) and (:reason::text is null or reason = :reason)
      ${same.join(' ')}
    order by deal_id, visit_no`,
    {
      ...parametersOf(query, context),
      ...Object.fromEntries(dimensions.map((dimension) => [`group_${dimension}`, group[dimension]])),
      measure,
      stage,
      reason,
    },
  )
}

function parametersOf({ playbook, asOf, cohort, bucket, filter }: FunnelQuery, context: Context): Parameters {
  const { stages, readings, now, zone, window } = context
  return {
    playbook: playbook.id,
    version: playbook.version,
    stages: stages.map((stage) => stage.id),
    indexes: stages.map((_, i) => i),
    versions: [...readings.keys()],
    readings: [...readings.values()],
    businessTime: asOf.businessTime,
    recordedTime: asOf.recordedTime,
    now,
    anchorStage: cohort.stage,
    from: cohort.from,
    to: cohort.to,
    unit: bucket.unit,
    zone,
    window,
    ...filterParameters(filter),
  }
}

/**
 * Every step reads most of the visits in scope, which Postgres cannot know of a query in so many steps: looping over rows, where it expects
 * few, can take minutes, and compiling takes longer than running.
 */
const settings = `begin read only; set local enable_nestloop = off; set local jit = off; set local work_mem = '64MB'`

/** Runs SQL whose parameters are written `:name`. */
async function select<T extends object>(db: Database, sql: string, parameters: Parameters): Promise<T[]> {
  const values: unknown[] = []
  const numbers = new Map<string, number>()
  const text = sql.replace(/(?<!:):([a-zA-Z_]\w*)/g, (_, name: string) => {
    let number = numbers.get(name)
    if (number === undefined) {
      number = values.push(parameters[name] ?? null)
      numbers.set(name, number)
    }
    return `$${number}`
  })
  return inTransaction(db, async (client) => (await client.query<T>(text, values)).rows, settings)
}
