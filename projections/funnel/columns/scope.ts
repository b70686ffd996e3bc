// What each visit counts for, seen as of the dates: everything of `facts.ts` that depends on the deal's other visits.
import { Bit, type Columns, placeOf, visitDimensions } from './columns.ts'

export interface ScopeOptions {
  readonly playbook: string
  readonly version: number | undefined
  /** Ids in order. */
  readonly stages: readonly string[]
  /** Milliseconds since 1970; undefined for now. */
  readonly businessTime: number | undefined
  readonly recordedTime: number | undefined
  /** Milliseconds; undefined for any time. */
  readonly window: number | undefined
}

/** The facts that rest on a visit. A visit's kind is its stage and a set of these. */
export const Fact = {
  reached: 1,
  converted: 1 << 1,
  /** In the visit's own group. */
  overall: 1 << 2,
  /** In another group: that of the deal's first visit of the first stage. */
  overallElsewhere: 1 << 3,
  visits: 1 << 4,
  reentries: 1 << 5,
  flagged: 1 << 6,
  flaggedCases: 1 << 7,
  dwell: 1 << 8,
  dwellToNext: 1 << 9,
  won: 1 << 10,
  lost: 1 << 11,
  open: 1 << 12,
  openAge: 1 << 13,
  skips: 1 << 14,
} as const
const factBits = 15

export class Scope {
  /** By visit: 0 where it is out of scope, else an index of `facts` and `stageOf`. */
  kinds = new Uint16Array(0)
  /** By deal: when its first visit in scope began, NaN without one. */
  anchors = new Float64Array(0)
  /** By kind. */
  readonly facts: number[] = [0]
  readonly stageOf: number[] = [-1]
  private readonly kindOf: Uint16Array
  /** By place: the index of its stage, −1 where it is out of scope. */
  private readonly indexes: number[] = []
  private readonly reachedBefore: Int32Array
  private readonly stays: Int32Array
  private readonly flaggedBefore: Int32Array

  readonly businessTime: number
  readonly recordedTime: number
  private readonly window: number

  constructor(
    private readonly columns: Columns,
    private readonly options: ScopeOptions,
  ) {
    this.businessTime = options.businessTime ?? Number.POSITIVE_INFINITY
    this.recordedTime = options.recordedTime ?? Number.POSITIVE_INFINITY
    this.window = options.window ?? Number.POSITIVE_INFINITY
    const { length } = options.stages
    this.kindOf = new Uint16Array(length << factBits)
    this.reachedBefore = new Int32Array(length)
    this.stays = new Int32Array(length)
    this.flaggedBefore = new Int32Array(length)
  }

  /** Looks at these deals (by number) anew. */
  derive(from: number, to: number): void {
    const { visits, names } = this.columns
    if (this.kinds.length < visits.since.length) {
      const kinds = new Uint16Array(visits.since.length)
      kinds.set(this.kinds)
      this.kinds = kinds
    }
    const { first } = this.columns.deals
    if (this.anchors.length < first.length) {
      const anchors = new Float64Array(first.length)
      anchors.set(this.anchors)
      this.anchors = anchors
    }
    for (let place = this.indexes.length; place < names.place.size; place++) {
      const { playbook, version, stage } = placeOf(names.place.values[place]!)
      const inside = playbook === this.options.playbook && version === (this.options.version ?? version)
      this.indexes.push(inside ? this.options.stages.indexOf(stage) : -1)
    }
    for (let deal = from; deal < to; deal++) this.deriveDeal(deal)
  }

  private deriveDeal(deal: number): void {
    const { columns, kinds, indexes, reachedBefore, stays, flaggedBefore } = this
    const { place, bits, skipped } = columns.visits
    const { businessTime, recordedTime } = this
    const begin = columns.deals.first[deal]!
    const end = begin + columns.deals.length[deal]!
    reachedBefore.fill(-1)
    stays.fill(0)
    flaggedBefore.fill(0)
    let last = -1
    let flaggedCase = false
    this.anchors[deal] = Number.NaN
    for (let i = begin; i < end; i++) {
      const stage = indexes[place[i]!]!
      const inside =
        stage >= 0 && columns.visits.entered[i]! <= businessTime && columns.visits.enteredRecorded[i]! <= recordedTime
      kinds[i] = 0
      if (!inside) continue
      if (last < 0) this.anchors[deal] = columns.visits.since[i]!
      last = i
      const closed = this.isClosed(i)
      const bit = bits[i]!
      let facts = 0
      if (reachedBefore[stage] === -1) {
        reachedBefore[stage] = i
        facts |= Fact.reached
      }
      if ((bit & Bit.continued) === 0 || facts !== 0) {
        facts |= Fact.visits
        if (++stays[stage]! === 2) facts |= Fact.reentries
      }
      if ((bit & Bit.entryFlagged) !== 0 || (closed && (bit & Bit.exitFlagged) !== 0)) {
        if (flaggedBefore[stage]!++ === 0) facts |= Fact.flagged
        if (!flaggedCase) facts |= Fact.flaggedCases
        flaggedCase = true
      } else if (closed && (bit & Bit.migrated) === 0) {
        facts |= Fact.dwell
        if ((bit & Bit.toNext) !== 0) facts |= Fact.dwellToNext
      } else if (!closed) facts |= Fact.openAge
      if (closed && columns.names.skipped.values[skipped[i]!] !== '[]') facts |= Fact.skips
      kinds[i] = this.kind(stage, facts)
    }
    if (last >= 0) this.addRest(begin, end, last)
  }

  /** What takes a look at all visits of the deal. */
  private addRest(begin: number, end: number, last: number): void {
    const { kinds, facts: factsOf, stageOf, reachedBefore, columns } = this
    const base = reachedBefore[0]!
    for (let i = begin; i < end; i++) {
      const kind = kinds[i]!
      if (kind === 0) continue
      const stage = stageOf[kind]!
      let facts = factsOf[kind]!
      if ((facts & Fact.reached) !== 0) {
        if (this.wentOn(i, end, stage)) facts |= Fact.converted
        if (base >= 0 && columns.visits.since[i]! - columns.visits.since[base]! <= this.window)
          facts |= this.sameGroups(i, base) ? Fact.overall : Fact.overallElsewhere
      }
      if (i === last) {
        const bit = columns.visits.bits[i]!
        if (!this.isClosed(i)) facts |= Fact.open
        else if ((bit & Bit.won) !== 0) facts |= Fact.won
        else if ((bit & Bit.lost) !== 0) facts |= Fact.lost
      } else facts &= ~Fact.openAge
      kinds[i] = this.kind(stage, facts)
    }
  }

  private wentOn(visit: number, end: number, stage: number): boolean {
    const { since, entered, dwell, bits } = this.columns.visits
    const latest = since[visit]! + this.window
    for (let i = visit; i < end; i++) {
      const kind = i === visit ? -1 : this.kinds[i]!
      if (kind === 0) continue
      // As in the reference, a later stage counts by its entry alone.
      if (i > visit && this.stageOf[kind]! > stage) {
        if (entered[i]! <= latest) return true
      } else if ((bits[i]! & Bit.won) !== 0 && this.isClosed(i) && since[i]! + dwell[i]! <= latest) return true
    }
    return false
  }

  private isClosed(i: number): boolean {
    const { since, dwell, exitedRecorded } = this.columns.visits
    // Never where there is no exit: NaN is below nothing.
    return since[i]! + dwell[i]! <= this.businessTime && exitedRecorded[i]! <= this.recordedTime
  }

  private sameGroups(a: number, b: number): boolean {
    if (a === b) return true
    for (const dimension of visitDimensions)
      if (this.columns.visits[dimension][a] !== this.columns.visits[dimension][b]) return false
    return true
  }

  private kind(stage: number, facts: number): number {
    const key = (stage << factBits) | facts
    let kind = this.kindOf[key]!
    if (kind === 0) {
      kind = this.facts.push(facts) - 1
      this.stageOf.push(stage)
      this.kindOf[key] = kind
    }
    return kind
  }
}
