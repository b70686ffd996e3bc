// Mean, median and 90th percentile of many series at once, exact: a histogram finds the bins around the ranks sought, and only their
// values are kept. So they can be followed while values come and go, until a rank leaves its window.
import type { Durations } from '../query.ts'
import { binOf, binsOf, finest } from './bins.ts'
import type { VisitList } from './visit-list.ts'

/** Per group and stage: all closed stays, those that led on, open ones. */
export const seriesPerCell = 3
export const Series = { dwell: 0, dwellToNext: 1, openAge: 2 } as const

/** Half a megabyte: it is to stay in the processor's cache. */
const histogramCells = 1 << 17
/** As `percentile_cont` of SQL:2011 has them. */
const shares = [0.5, 0.9]
/** How many values beside the rank a window holds at least, and how many of the series' as a power of two. */
const leastMargin = 64
const marginShift = 9

/** By visit: a closed stay's milliseconds, NaN where there are none, and their bin; when an open one began, to be aged to `now`. */
export interface Clock {
  readonly values: Float64Array
  readonly bins: Uint16Array
  readonly starts: Float64Array
  readonly nowAt: (visit: number) => number
}

/** The values of some bins that follow one another. */
interface Window {
  /** Bins, inclusive. */
  readonly low: number
  readonly high: number
  /** Values of the series in lower bins. */
  below: number
  /** A stretch of the buffer, partly in order, until a value comes or goes. */
  readonly begin: number
  readonly length: number
  sorted: number[] | undefined
}

export class Windows {
  private readonly shift: number
  private readonly totals: Int32Array
  private readonly sums: Float64Array
  /** By series and share: two may have one in common. */
  private readonly windows: (Window | undefined)[]
  private readonly buffer: Float64Array

  /** @param capacity how many series there may ever be */
  constructor(closed: VisitList, open: VisitList, clock: Clock, seriesCount: number, capacity: number) {
    // As fine as is worth it for so many values and series.
    const cells = Math.min(histogramCells, 4 * closed.count + 1024)
    let fine = finest as number
    while (fine > 0 && seriesCount * binsOf(fine) > cells) fine--
    this.shift = finest - fine
    this.totals = new Int32Array(capacity)
    this.sums = new Float64Array(capacity)
    this.windows = new Array(capacity * shares.length).fill(undefined)
    const bins = binsOf(fine)
    const histogram = new Int32Array(seriesCount * bins)
    const ages = new Float64Array(open.count)
    for (let i = 0; i < open.count; i++) ages[i] = ageOf(clock, open.visits[i]!)
    this.countClosed(histogram, bins, closed, clock)
    this.countOpen(histogram, bins, open, ages)
    addInto(histogram, this.totals, this.sums, bins, seriesCount)
    this.buffer = new Float64Array(this.place(histogram, bins, seriesCount))
    this.gatherClosed(histogram, bins, closed, clock)
    this.gatherOpen(histogram, bins, open, ages)
  }

  get bytes(): number {
    return this.buffer.byteLength + this.totals.byteLength + this.sums.byteLength + 64 * this.windows.length
  }

  /** Stays that begin (1) or cease (−1) to be counted. */
  apply(closed: VisitList, open: VisitList, clock: Clock, sign: 1 | -1): void {
    for (let i = 0; i < closed.count; i++) {
      const series = closed.series[i]!
      const value = clock.values[closed.visits[i]!]!
      this.change(series, value, sign)
      if (series % seriesPerCell === Series.dwellToNext) this.change(series - 1, value, sign)
    }
    for (let i = 0; i < open.count; i++) this.change(open.series[i]!, ageOf(clock, open.visits[i]!), sign)
  }

  /** Whether the values at its ranks are within its windows. */
  holds(series: number): boolean {
    const count = this.totals[series]!
    return (
      count === 0 ||
      shares.every((share, which) => {
        const { sorted, length, below } = this.windows[series * shares.length + which]!
        const at = share * (count - 1)
        return Math.floor(at) >= below && Math.ceil(at) < below + (sorted?.length ?? length)
      })
    )
  }

  /** Seconds. Undefined for an empty series. To be asked only of one that `holds`. */
  of(series: number): Durations | undefined {
    const count = this.totals[series]!
    if (count === 0) return undefined
    const [median, p90] = shares.map((share, which) => {
      const at = share * (count - 1)
      const window = this.windows[series * shares.length + which]!
      const low = this.pick(window, Math.floor(at))
      const high = at > Math.floor(at) ? this.pick(window, Math.floor(at) + 1) : low
      return (low + (high - low) * (at - Math.floor(at))) / 1000
    })
    return { count, mean: this.sums[series]! / 1000 / count, median: median!, p90: p90! }
  }

  private countClosed(histogram: Int32Array, bins: number, { visits, series, count }: VisitList, clock: Clock) {
    const { totals, sums, shift } = this
    const { values, bins: binOfVisit } = clock
    for (let i = 0; i < count; i++) {
      const visit = visits[i]!
      const value = values[visit]!
      if (Number.isNaN(value)) continue
      const of = series[i]!
      histogram[of * bins + (binOfVisit[visit]! >>> shift)]!++
      sums[of]! += value
      totals[of]!++
    }
  }

  private countOpen(histogram: Int32Array, bins: number, { series, count }: VisitList, ages: Float64Array) {
    for (let i = 0; i < count; i++) {
      const value = ages[i]!
      if (Number.isNaN(value)) continue
      const of = series[i]!
      histogram[of * bins + (binOf(value) >>> this.shift)]!++
      this.sums[of]! += value
      this.totals[of]!++
    }
  }

  /** From here on the histogram holds where its bin's next value goes, or −1. @returns the buffer's size */
  private place(histogram: Int32Array, bins: number, seriesCount: number): number {
    let size = 0
    for (let series = 0; series < seriesCount; series++) {
      const total = this.totals[series]!
      if (total === 0) continue
      const margin = Math.max(leastMargin, total >> marginShift)
      let cell = series * bins
      const last = cell + bins - 1
      let below = 0
      let known: Window | undefined
      for (const [which, share] of shares.entries()) {
        const from = Math.max(0, Math.floor(share * (total - 1)) - margin)
        const to = Math.min(total - 1, Math.ceil(share * (total - 1)) + margin)
        const shared = known && below > from ? known : undefined
        while (!shared && below + histogram[cell]! <= from) {
          below += histogram[cell]!
          histogram[cell++] = -1
        }
        const low = from === 0 && !shared ? 0 : cell - series * bins
        const begin = size
        const underneath = below
        while (cell <= last && below <= to) {
          const length = histogram[cell]!
          histogram[cell++] = size
          size += length
          below += length
        }
        const high = to === total - 1 ? bins - 1 : cell - series * bins - 1
        known = shared
          ? { ...shared, high: Math.max(shared.high, high), length: size - shared.begin }
          : { low, high, below: underneath, begin, length: size - begin, sorted: undefined }
        if (shared) this.windows[series * shares.length] = known
        this.windows[series * shares.length + which] = known
      }
      histogram.fill(-1, cell, last + 1)
    }
    return size
  }

  private gatherClosed(histogram: Int32Array, bins: number, { visits, series, count }: VisitList, clock: Clock) {
    const { buffer, shift } = this
    const { values, bins: binOfVisit } = clock
    const wanted = wantedOf(histogram, bins)
    for (let i = 0; i < count; i++) {
      const visit = visits[i]!
      const cell = series[i]! * bins + (binOfVisit[visit]! >>> shift)
      const into = wanted[cell]!
      if (into === 0) continue
      const value = values[visit]!
      if (Number.isNaN(value)) continue
      if ((into & Into.own) !== 0) buffer[histogram[cell]!++] = value
      if ((into & Into.whole) !== 0) buffer[histogram[cell - bins]!++] = value
    }
  }

  private gatherOpen(histogram: Int32Array, bins: number, { series, count }: VisitList, ages: Float64Array) {
    for (let i = 0; i < count; i++) {
      const value = ages[i]!
      const cell = series[i]! * bins + (binOf(value) >>> this.shift)
      if (!Number.isNaN(value) && histogram[cell]! >= 0) this.buffer[histogram[cell]!++] = value
    }
  }

  private change(series: number, value: number, sign: 1 | -1): void {
    if (Number.isNaN(value)) return
    this.totals[series]! += sign
    this.sums[series]! += sign * value
    const at = series * shares.length
    if (!this.windows[at]) this.windows.fill(everything(), at, at + shares.length)
    const bin = binOf(value) >>> this.shift
    for (const window of new Set(this.windows.slice(at, at + shares.length) as Window[])) {
      if (bin < window.low) window.below += sign
      else if (bin <= window.high) {
        const sorted = this.sortedOf(window)
        sorted.splice(placeIn(sorted, value), sign > 0 ? 0 : 1, ...(sign > 0 ? [value] : []))
      }
    }
  }

  private sortedOf(window: Window): number[] {
    window.sorted ??= Array.from(this.buffer.slice(window.begin, window.begin + window.length).sort())
    return window.sorted
  }

  /** The value of this rank among all of the series. */
  private pick({ sorted, begin, length, below }: Window, rank: number): number {
    const at = rank - below
    if (sorted) return sorted[at]!
    return select(this.buffer, begin, begin + length - 1, begin + at)
  }
}

/** Which windows a closed stay's value goes into: that of its own series, and that of all closed stays where it led on. */
const Into = { own: 1, whole: 2 } as const

/** By cell: a quarter of the histogram's size, as it is read for every stay. */
function wantedOf(histogram: Int32Array, bins: number): Uint8Array {
  const wanted = new Uint8Array(histogram.length)
  for (let cell = 0; cell < histogram.length; cell++) if (histogram[cell]! >= 0) wanted[cell] = Into.own
  const each = seriesPerCell * bins
  for (let from = Series.dwellToNext * bins; from < histogram.length; from += each)
    for (let cell = from; cell < from + bins; cell++) if (histogram[cell - bins]! >= 0) wanted[cell]! |= Into.whole
  return wanted
}

const ageOf = ({ starts, nowAt }: Clock, visit: number) => nowAt(visit) - starts[visit]!

const everything = (): Window => ({ low: 0, high: binsOf(finest), below: 0, begin: 0, length: 0, sorted: [] })

/** What led on is one of all closed stays, too. */
function addInto(histogram: Int32Array, totals: Int32Array, sums: Float64Array, bins: number, seriesCount: number) {
  for (let series = Series.dwell; series < seriesCount; series += seriesPerCell) {
    const next = series + Series.dwellToNext
    if (totals[next] === 0) continue
    totals[series]! += totals[next]!
    sums[series]! += sums[next]!
    for (let bin = 0; bin < bins; bin++) histogram[series * bins + bin]! += histogram[next * bins + bin]!
  }
}

/** Where the first value that is no less stands. */
function placeIn(sorted: readonly number[], value: number): number {
  let [from, to] = [0, sorted.length]
  while (from < to) {
    const middle = (from + to) >>> 1
    if (sorted[middle]! < value) from = middle + 1
    else to = middle
  }
  return from
}

/** The value that would be at `k` if `from` to `to` (inclusive) were sorted; puts them partly in order (Hoare's quickselect). */
function select(values: Float64Array, from: number, to: number, k: number): number {
  while (from < to) {
    const pivot = values[k]!
    let i = from
    let j = to
    while (i <= j) {
      while (values[i]! < pivot) i++
      while (pivot < values[j]!) j--
      if (i > j) break
      const value = values[i]!
      values[i++] = values[j]!
      values[j--] = value
    }
    if (j < k) from = i
    if (k < i) to = j
  }
  return values[k]!
}
