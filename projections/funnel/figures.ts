// From counted facts to the answer's shape.
import type { PlaybookDefinition } from '@headwater/schema'
import type { Dimension, Durations, FunnelGroup, GroupKey, Measure, ReasonCount, StageFigures } from './query.ts'

/** Facts of one measure, stage, reason and group, counted. */
export interface FactRow extends GroupKey {
  readonly measure: Measure
  readonly stage: string
  readonly reason: string | null
  readonly count: number
  readonly timedCount: number
  readonly mean: number | null
  readonly percentiles: readonly (number | null)[] | null
  readonly businessCount: number
  readonly businessMean: number | null
  readonly businessPercentiles: readonly (number | null)[] | null
}

type Stages = PlaybookDefinition['stages']

export function groupsOf(rows: readonly FactRow[], groupBy: readonly Dimension[], stages: Stages): FunnelGroup[] {
  const groups = new Map<string, { key: GroupKey; rows: FactRow[] }>()
  for (const row of rows) {
    const values = groupBy.map((dimension) => row[dimension] ?? null)
    const id = JSON.stringify(values)
    const group = groups.get(id)
    if (group) group.rows.push(row)
    else groups.set(id, { key: Object.fromEntries(groupBy.map((dimension, i) => [dimension, values[i]])), rows: [row] })
  }
  const figures = [...groups.values()].map((group) => groupFigures(group.key, group.rows, stages))
  return inOrder(groupBy.length === 0 && figures.length === 0 ? [groupFigures({}, [], stages)] : figures, groupBy)
}

/** Groups as an answer has them; undefined for one that counts nothing. */
export const inOrder = (groups: readonly (FunnelGroup | undefined)[], groupBy: readonly Dimension[]): FunnelGroup[] =>
  groups.filter((group) => group !== undefined).sort((a, b) => compareKeys(groupBy, a.key, b.key))

function compareKeys(groupBy: readonly Dimension[], a: GroupKey, b: GroupKey): number {
  for (const dimension of groupBy) {
    const [left, right] = [a[dimension] ?? null, b[dimension] ?? null]
    if (left === right) continue
    if (left === null || right === null) return left === null ? 1 : -1
    return left < right ? -1 : 1
  }
  return 0
}

export function groupFigures(key: GroupKey, rows: readonly FactRow[], stages: Stages): FunnelGroup {
  const counted = (measure: Measure) => sum(rows.filter((row) => row.measure === measure))
  const byStage = new Map(stages.map(({ id }) => [id, [] as FactRow[]]))
  for (const row of rows) byStage.get(row.stage)?.push(row)
  const first = byStage.get(stages[0]?.id ?? '') ?? []
  const reachedFirst = sum(first.filter((row) => row.measure === 'reached'))
  return {
    key,
    stages: stages.map((stage) => stageFigures(stage, byStage.get(stage.id) ?? [], reachedFirst)),
    won: counted('won'),
    lost: counted('lost'),
    open: counted('open'),
    flaggedCases: counted('flaggedCases'),
  }
}

function stageFigures({ id, name }: Stages[number], rows: readonly FactRow[], reachedFirst: number): StageFigures {
  const of = (measure: Measure) => rows.filter((row) => row.measure === measure)
  const counted = (measure: Measure) => sum(of(measure))
  const [reached, converted] = [counted('reached'), counted('converted')]
  const blockingReasons = reasons(of('blocked'))
  return {
    stage: id,
    name,
    reached,
    converted,
    lost: counted('lost'),
    open: counted('open'),
    reentries: counted('reentries'),
    skipped: counted('skipped'),
    flagged: counted('flagged'),
    visits: counted('visits'),
    stepConversion: ratio(converted, reached),
    overallConversion: ratio(counted('overall'), reachedFirst),
    dwell: calendar(of('dwell')),
    dwellBusiness: business(of('dwell')),
    dwellToNext: calendar(of('dwellToNext')),
    dwellToNextBusiness: business(of('dwellToNext')),
    openAge: calendar(of('openAge')),
    openAgeBusiness: business(of('openAge')),
    lossReasons: reasons(of('lost')),
    blockingReasons,
    dominantBlockingReason: blockingReasons[0]?.reason ?? null,
  }
}

const sum = (rows: readonly FactRow[]) => rows.reduce((total, { count }) => total + count, 0)

const ratio = (part: number, whole: number) => (whole === 0 ? null : part / whole)

// Durations have no reason: at most one row.
const calendar = ([row]: readonly FactRow[]) => durations(row?.timedCount, row?.mean, row?.percentiles)
const business = ([row]: readonly FactRow[]) =>
  durations(row?.businessCount, row?.businessMean, row?.businessPercentiles)

function durations(count = 0, mean: number | null = null, percentiles: FactRow['percentiles'] = null): Durations {
  const [median = null, p90 = null] = percentiles ?? []
  return { count, mean, median, p90 }
}

function reasons(rows: readonly FactRow[]): ReasonCount[] {
  return rows
    .map(({ reason, count }) => ({ reason: reason ?? '', count }))
    .sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1))
}
