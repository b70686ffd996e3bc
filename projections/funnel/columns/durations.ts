// Mean, median and 90th percentile of many series at once, exact: a histogram finds the bins that hold the ranks sought, then only
// their values are looked at.
import type { Durations } from '../query.ts'

/** Per group and stage: all closed stays, those that led on, open ones. */
export const seriesPerCell = 3
export const Series = { dwell: 0, dwellToNext: 1, openAge: 2 } as const

const floats = new Float32Array(1)
const bits = new Uint32Array(floats.buffer)
/** Durations from a millisecond up to 2^42 of them (139 years) have bins of their own; what is beyond shares the first or the last. */
const octaves = 43
/** A megabyte: it is to stay in the processor's cache. */
const histogramCells = 1 << 18

/** @returns by series: seconds; undefined for an empty one */
export async function summarise(
  count: number,
  /** By value: its series. One of `dwellToNext` is one of `dwell` too, the series before it. */
  seriesOf: Int32Array,
  /** Milliseconds; NaN is left out. */
  values: Float64Array,
  seriesCount: number,
  pause: () => Promise<void>,
): Promise<(Durations | undefined)[]> {
  // As fine as is worth it for so many values; for very many series there is one bin each.
  const cells = Math.min(histogramCells, 4 * count + 1024)
  let fine = 6
  while (fine >= 0 && seriesCount * (octaves << fine) > cells) fine--
  const bins = fine < 0 ? 1 : octaves << fine
  const binOf = (value: number) => {
    if (fine < 0 || value < 1) return 0
    floats[0] = value
    return Math.min(bins - 1, (bits[0]! >>> (23 - fine)) - (126 << fine))
  }
  const histogram = new Int32Array(seriesCount * bins)
  const sums = new Float64Array(seriesCount)
  const totals = new Int32Array(seriesCount)
  for (let i = 0; i < count; i++) {
    const value = values[i]!
    if (Number.isNaN(value)) continue
    const series = seriesOf[i]!
    const bin = binOf(value)
    histogram[series * bins + bin]!++
    sums[series]! += value
    totals[series]!++
    if (series % seriesPerCell === Series.dwellToNext) {
      histogram[(series - 1) * bins + bin]!++
      sums[series - 1]! += value
      totals[series - 1]!++
    }
  }
  await pause()

  // The bins sought get a stretch of the buffer: from here on the histogram holds where its next value goes, or −1.
  // By series and rank sought: where its stretch begins and ends, and its place there.
  const begins = new Int32Array(seriesCount * ranks)
  const ends = new Int32Array(seriesCount * ranks)
  const places = new Int32Array(seriesCount * ranks)
  let size = 0
  for (let series = 0; series < seriesCount; series++) {
    const total = totals[series]!
    if (total === 0) continue
    let before = 0
    let rank = 0
    for (let cell = series * bins; cell < (series + 1) * bins; cell++) {
      const length = histogram[cell]!
      histogram[cell] = -1
      if (rank < ranks && rankOf(total, rank) < before + length) {
        histogram[cell] = size
        for (; rank < ranks && rankOf(total, rank) < before + length; rank++) {
          const at = series * ranks + rank
          begins[at] = size
          ends[at] = size + length - 1
          places[at] = size + rankOf(total, rank) - before
        }
        size += length
      }
      before += length
    }
  }
  const buffer = new Float64Array(size)
  for (let i = 0; i < count; i++) {
    const value = values[i]!
    if (Number.isNaN(value)) continue
    const series = seriesOf[i]!
    const bin = binOf(value)
    const cell = series * bins + bin
    if (histogram[cell]! >= 0) buffer[histogram[cell]!++] = value
    if (series % seriesPerCell === Series.dwellToNext && histogram[cell - bins]! >= 0)
      buffer[histogram[cell - bins]!++] = value
  }
  await pause()

  const seconds = (series: number, rank: number) => {
    const at = series * ranks + rank
    return select(buffer, begins[at]!, ends[at]!, places[at]!) / 1000
  }
  return Array.from(totals, (total, series) => {
    if (total === 0) return undefined
    const percentile = (p: number, below: number) => {
      const low = seconds(series, below)
      return low + (seconds(series, below + 1) - low) * (p * (total - 1) - Math.floor(p * (total - 1)))
    }
    return { count: total, mean: sums[series]! / 1000 / total, median: percentile(0.5, 0), p90: percentile(0.9, 2) }
  })
}

/** Sought of each series: below and above the median, below and above the 90th percentile, as `percentile_cont` of SQL:2011 has them. */
const ranks = 4

function rankOf(total: number, which: number): number {
  const at = (which < 2 ? 0.5 : 0.9) * (total - 1)
  return which % 2 === 0 ? Math.floor(at) : Math.ceil(at)
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
