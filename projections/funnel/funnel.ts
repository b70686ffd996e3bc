import type { Database } from '@headwater/infra/database'
import { businessClock, instantOf, msOf, type PlaybookDefinition, parseDuration } from '@headwater/schema'
import { inTransaction } from '../engine/transaction.ts'
import { versionsOfPlaybook } from '../playbooks/queries.ts'
import type { PlaybookVersionRow } from '../playbooks/tables.ts'
import type { Viewer } from '../viewer.ts'
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

export class UnknownPlaybook extends Error {
  override readonly name = 'UnknownPlaybook'
  constructor(
    readonly id: string,
    readonly version: number | undefined,
  ) {
    super(version === undefined ? `there is no playbook ${id}` : `playbook ${id} has no version ${version}`)
  }
}

/** The figures that a query asks for, computed afresh. @throws UnknownPlaybook */
export async function funnel(db: Database, viewer: Viewer, input: FunnelQueryInput): Promise<FunnelResult> {
  const query = FunnelQuery.parse(input)
  const scope = await scopeOf(db, viewer, query)
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
    scope.parameters,
  )
  return {
    playbook: { id: query.playbook.id, version: query.playbook.version ?? null },
    asOf: { businessTime: scope.now, recordedTime: query.asOf.recordedTime ?? null },
    groups: groupsOf(rows, query.groupBy, scope.stages),
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
  const scope = await scopeOf(db, viewer, query)
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
      ...scope.parameters,
      ...Object.fromEntries(dimensions.map((dimension) => [`group_${dimension}`, group[dimension]])),
      measure,
      stage,
      reason,
    },
  )
}

async function scopeOf(db: Database, viewer: Viewer, query: FunnelQuery) {
  const { id, version } = query.playbook
  const published = await versionsOfPlaybook(db, viewer, id)
  const versions = version === undefined ? published : published.filter((each) => each.version === version)
  const [newest] = versions
  if (!newest) throw new UnknownPlaybook(id, published.length > 0 ? version : undefined)
  const { businessTime, recordedTime } = query.asOf
  const now = businessTime ?? recordedTime ?? instantOf(Date.now())
  const stages = stagesInOrder(versions)
  const parameters: Parameters = {
    playbook: id,
    version,
    stages: stages.map((stage) => stage.id),
    indexes: stages.map((_, i) => i),
    versions: versions.map((each) => each.version),
    readings: versions.map((each) => businessClock(each.definition.calendar).at(msOf(now))),
    businessTime,
    recordedTime,
    now,
    anchorStage: query.cohort.stage,
    from: query.cohort.from,
    to: query.cohort.to,
    unit: query.bucket.unit,
    zone: query.bucket.zone ?? newest.definition.calendar.zone,
    window: query.conversionWindow && secondsOf(query.conversionWindow),
    ...filterParameters(query.filter),
  }
  return { parameters, stages, now }
}

/** Stages of the newest version in its order; one that only older versions have comes after the stage that it followed there. */
function stagesInOrder([newest, ...older]: readonly PlaybookVersionRow[]): PlaybookDefinition['stages'] {
  const stages = [...newest!.definition.stages]
  for (const { definition } of older) {
    definition.stages.forEach((stage, i) => {
      if (stages.some(({ id }) => id === stage.id)) return
      const previous = definition.stages[i - 1]?.id
      stages.splice(stages.findIndex(({ id }) => id === previous) + 1, 0, stage)
    })
  }
  return stages
}

/** A day is 24 hours here. */
function secondsOf(duration: string): number {
  const { days, ms } = parseDuration(duration)
  return days * 86_400 + ms / 1000
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
