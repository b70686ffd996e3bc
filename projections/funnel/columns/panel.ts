// A funnel's figures, kept so that they can follow its deals: counts by group and kind, and windows on the durations.
import { msOf } from '@headwater/schema'
import type { Context } from '../context.ts'
import type { FunnelQuery } from '../query.ts'
import { type Columns, indexed, placeOf, visitDimensions } from './columns.ts'
import { Counts } from './counts.ts'
import { withRoom } from './dictionary.ts'
import { bucketsOf, Groups } from './groups.ts'
import type { PanelChanges } from './messages.ts'
import { durationsAt, timedMeasures, writeDurations } from './numbers.ts'
import { Fact, type Scope } from './scope.ts'
import { VisitList } from './visit-list.ts'
import { type Clock, Series, seriesPerCell, Windows } from './windows.ts'

/** What was found on the way: for one panel at a time. */
const closed = new VisitList()
const open = new VisitList()

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
  private readonly counts: Counts
  private readonly groupRoom: number
  private readonly calendar: Windows
  private readonly business: Windows
  /** By place: of its version's business clock, at the context's now. */
  private readonly readingAt: number[] = []
  /** Groups that have changed since the last revision. */
  private touched: Set<number> | undefined
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
    this.counts = new Counts(columns, scope, stages.length)
    const { stage, from, to } = query.cohort
    this.anchorStage = stage === undefined ? undefined : stages.findIndex(({ id }) => id === stage)
    this.from = from === undefined ? Number.NEGATIVE_INFINITY : msOf(from)
    this.to = to === undefined ? Number.POSITIVE_INFINITY : msOf(to)
    this.bind()
    this.scanAll()
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
    const { calendar, business, counts } = this
    return [calendar, business, counts].reduce((sum, { bytes }) => sum + bytes, 64 * this.groupRoom)
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
    if (!this.isFit()) return undefined
    const { counts, columns, revised, stageCount } = this
    if (this.touched?.size) {
      this.revision++
      for (const group of this.touched) revised[group] = this.revision
      this.touched.clear()
    }
    const groups = [...revised.keys()].filter((group) => revised[group]! > after)
    const size = stageCount * counts.layout.width
    const numbers = new Float64Array(groups.length * size)
    for (const [i, group] of groups.entries()) {
      counts.write(group, numbers, i * size)
      this.writeDurations(group, numbers, i * size)
    }
    return {
      panel: this.id,
      revision: this.revision,
      groups,
      keys: groups.map((group) => this.groups.keyOf(group)),
      numbers,
      lossRoom: counts.lossRoom,
      blockRoom: counts.blockRoom,
      lossReasons: columns.names.lossReason.values,
      blockReasons: columns.names.blockReason.values,
    }
  }

  /** Whether what is kept still has all that is asked for. */
  isFit(): boolean {
    const each = this.stageCount * seriesPerCell
    for (const group of this.isLost ? [] : (this.touched ?? []))
      for (let series = group * each; series < (group + 1) * each; series++)
        if (!this.calendar.holds(series) || !this.business.holds(series)) this.isLost = true
    return !this.isLost
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
    return this.groups.bind() && this.counts.fits()
  }

  private scanAll(): void {
    const { columns, query } = this
    const dimension = indexed.find((each) => query.filter[each])
    const wanted = dimension && query.filter[dimension]
    if (!wanted) {
      this.scan(0, columns.dealCount, 1)
      return
    }
    const codes = wanted.flatMap((value) => columns.names[dimension].find(value) ?? [])
    // One deal may have visits of several.
    const deals = new Set(codes.flatMap((code) => columns.dealsOf[dimension][code] ?? []))
    for (const deal of deals) this.scan(deal, deal + 1, 1)
  }

  private scan(fromDeal: number, toDeal: number, sign: 1 | -1): void {
    const { columns, scope, groups, counts, stageCount, touched, filters, buckets, from, to } = this
    const { byKind, kindRoom } = counts
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
        if ((facts & Fact.lost) !== 0) counts.addLost(cell, lossReason[visit]!, sign)
        if ((facts & Fact.skips) !== 0) this.countSkips(begin, visit, group, sign)
      }
      if (blocks[deal]! > 0) this.countBlocks(deal, bucket, sign)
    }
    closed.count = closedCount
  }

  private writeDurations(group: number, numbers: Float64Array, at: number): void {
    for (let stage = 0; stage < this.stageCount; stage++)
      for (let timed = 0; timed < timedMeasures.length; timed++) {
        const series = (group * this.stageCount + stage) * seriesPerCell + timed
        const from = at + stage * this.counts.layout.width
        const [calendar, business] = [this.calendar.of(series), this.business.of(series)]
        if (calendar) writeDurations(numbers, from + durationsAt(timed, 0), calendar)
        if (business) writeDurations(numbers, from + durationsAt(timed, 1), business)
      }
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
        this.counts.overall.add(group * this.stageCount + stage, sign)
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
      if (index >= 0) this.counts.skipped.add(group * this.stageCount + index, sign)
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
      this.counts.addBlocked(group * this.stageCount + stage, reason, sign)
    }
  }
}
