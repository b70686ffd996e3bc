// A funnel from the columns: one pass over the visits counts them by group and kind, and notes the durations.
import { msOf } from '@headwater/schema'
import type { Context } from '../context.ts'
import { type FactRow, figuresOf, type GroupRows } from '../figures.ts'
import type { Durations, FunnelGroup, FunnelQuery, Measure } from '../query.ts'
import { type Columns, placeOf, visitDimensions } from './columns.ts'
import { Series, seriesPerCell, summarise } from './durations.ts'
import { bucketsOf, Groups } from './groups.ts'
import { Fact, type Scope } from './scope.ts'
import { Tally } from './tally.ts'

/** Deals looked at without letting others of this process go first: some milliseconds. */
const slice = 65_536

const pause = () => new Promise<void>((resolve) => setImmediate(resolve))

/** The figures of the deals in scope. The columns must not change until it has ended. */
export async function compute(
  columns: Columns,
  scope: Scope,
  query: FunnelQuery,
  context: Context,
): Promise<FunnelGroup[]> {
  const count = new Count(columns, scope, query, context)
  for (let deal = 0; deal < columns.dealCount; deal += slice) {
    count.scan(deal, Math.min(columns.dealCount, deal + slice))
    await pause()
  }
  return figuresOf(await count.groupsOfRows(), query.groupBy, context.stages)
}

const factMeasures = (
  ['reached', 'converted', 'overall', 'visits', 'reentries', 'flagged', 'flaggedCases', 'won', 'open'] as const
).map((measure) => [measure, Fact[measure]] as const)
const overallAt = factMeasures.findIndex(([measure]) => measure === 'overall')

class Count {
  private readonly groups: Groups
  private readonly buckets: ReturnType<typeof bucketsOf>
  private readonly filters: { readonly codes: ArrayLike<number>; readonly passes: Uint8Array }[] = []
  private readonly anchorStage: number | undefined
  private readonly from: number
  private readonly to: number
  private readonly stageCount: number
  private readonly byKind = new Tally()
  private readonly overall = new Tally()
  private readonly lost = new Tally()
  private readonly skipped = new Tally()
  private readonly blocked = new Tally()
  private readonly kindCount: number
  /** Visits with a duration, and the series it is of. */
  private timed = new Int32Array(4096)
  private seriesOf = new Int32Array(4096)
  private timedCount = 0

  constructor(
    private readonly columns: Columns,
    private readonly scope: Scope,
    query: FunnelQuery,
    private readonly context: Context,
  ) {
    const { stages, zone } = context
    this.buckets = bucketsOf(query.bucket.unit, zone)
    this.groups = new Groups(columns, query.groupBy, this.buckets)
    this.stageCount = stages.length
    this.kindCount = scope.facts.length
    const { stage, from, to } = query.cohort
    this.anchorStage = stage === undefined ? undefined : stages.findIndex(({ id }) => id === stage)
    this.from = from === undefined ? Number.NEGATIVE_INFINITY : msOf(from)
    this.to = to === undefined ? Number.POSITIVE_INFINITY : msOf(to)
    for (const dimension of visitDimensions) {
      const wanted = query.filter[dimension]
      if (!wanted) continue
      const passes = Uint8Array.from(columns.names[dimension].values, (value) => (wanted.includes(value) ? 1 : 0))
      this.filters.push({ codes: columns.visits[dimension], passes })
    }
  }

  scan(fromDeal: number, toDeal: number): void {
    const { columns, scope, groups, byKind, kindCount, stageCount } = this
    const { first, length, blocks } = columns.deals
    const { kinds, facts: factsOf, stageOf } = scope
    const { from, to, anchorStage } = this
    const byCohort = anchorStage !== undefined || groups.byBucket || from > -Infinity || to < Infinity
    const special = Fact.lost | Fact.skips
    const timed = Fact.dwell | Fact.openAge
    for (let deal = fromDeal; deal < toDeal; deal++) {
      const begin = first[deal]!
      const end = begin + length[deal]!
      let bucket = 0
      if (byCohort) {
        const anchor = this.anchorOf(begin, end)
        const at = columns.visits.since[anchor]!
        if (anchor < 0 || at < from || at >= to) continue
        if (groups.byBucket) bucket = this.buckets.codeOf(at)
      }
      for (let visit = begin; visit < end; visit++) {
        const kind = kinds[visit]!
        if (kind === 0) continue
        const facts = factsOf[kind]!
        if ((facts & Fact.overallElsewhere) !== 0) this.countOverall(begin, end, bucket, stageOf[kind]!)
        if (!this.passes(visit)) continue
        const group = groups.of(visit, bucket)
        byKind.add(group * kindCount + kind)
        const cell = group * stageCount + stageOf[kind]!
        if ((facts & timed) !== 0) this.time(visit, cell, facts)
        if ((facts & special) === 0) continue
        if ((facts & Fact.lost) !== 0)
          this.lost.add(cell * columns.names.lossReason.size + columns.visits.lossReason[visit]!)
        if ((facts & Fact.skips) !== 0) this.countSkips(begin, visit, group)
      }
      if (blocks[deal]! > 0) this.countBlocks(deal, bucket)
    }
  }

  /** The facts counted, by group. */
  async groupsOfRows(): Promise<GroupRows[]> {
    const { groups, scope, columns, stageCount, kindCount } = this
    const rowsOf: FactRow[][] = groups.codes.map(() => [])
    const add: Add = (measure, cell, count, reason = null, calendar, business) =>
      rowsOf[Math.floor(cell / stageCount)]!.push({
        measure,
        stage: this.stageAt(cell),
        reason,
        count,
        timedCount: calendar?.count ?? 0,
        mean: calendar?.mean ?? null,
        percentiles: calendar ? [calendar.median, calendar.p90] : null,
        businessCount: business?.count ?? 0,
        businessMean: business?.mean ?? null,
        businessPercentiles: business ? [business.median, business.p90] : null,
      })
    const byFact = factMeasures.map(() => new Tally())
    for (const [key, count] of this.byKind.entries()) {
      const kind = key % kindCount
      const cell = Math.floor(key / kindCount) * stageCount + scope.stageOf[kind]!
      factMeasures.forEach(([, fact], i) => {
        if ((scope.facts[kind]! & fact) !== 0) byFact[i]!.add(cell, count)
      })
    }
    for (const [cell, count] of this.overall.entries()) byFact[overallAt]!.add(cell, count)
    factMeasures.forEach(([measure], i) => {
      for (const [cell, count] of byFact[i]!.entries()) add(measure, cell, count)
    })
    for (const [cell, count] of this.skipped.entries()) add('skipped', cell, count)
    for (const [tally, measure, { size, values }] of [
      [this.lost, 'lost', columns.names.lossReason],
      [this.blocked, 'blocked', columns.names.blockReason],
    ] as const)
      for (const [key, count] of tally.entries()) add(measure, Math.floor(key / size), count, values[key % size])
    await this.addDurations(add)
    return rowsOf.map((rows, group) => ({ key: groups.keyOf(group), rows }))
  }

  private async addDurations(add: Add) {
    const { since, exited, sinceClock, exitedClock, place } = this.columns.visits
    const { readings } = this.context
    const now = msOf(this.context.now)
    const readingAt = Float64Array.from(
      this.columns.names.place.values,
      (name) => readings.get(placeOf(name).version) ?? Number.NaN,
    )
    const summary = async (duration: (visit: number, open: boolean) => number) => {
      const values = new Float64Array(this.timedCount)
      for (let i = 0; i < this.timedCount; i++)
        values[i] = duration(this.timed[i]!, this.seriesOf[i]! % seriesPerCell === Series.openAge)
      await pause()
      const series = this.groups.codes.length * this.stageCount * seriesPerCell
      return summarise(this.timedCount, this.seriesOf, values, series, pause)
    }
    const calendar = await summary((visit, open) => (open ? now : exited[visit]!) - since[visit]!)
    const business = await summary(
      (visit, open) => (open ? readingAt[place[visit]!]! : exitedClock[visit]!) - sinceClock[visit]!,
    )
    calendar.forEach((durations, series) => {
      if (!durations) return
      const measure = durationMeasures[series % seriesPerCell]!
      add(measure, Math.floor(series / seriesPerCell), durations.count, null, durations, business[series])
    })
  }

  private stageAt(cell: number): string {
    return this.context.stages[cell % this.stageCount]!.id
  }

  /** The visit by which the deal belongs to its cohort; −1 for none. */
  private anchorOf(begin: number, end: number): number {
    const { kinds, stageOf } = this.scope
    for (let visit = begin; visit < end; visit++) {
      const kind = kinds[visit]!
      if (kind !== 0 && (this.anchorStage === undefined || stageOf[kind] === this.anchorStage)) return visit
    }
    return -1
  }

  private passes(visit: number): boolean {
    for (const { codes, passes } of this.filters) if (passes[codes[visit]!] === 0) return false
    return true
  }

  /** That a deal reached the stage, in the group of its first visit of the first stage. */
  private countOverall(begin: number, end: number, bucket: number, stage: number): void {
    const { kinds, stageOf } = this.scope
    for (let visit = begin; visit < end; visit++) {
      if (kinds[visit] === 0 || stageOf[kinds[visit]!] !== 0) continue
      if (this.passes(visit)) this.overall.add(this.groups.of(visit, bucket) * this.stageCount + stage)
      return
    }
  }

  /** Stages that the visit's exit jumped over, unless an earlier exit did. */
  private countSkips(begin: number, visit: number, group: number): void {
    const before = new Set<string>()
    for (let i = begin; i < visit; i++) for (const stage of this.skipsOf(i)) before.add(stage)
    for (const stage of new Set(this.skipsOf(visit))) {
      const index = before.has(stage) ? -1 : this.context.stages.findIndex(({ id }) => id === stage)
      if (index >= 0) this.skipped.add(group * this.stageCount + index)
    }
  }

  private skipsOf(visit: number): readonly string[] {
    const { kinds, facts } = this.scope
    if ((facts[kinds[visit]!]! & Fact.skips) === 0) return []
    return JSON.parse(this.columns.names.skipped.values[this.columns.visits.skipped[visit]!]!)
  }

  private countBlocks(deal: number, bucket: number): void {
    const { deals, blocks, names } = this.columns
    const { kinds, stageOf, businessTime, recordedTime } = this.scope
    const counted = new Set<number>()
    const begin = deals.firstBlock[deal]!
    for (let block = begin; block < begin + deals.blocks[deal]!; block++) {
      if (!(blocks.from[block]! <= businessTime && blocks.fromRecorded[block]! <= recordedTime)) continue
      const visit = deals.first[deal]! + blocks.visitNo[block]!
      const stage = stageOf[kinds[visit]!]!
      const reason = blocks.reason[block]!
      const fact = stage * names.blockReason.size + reason
      if (stage < 0 || counted.has(fact)) continue
      counted.add(fact)
      if (!this.passes(visit)) continue
      const cell = this.groups.of(visit, bucket) * this.stageCount + stage
      this.blocked.add(cell * names.blockReason.size + reason)
    }
  }

  private time(visit: number, cell: number, facts: number): void {
    if (this.timedCount === this.timed.length) {
      this.timed = doubled(this.timed)
      this.seriesOf = doubled(this.seriesOf)
    }
    const series =
      (facts & Fact.openAge) !== 0
        ? Series.openAge
        : (facts & Fact.dwellToNext) !== 0
          ? Series.dwellToNext
          : Series.dwell
    this.timed[this.timedCount] = visit
    this.seriesOf[this.timedCount++] = cell * seriesPerCell + series
  }
}

const durationMeasures = ['dwell', 'dwellToNext', 'openAge'] as const

type Add = (
  measure: Measure,
  cell: number,
  count: number,
  reason?: string | null,
  calendar?: Durations,
  business?: Durations,
) => void

function doubled(array: Int32Array): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(array.length * 2)
  grown.set(array)
  return grown
}
