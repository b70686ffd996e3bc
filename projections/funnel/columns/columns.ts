// Stage visits and blocks in typed arrays: all visits of a deal side by side, in their order.
import { binOf } from './bins.ts'
import { Dictionary } from './dictionary.ts'

/** What a visit can be split by besides the cohort's bucket. */
export const visitDimensions = ['store', 'region', 'rep', 'channel', 'productLine', 'segment', 'campaign'] as const
export type VisitDimension = (typeof visitDimensions)[number]

/** What few deals have in common: they are found without a look at all others. */
export const indexed = ['rep', 'store'] as const
type Indexed = (typeof indexed)[number]

type Codes = Uint16Array | Uint32Array

/** Times are milliseconds since 1970, NaN where there is none. */
export interface Visit extends Record<Exclude<VisitDimension, 'region'>, string | null> {
  readonly playbook: string
  readonly version: number
  readonly stage: string
  readonly since: number
  readonly entered: number
  readonly enteredRecorded: number
  readonly exited: number
  readonly exitedRecorded: number
  readonly sinceClock: number
  readonly exitedClock: number
  /** See `Bit`. */
  readonly bits: number
  readonly lossReason: string | null
  /** JSON: the stages that the exit jumped over. */
  readonly skipped: string
}

export interface Block {
  readonly visitNo: number
  readonly reason: string
  readonly from: number
  readonly fromRecorded: number
}

export const Bit = {
  continued: 1,
  toNext: 2,
  entryFlagged: 4,
  exitFlagged: 8,
  migrated: 16,
  won: 32,
  lost: 64,
} as const

/** A store belonged to the region from `from` up to `to`. */
export interface RegionPeriod {
  readonly periodNo: number
  readonly region: string
  readonly from: number
  readonly to: number
}

/** What is asked most is kept ready: the exit lies `dwell` after `since`, and each duration has its bin (see `binOf`). */
const newVisits = (size: number) => ({
  place: new Uint16Array(size) as Codes,
  since: new Float64Array(size),
  entered: new Float64Array(size),
  enteredRecorded: new Float64Array(size),
  exitedRecorded: new Float64Array(size),
  sinceClock: new Float64Array(size),
  dwell: new Float64Array(size),
  dwellBin: new Uint16Array(size),
  dwellBusiness: new Float64Array(size),
  dwellBusinessBin: new Uint16Array(size),
  bits: new Uint8Array(size),
  skipped: new Uint16Array(size) as Codes,
  lossReason: new Uint16Array(size) as Codes,
  store: new Uint16Array(size) as Codes,
  region: new Uint16Array(size) as Codes,
  rep: new Uint16Array(size) as Codes,
  channel: new Uint16Array(size) as Codes,
  productLine: new Uint16Array(size) as Codes,
  segment: new Uint16Array(size) as Codes,
  campaign: new Uint16Array(size) as Codes,
})
const newBlocks = (size: number) => ({
  visitNo: new Uint32Array(size),
  reason: new Uint16Array(size) as Codes,
  from: new Float64Array(size),
  fromRecorded: new Float64Array(size),
})
const newDeals = (size: number) => ({
  first: new Uint32Array(size),
  length: new Uint32Array(size),
  firstBlock: new Uint32Array(size),
  blocks: new Uint32Array(size),
})

type Array_ = Float64Array | Uint32Array | Uint16Array | Uint8Array
type Arrays = Record<string, Array_>
type Coded = 'place' | 'skipped' | 'lossReason' | VisitDimension

/** Rows that are no deal's any more are given back once they are so many, and this share of all. */
const deadRows = 50_000
const deadShare = 0.25

export class Columns {
  visits = newVisits(1024)
  blocks = newBlocks(64)
  deals = newDeals(256)
  visitCount = 0
  blockCount = 0
  dealCount = 0
  /** For `place` see `placeName`. */
  readonly names = {
    place: new Dictionary<string>(),
    skipped: new Dictionary<string>(),
    lossReason: new Dictionary(),
    blockReason: new Dictionary<string>(),
    store: new Dictionary(),
    region: new Dictionary(),
    rep: new Dictionary(),
    channel: new Dictionary(),
    productLine: new Dictionary(),
    segment: new Dictionary(),
    campaign: new Dictionary(),
  }
  /** By code of the value: numbers of the deals that have, or had, a visit of it. */
  readonly dealsOf: Record<Indexed, number[][]> = { store: [], rep: [] }
  private readonly numbers = new Map<string, number>()
  private regions: ReadonlyMap<string, readonly RegionPeriod[]> = new Map()
  private dead = 0

  /** Puts a deal's visits in the place of what was known of it; its blocks are to be set anew. @returns the deal's number */
  setDeal(id: string, visits: readonly Visit[]): number {
    const deal = this.numberOf(id)
    const { first, length, blocks } = this.deals
    blocks[deal] = 0
    for (const dimension of indexed) this.index(dimension, deal, visits)
    if (length[deal] !== visits.length) {
      this.dead += length[deal]!
      if (this.visitCount + visits.length > this.visits.since.length)
        this.visits = larger(this.visits, newVisits, this.visitCount + visits.length)
      first[deal] = this.visitCount
      length[deal] = visits.length
      this.visitCount += visits.length
    }
    for (const [i, visit] of visits.entries()) this.setVisit(first[deal]! + i, visit)
    return deal
  }

  setBlocks(id: string, blocks: readonly Block[]): void {
    const deal = this.numberOf(id)
    if (this.blockCount + blocks.length > this.blocks.from.length)
      this.blocks = larger(this.blocks, newBlocks, this.blockCount + blocks.length)
    this.deals.firstBlock[deal] = this.blockCount
    this.deals.blocks[deal] = blocks.length
    for (const { visitNo, reason, from, fromRecorded } of blocks) {
      const at = this.blockCount++
      this.blocks.visitNo[at] = visitNo
      this.blocks.reason = withCode(this.blocks.reason, at, this.names.blockReason.codeOf(reason))
      this.blocks.from[at] = from
      this.blocks.fromRecorded[at] = fromRecorded
    }
  }

  /** From now on, and for all that is there. */
  setRegions(regions: ReadonlyMap<string, readonly RegionPeriod[]>): void {
    this.regions = regions
    for (let i = 0; i < this.visitCount; i++) this.setRegion(i)
  }

  /** True where visits have moved: what was derived from them by place is void. */
  compact(): boolean {
    if (this.dead < deadRows || this.dead < this.visitCount * deadShare) return false
    const { first, length, firstBlock, blocks } = this.deals
    this.visitCount = gather(this.visits, first, length, this.dealCount)
    this.blockCount = gather(this.blocks, firstBlock, blocks, this.dealCount)
    this.dead = 0
    return true
  }

  /** Bytes of the arrays. */
  get bytes(): number {
    return [this.visits, this.blocks, this.deals]
      .flatMap((group) => Object.values<Array_>(group))
      .reduce((sum, array) => sum + array.byteLength, 0)
  }

  /** The number of a deal that is known. */
  dealOf(id: string): number | undefined {
    return this.numbers.get(id)
  }

  private index(dimension: Indexed, deal: number, visits: readonly Visit[]): void {
    const { first, length } = this.deals
    const before = this.visits[dimension].subarray(first[deal]!, first[deal]! + length[deal]!)
    let last = -1
    for (const visit of visits) {
      const code = this.names[dimension].codeOf(visit[dimension])
      // A deal may be there twice: whoever looks it up expects that.
      if (code === last || before.includes(code)) continue
      last = code
      const deals = this.dealsOf[dimension][code]
      if (deals) deals.push(deal)
      else this.dealsOf[dimension][code] = [deal]
    }
  }

  private numberOf(id: string): number {
    let deal = this.numbers.get(id)
    if (deal === undefined) {
      deal = this.dealCount++
      this.numbers.set(id, deal)
      if (deal >= this.deals.first.length) this.deals = larger(this.deals, newDeals, deal + 1)
    }
    return deal
  }

  private setVisit(i: number, visit: Visit): void {
    const { visits } = this
    visits.since[i] = visit.since
    visits.entered[i] = visit.entered
    visits.enteredRecorded[i] = visit.enteredRecorded
    visits.exitedRecorded[i] = visit.exitedRecorded
    visits.sinceClock[i] = visit.sinceClock
    visits.dwell[i] = visit.exited - visit.since
    visits.dwellBin[i] = binOf(visits.dwell[i]!)
    visits.dwellBusiness[i] = visit.exitedClock - visit.sinceClock
    visits.dwellBusinessBin[i] = binOf(visits.dwellBusiness[i]!)
    visits.bits[i] = visit.bits
    this.setCode('place', i, this.names.place.codeOf(placeName(visit)))
    this.setCode('skipped', i, this.names.skipped.codeOf(visit.skipped))
    this.setCode('lossReason', i, this.names.lossReason.codeOf(visit.lossReason))
    for (const dimension of visitDimensions)
      if (dimension !== 'region') this.setCode(dimension, i, this.names[dimension].codeOf(visit[dimension]))
    this.setRegion(i)
  }

  /** See `facts.ts`. */
  private setRegion(i: number): void {
    const since = this.visits.since[i]!
    const store = this.names.store.values[this.visits.store[i]!]
    const periods = (store != null && this.regions.get(store)) || []
    const period = periods.findLast(({ periodNo, from, to }) => (periodNo === 0 || from <= since) && since < to)
    this.setCode('region', i, this.names.region.codeOf(period?.region ?? null))
  }

  private setCode(column: Coded, i: number, code: number): void {
    this.visits[column] = withCode(this.visits[column], i, code)
  }
}

/** A stage of a playbook version. */
export const placeName = ({ playbook, version, stage }: Pick<Visit, 'playbook' | 'version' | 'stage'>) =>
  `${version}\n${stage}\n${playbook}`

export function placeOf(name: string): Pick<Visit, 'playbook' | 'version' | 'stage'> {
  const [version, stage = '', playbook = ''] = name.split('\n')
  return { playbook, version: Number(version), stage }
}

/** Two bytes a code until they do not do any more. */
function withCode(column: Codes, i: number, code: number): Codes {
  const wide = code > 0xffff && column instanceof Uint16Array ? Uint32Array.from(column) : column
  wide[i] = code
  return wide
}

function larger<T extends Arrays>(arrays: T, make: (size: number) => T, least: number): T {
  const grown: Arrays = make(Math.ceil(least * 1.3))
  for (const [name, array] of Object.entries(arrays)) {
    if (array instanceof Uint32Array && grown[name] instanceof Uint16Array)
      grown[name] = new Uint32Array(grown[name].length)
    grown[name]!.set(array)
  }
  return grown as T
}

/** Leaves only the rows of the runs, one after another. @returns how many there are */
function gather(arrays: Arrays, first: Uint32Array, length: Uint32Array, runs: number): number {
  let count = 0
  for (const [name, array] of Object.entries(arrays)) {
    const packed = array.slice()
    count = 0
    for (let run = 0; run < runs; run++)
      for (let i = first[run]!, end = i + length[run]!; i < end; i++) packed[count++] = array[i]!
    arrays[name] = packed
  }
  for (let run = 0, at = 0; run < runs; run++) {
    first[run] = at
    at += length[run]!
  }
  return count
}
