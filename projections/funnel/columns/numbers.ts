// A group's figures as numbers side by side, as they go between threads: an object for each is made where it is asked for.
import type { Timed } from '../figures.ts'
import { type Durations, Measure } from '../query.ts'

/** Counted by stage, in this order. */
export const countedMeasures = Measure.options.filter(
  (measure) => !['lost', 'blocked', 'dwell', 'dwellToNext', 'openAge'].includes(measure),
)
export const timedMeasures = ['dwell', 'dwellToNext', 'openAge'] as const satisfies readonly Timed[]
const durationFields = ['count', 'mean', 'median', 'p90'] as const satisfies readonly (keyof Durations)[]

/** Where a number stands among those of a stage: counts, durations by both clocks, how often each reason. */
export class Layout {
  readonly lossReasons: number
  readonly blockReasons: number
  /** Numbers of a stage. */
  readonly width: number

  constructor(lossRoom: number, blockRoom: number) {
    this.lossReasons = countedMeasures.length + timedMeasures.length * 2 * durationFields.length
    this.blockReasons = this.lossReasons + lossRoom
    this.width = this.blockReasons + blockRoom
  }
}

/** @param clock 0 for the calendar, 1 for business time */
export const durationsAt = (timed: number, clock: 0 | 1) =>
  countedMeasures.length + (timed * 2 + clock) * durationFields.length

export function writeDurations(numbers: Float64Array, at: number, durations: Durations): void {
  for (const [i, field] of durationFields.entries()) numbers[at + i] = durations[field]!
}
