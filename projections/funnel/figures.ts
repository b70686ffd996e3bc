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
  if (groupBy.length === 0 && groups.size === 0) groups.set('', { key: {}, rows: [] })
  const figures = [...groups.values()].map((group) => groupFigures(group.key, stages, factsByStage(group.rows, stages)))
  return inOrder(figures, groupBy)
}

/** Groups as an answer has them. */
export const inOrder = <Group extends { readonly key: GroupKey }>(
  groups: readonly Group[],
  groupBy: readonly Dimension[],
): Group[] => groups.toSorted((a, b) => compareKeys(groupBy, a.key, b.key))

function compareKeys(groupBy: readonly Dimension[], a: GroupKey, b: GroupKey): number {
  for (const dimension of groupBy) {
    const [left, right] = [a[dimension] ?? null, b[dimension] ?? null]
    if (left === right) continue
    if (left === null || right === null) return left === null ? 1 : -1
    return left < right ? -1 : 1
  }
  return 0
}

/** What was counted of a group's stage, by whatever means. */
export interface StageFacts {
  count(measure: Measure): number
  calendar(measure: Timed): Durations
  business(measure: Timed): Durations
  reasons(measure: 'lost' | 'blocked'): ReasonCount[]
}

export type Timed = 'dwell' | 'dwellToNext' | 'openAge'

/** @param facts by stage */
export function groupFigures(key: GroupKey, stages: Stages, facts: readonly StageFacts[]): FunnelGroup {
  const figures: StageFigures[] = []
  const reachedFirst = facts[0]?.count('reached') ?? 0
  let [won, lost, open, flaggedCases] = [0, 0, 0, 0]
  for (const [i, stage] of stages.entries()) {
    const each = stageFigures(stage, facts[i]!, reachedFirst)
    figures.push(each)
    won += facts[i]!.count('won')
    lost += each.lost
    open += each.open
    flaggedCases += facts[i]!.count('flaggedCases')
  }
  return { key, stages: figures, won, lost, open, flaggedCases }
}

function stageFigures({ id, name }: Stages[number], facts: StageFacts, reachedFirst: number): StageFigures {
  const [reached, converted] = [facts.count('reached'), facts.count('converted')]
  const blockingReasons = inOrderOfCount(facts.reasons('blocked'))
  return {
    stage: id,
    name,
    reached,
    converted,
    lost: facts.count('lost'),
    open: facts.count('open'),
    reentries: facts.count('reentries'),
    skipped: facts.count('skipped'),
    flagged: facts.count('flagged'),
    visits: facts.count('visits'),
    stepConversion: ratio(converted, reached),
    overallConversion: ratio(facts.count('overall'), reachedFirst),
    dwell: facts.calendar('dwell'),
    dwellBusiness: facts.business('dwell'),
    dwellToNext: facts.calendar('dwellToNext'),
    dwellToNextBusiness: facts.business('dwellToNext'),
    openAge: facts.calendar('openAge'),
    openAgeBusiness: facts.business('openAge'),
    lossReasons: inOrderOfCount(facts.reasons('lost')),
    blockingReasons,
    dominantBlockingReason: blockingReasons[0]?.reason ?? null,
  }
}

const ratio = (part: number, whole: number) => (whole === 0 ? null : part / whole)

const inOrderOfCount = (reasons: ReasonCount[]) =>
  reasons.sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1))

function factsByStage(rows: readonly FactRow[], stages: Stages): StageFacts[] {
  const byStage = new Map(stages.map(({ id }) => [id, [] as FactRow[]]))
  for (const row of rows) byStage.get(row.stage)?.push(row)
  return [...byStage.values()].map(factsOf)
}

function factsOf(rows: readonly FactRow[]): StageFacts {
  const of = (measure: Measure) => rows.filter((row) => row.measure === measure)
  return {
    count: (measure) => of(measure).reduce((total, { count }) => total + count, 0),
    // Durations have no reason: at most one row.
    calendar(measure) {
      const [row] = of(measure)
      return durations(row?.timedCount, row?.mean, row?.percentiles)
    },
    business(measure) {
      const [row] = of(measure)
      return durations(row?.businessCount, row?.businessMean, row?.businessPercentiles)
    },
    reasons: (measure) => of(measure).map(({ reason, count }) => ({ reason: reason ?? '', count })),
  }
}

function durations(count = 0, mean: number | null = null, percentiles: FactRow['percentiles'] = null): Durations {
  const [median = null, p90 = null] = percentiles ?? []
  return { count, mean, median, p90 }
}
