/** Paths as columns: what every model reads. Path i has the steps from `offsets[i]` up to `offsets[i + 1]`. */
export interface Journeys {
  /** What credit goes to: a step is a place in this list. */
  readonly channels: readonly string[]
  readonly offsets: Uint32Array
  readonly steps: Uint32Array
  /** Per path: how often it ended in a success, what those were worth (minor units), and how often in none. */
  readonly conversions: Float64Array
  readonly values: Float64Array
  readonly nulls: Float64Array
  /** Per step: how long before the end of its path, in milliseconds. */
  readonly ages: Float64Array
  /** Per step: 1 where the person came by themselves. */
  readonly direct: Uint8Array
  /** Per path: places within it of the last step when the lead, and the deal, was created; -1 where there is none. */
  readonly lead: Int32Array
  readonly deal: Int32Array
}

/** What each channel is credited with, in the order of `channels`: not rounded, and together what the paths with steps achieved. */
export interface Credits {
  readonly conversions: Float64Array
  /** Minor units. */
  readonly values: Float64Array
}
