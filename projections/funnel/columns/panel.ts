// A funnel's figures, kept so that they can follow its deals: counts by group and kind, and windows on the durations.
import { msOf } from '@headwater/schema'
import type { Context } from '../context.ts'
import { type FactRow, groupFigures } from '../figures.ts'
import type { Durations, FunnelGroup, FunnelQuery, Measure } from '../query.ts'
import { type Columns, placeOf, visitDimensions } from './columns.ts'
import { withRoom } from './dictionary.ts'
import { bucketsOf, Groups } from './groups.ts'
import { Fact, type Scope } from './scope.ts'
import { Tally } from './tally.ts'
import { VisitList } from './visit-list.ts'
import { type Clock, Series, seriesPerCell, Windows } from './windows.ts'

const factMeasures = (
  ['reached', 'converted', 'overall', 'visits', 'reentries', 'flagged', 'flaggedCases', 'won', 'open'] as const
).map((measure) => [measure, Fact[measure]] as const)

/** What was found on the way: for one panel at a time. */
const closed = new VisitList()
const open = new VisitList()

/** Groups by number, undefined for one that counts nothing any more. */
export interface PanelChanges {
  readonly panel: number
  readonly revision: number
  readonly groups: readonly (readonly [group: number, figures: FunnelGroup | undefined])[]
}

let panels = 0

export class Panel {
  readonly id = ++panels
  private readonly groups: Groups
  private readonly buckets: ReturnType<typeof bucketsOf>
  private filters: { readonly codes: ArrayLike<number>; readonly passes: Uint8Array }[] = []
  private readonly anchorStage: number | undefined
  private readonly from: number
  private readonly to: number
  private readonly stageCount: number
  private readonly byKind = new Tally()
  private readonly overall = new Tally()
  private readonly lost = new Tally()
  private readonly skipped = new Tally()
  private readonly blocked = new Tally()
  /** Room in a group's or cell's stretch of a tally. */
  private readonly kindRoom: number
  private readonly lossRoom: number
  private readonly blockRoom: number
  private readonly groupRoom: number
  private readonly calendar: Windows
  private readonly business: Windows
  /** By place: of its version's business clock, at the context's now. */
  private readonly readingAt: number[] = []
  /** Groups whose figures are to be worked out. */
  private touched: Set<number> | undefined
  private readonly figures: (FunnelGroup | undefined)[] = []
  /** By group: when its figures last changed. */
  private readonly revised: number[] = []
  private revision = 0
  private isLost = false

  constructor(
    private readonly columns: Columns,
    readonly scope: Scope,
    private readonly query: FunnelQuery,
    readonly context: Context,
  ) {
    const { stages, zone } = context
    this.buckets = bucketsOf(query.bucket.unit, zone)
    this.groups = new Groups(columns, query.groupBy, this.buckets)
    this.stageCount = stages.length
    this.kindRoom = withRoom(scope.facts.length)
    this.lossRoom = withRoom(columns.names.lossReason.size)
    this.blockRoom = withRoom(columns.names.blockReason.size)
    const { stage, from, to } = query.cohort
    this.anchorStage = stage === undefined ? undefined : stages.findIndex(({ id }) => id === stage)
    this.from = from === undefined ? Number.NEGATIVE_INFINITY : msOf(from)
    this.to = to === undefined ? Number.POSITIVE_INFINITY : msOf(to)
    this.bind()
    this.scan(0, columns.dealCount, 1)
    const groupCount = this.groups.codes.length
    this.touched = new Set(this.groups.codes.keys())
    // All deals together are a group, even of none.
    if (query.groupBy.length === 0) this.touched.add(0)
    this.groupRoom = withRoom(groupCount)
    const series = this.stageCount * seriesPerCell
    const windows = (clock: Clock) => new Windows(closed, open, clock, groupCount * series, this.groupRoom * series)
    this.calendar = windows(this.calendarClock())
    this.business = windows(this.businessClock())
    closed.clear()
    open.clear()
  }

  /** About, of what grows with the number of groups and visits. */
  get bytes(): number {
    const { calendar, business, byKind, lost, blocked } = this
    const figures = 4_000 * this.stageCount * this.groups.codes.length
    return [calendar, business, byKind, lost, blocked].reduce((sum, { bytes }) => sum + bytes, figures)
  }

  /** Deals (by number) that begin (1) or cease (−1) to be as the columns have them now. */
  apply(deals: Iterable<number>, sign: 1 | -1): void {
    if (this.isLost || !this.bind()) {
      this.isLost = true
      return
    }
    for (const deal of deals) this.scan(deal, deal + 1, sign)
    if (this.groups.codes.length > this.groupRoom) this.isLost = true
    else {
      this.calendar.apply(closed, open, this.calendarClock(), sign)
      this.business.apply(closed, open, this.businessClock(), sign)
    }
    closed.clear()
    open.clear()
  }

  /** What has changed after a revision, or everything; undefined where what is kept no longer does: then only a new panel will. */
  changes(after = 0): PanelChanges | undefined {
    if (this.touched?.size) {
      this.revision++
      for (const group of this.touched) {
        this.figures[group] = this.figuresOf(group)
        this.revised[group] = this.revision
      }
      this.touched.clear()
    }
    if (this.isLost) return undefined
    const groups = [...this.figures.entries()].filter(([group]) => this.revised[group]! > after)
    return { panel: this.id, revision: this.revision, groups }
  }

  /** The columns' arrays may be others by now. False where they hold more values than there is room for. */
  private bind(): boolean {
    const { columns, query, readingAt } = this
    for (const name of columns.names.place.values.slice(readingAt.length))
      readingAt.push(this.context.readings.get(placeOf(name).version) ?? Number.NaN)
    this.filters = visitDimensions.flatMap((dimension) => {
      const wanted = query.filter[dimension]
      if (!wanted) return []
      const passes = new Uint8Array(columns.names[dimension].size)
      for (const value of wanted) passes[columns.names[dimension].find(value) ?? passes.length] = 1
      return [{ codes: columns.visits[dimension], passes }]
    })
    const fits = [
      [this.scope.facts.length, this.kindRoom],
      [columns.names.lossReason.size, this.lossRoom],
      [columns.names.blockReason.size, this.blockRoom],
    ] as const
    return this.groups.bind() && fits.every(([size, room]) => size <= room)
  }

  private scan(fromDeal: number, toDeal: number, sign: 1 | -1): void {
    const { columns, scope, groups, byKind, kindRoom, stageCount, touched, filters, buckets, from, to } = this
    const { first, length, blocks } = columns.deals
    const { lossReason } = columns.visits
    const { kinds, facts: factsOf, stageOf, anchors } = scope
    const { byBucket } = groups
    const filtered = filters.length > 0
    closed.fit(columns.visitCount)
    const { visits: closedVisits, series: closedSeries } = closed
    let closedCount = closed.count
    for (let deal = fromDeal; deal < toDeal; deal++) {
      let anchor = anchors[deal]!
      const begin = first[deal]!
      const end = begin + length[deal]!
      if (this.anchorStage !== undefined) anchor = this.anchorOf(begin, end)
      // Never where there is none: NaN is above nothing.
      if (!(anchor >= from && anchor < to)) continue
      const bucket = byBucket ? buckets.codeOf(anchor) : 0
      for (let visit = begin; visit < end; visit++) {
        const kind = kinds[visit]!
        if (kind === 0) continue
        const facts = factsOf[kind]!
        if ((facts & Fact.overallElsewhere) !== 0) this.countOverall(begin, end, bucket, stageOf[kind]!, sign)
        if (filtered && !this.passes(visit)) continue
        const group = groups.of(visit, bucket)
        if (touched !== undefined) touched.add(group)
        byKind.add(group * kindRoom + kind, sign)
        const cell = group * stageCount + stageOf[kind]!
        if ((facts & Fact.dwell) !== 0) {
          closedVisits[closedCount] = visit
          closedSeries[closedCount++] =
            cell * seriesPerCell + ((facts & Fact.dwellToNext) !== 0 ? Series.dwellToNext : Series.dwell)
        } else if ((facts & Fact.openAge) !== 0) open.push(visit, cell * seriesPerCell + Series.openAge)
        if ((facts & (Fact.lost | Fact.skips)) === 0) continue
        if ((facts & Fact.lost) !== 0) this.lost.add(cell * this.lossRoom + lossReason[visit]!, sign)
        if ((facts & Fact.skips) !== 0) this.countSkips(begin, visit, group, sign)
      }
      if (blocks[deal]! > 0) this.countBlocks(deal, bucket, sign)
    }
    closed.count = closedCount
  }

  private figuresOf(group: number): FunnelGroup | undefined {
    const { scope, stageCount, kindRoom, context, columns } = this
    const rows: FactRow[] = []
    const add: Add = (measure, stage, count, reason = null, calendar, business) => {
      if (count === 0) return
      rows.push({
        measure,
        stage: context.stages[stage]!.id,
        reason,
        count,
        timedCount: calendar?.count ?? 0,
        mean: calendar?.mean ?? null,
        percentiles: calendar ? [calendar.median, calendar.p90] : null,
        businessCount: business?.count ?? 0,
        businessMean: business?.mean ?? null,
        businessPercentiles: business ? [business.median, business.p90] : null,
      })
    }
    const counts = new Int32Array(stageCount * factMeasures.length)
    for (let kind = 1; kind < scope.facts.length; kind++) {
      const count = this.byKind.of(group * kindRoom + kind)
      if (count === 0) continue
      const at = scope.stageOf[kind]! * factMeasures.length
      for (let i = 0; i < factMeasures.length; i++)
        if ((scope.facts[kind]! & factMeasures[i]![1]) !== 0) counts[at + i]! += count
    }
    for (let stage = 0; stage < stageCount; stage++) {
      const cell = group * stageCount + stage
      factMeasures.forEach(([measure], i) => {
        const elsewhere = measure === 'overall' ? this.overall.of(cell) : 0
        add(measure, stage, counts[stage * factMeasures.length + i]! + elsewhere)
      })
      add('skipped', stage, this.skipped.of(cell))
      columns.names.lossReason.values.forEach((reason, i) => {
        add('lost', stage, this.lost.of(cell * this.lossRoom + i), reason)
      })
      columns.names.blockReason.values.forEach((reason, i) => {
        add('blocked', stage, this.blocked.of(cell * this.blockRoom + i), reason)
      })
      durationMeasures.forEach((measure, i) => {
        const calendar = this.calendar.of(cell * seriesPerCell + i)
        const business = this.business.of(cell * seriesPerCell + i)
        if (calendar === 'lost' || business === 'lost') this.isLost = true
        else if (calendar) add(measure, stage, calendar.count, null, calendar, business)
      })
    }
    if (this.query.groupBy.length === 0) return groupFigures({}, rows, context.stages)
    return rows.length === 0 ? undefined : groupFigures(this.groups.keyOf(group), rows, context.stages)
  }

  private calendarClock(): Clock {
    const { dwell, dwellBin, since } = this.columns.visits
    const now = msOf(this.context.now)
    return { values: dwell, bins: dwellBin, starts: since, nowAt: () => now }
  }

  private businessClock(): Clock {
    const { dwellBusiness, dwellBusinessBin, sinceClock, place } = this.columns.visits
    const nowAt = (visit: number) => this.readingAt[place[visit]!]!
    return { values: dwellBusiness, bins: dwellBusinessBin, starts: sinceClock, nowAt }
  }

  /** When the deal first came to the stage that cohorts are anchored on; NaN for never. */
  private anchorOf(begin: number, end: number): number {
    const { kinds, stageOf } = this.scope
    for (let visit = begin; visit < end; visit++) {
      const kind = kinds[visit]!
      if (kind !== 0 && stageOf[kind] === this.anchorStage) return this.columns.visits.since[visit]!
    }
    return Number.NaN
  }

  private passes(visit: number): boolean {
    for (const { codes, passes } of this.filters) if (passes[codes[visit]!] === 0) return false
    return true
  }

  /** That a deal reached the stage, in the group of its first visit of the first stage. */
  private countOverall(begin: number, end: number, bucket: number, stage: number, sign: 1 | -1): void {
    const { kinds, stageOf } = this.scope
    for (let visit = begin; visit < end; visit++) {
      if (kinds[visit] === 0 || stageOf[kinds[visit]!] !== 0) continue
      if (this.passes(visit)) {
        const group = this.groups.of(visit, bucket)
        this.touched?.add(group)
        this.overall.add(group * this.stageCount + stage, sign)
      }
      return
    }
  }

  /** Stages that the visit's exit jumped over, unless an earlier exit did. */
  private countSkips(begin: number, visit: number, group: number, sign: 1 | -1): void {
    const before = new Set<string>()
    for (let i = begin; i < visit; i++) for (const stage of this.skipsOf(i)) before.add(stage)
    for (const stage of new Set(this.skipsOf(visit))) {
      const index = before.has(stage) ? -1 : this.context.stages.findIndex(({ id }) => id === stage)
      if (index >= 0) this.skipped.add(group * this.stageCount + index, sign)
    }
  }

  private skipsOf(visit: number): readonly string[] {
    const { kinds, facts } = this.scope
    if ((facts[kinds[visit]!]! & Fact.skips) === 0) return []
    return JSON.parse(this.columns.names.skipped.values[this.columns.visits.skipped[visit]!]!)
  }

  private countBlocks(deal: number, bucket: number, sign: 1 | -1): void {
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
      const group = this.groups.of(visit, bucket)
      this.touched?.add(group)
      this.blocked.add((group * this.stageCount + stage) * this.blockRoom + reason, sign)
    }
  }
}

const durationMeasures = ['dwell', 'dwellToNext', 'openAge'] as const

type Add = (
  measure: Measure,
  stage: number,
  count: number,
  reason?: string | null,
  calendar?: Durations,
  business?: Durations,
) => void
