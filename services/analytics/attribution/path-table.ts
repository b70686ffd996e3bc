// Paths without people or times: what the files of other tools hold.
import type { Journeys } from './journeys.ts'

export interface PathTableRow {
  readonly steps: readonly string[]
  readonly conversions: number
  readonly value: number
  readonly nulls: number
}

/**
 * Paths as the models read them: in the order of their names, so that neither the order of the rows nor how a path is split over several of
 * them changes a result. Without times, each step is a day before the next; the lead counts as created in the middle of the path (of two
 * steps there, the first), and the deal at its last step.
 * @param rows whole numbers of one unit of the caller's, each path once
 * @param direct the channel of those who come by themselves
 */
export function pathTable(rows: readonly PathTableRow[], direct: string): Journeys {
  const channels = [...new Set(rows.flatMap(({ steps }) => steps))].sort()
  const places = new Map(channels.map((channel, place) => [channel, place]))
  const named = rows.map((row) => ({ row, name: row.steps.map((step) => places.get(step)!).join() }))
  const paths = named.sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ row }) => row)
  const offsets = new Uint32Array(paths.length + 1)
  paths.forEach(({ steps }, path) => {
    offsets[path + 1] = offsets[path]! + steps.length
  })
  const steps = new Uint32Array(offsets[paths.length]!)
  const ages = new Float64Array(steps.length)
  paths.forEach((path, i) => {
    path.steps.forEach((step, at) => {
      steps[offsets[i]! + at] = places.get(step)!
      ages[offsets[i]! + at] = (path.steps.length - 1 - at) * 86_400_000
    })
  })
  return {
    ...{ channels, offsets, steps, ages },
    conversions: Float64Array.from(paths, ({ conversions }) => conversions),
    values: Float64Array.from(paths, ({ value }) => value),
    nulls: Float64Array.from(paths, ({ nulls }) => nulls),
    direct: Uint8Array.from(steps, (channel) => Number(channels[channel] === direct)),
    lead: Int32Array.from(paths, ({ steps: { length } }) => (length - 1) >> 1),
    deal: Int32Array.from(paths, ({ steps: { length } }) => length - 1),
  }
}
