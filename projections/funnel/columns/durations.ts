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
const histogramCells = 1 << 20

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
  // As fine as the histogram's size allows; for very many series there is one bin each.
  let fine = 6
  while (fine >= 0 && seriesCount * (octaves << fine) > histogramCells) fine--
  const bins = fine < 0 ? 1 : octaves << fine
  const binOf = (value: number) => {
    if (fine < 0 || value < 1) return 0
    floats[0] = value
    return Math.min(bins - 1, (bits[0]! >>> (23 - fine)) - (126 << fine))
  }
  const histogram = new Int32Array(seriesCount * bins)
  const sums = new Float64Array(seriesCount)
  for (let i = 0; i < count; i++) {
    const value = values[i]!
    if (Number.isNaN(value)) continue
    const series = seriesOf[i]!
    const bin = binOf(value)
    histogram[series * bins + bin]!++
    sums[series]! += value
    if (series % seriesPerCell === Series.dwellToNext) {
      histogram[(series - 1) * bins + bin]!++
      sums[series - 1]! += value
    }
  }
  await pause()

  // The bins sought get a stretch of the buffer: from here on the histogram holds where its next value goes, or −1.
  const sought: { readonly total: number; readonly runs: { at: number; rank: number; length: number }[] }[] = []
  let size = 0
  for (let series = 0; series < seriesCount; series++) {
    const from = series * bins
    let total = 0
    for (let bin = from; bin < from + bins; bin++) total += histogram[bin]!
    const runs: { at: number; rank: number; length: number }[] = []
    const ranks = total === 0 ? [] : ranksOf(total)
    let before = 0
    let next = 0
    for (let bin = from; bin < from + bins; bin++) {
      const length = histogram[bin]!
      histogram[bin] = -1
      if (next < ranks.length && ranks[next]! < before + length) {
        histogram[bin] = size
        while (next < ranks.length && ranks[next]! < before + length)
          runs.push({ at: size, rank: ranks[next++]! - before, length })
        size += length
      }
      before += length
    }
    sought.push({ total, runs })
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

  return sought.map(({ total, runs }, series) => {
    if (total === 0) return undefined
    const [a, b, c, d] = runs.map(({ at, rank, length }) => select(buffer, at, at + length - 1, at + rank) / 1000)
    const between = (low: number, high: number, p: number) =>
      low + (high - low) * (p * (total - 1) - Math.floor(p * (total - 1)))
    return { count: total, mean: sums[series]! / 1000 / total, median: between(a!, b!, 0.5), p90: between(c!, d!, 0.9) }
  })
}

/** Below and above the median, below and above the 90th percentile, as `percentile_cont` of SQL:2011 has them. */
function ranksOf(total: number): number[] {
  return [0.5, 0.9].flatMap((p) => [Math.floor(p * (total - 1)), Math.ceil(p * (total - 1))])
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
