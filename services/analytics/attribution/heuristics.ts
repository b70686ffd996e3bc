// Models that look at one path at a time: each gives its steps weights, and credit goes by them. They are conventions of the trade, without
// a theory behind them; for their common definitions see Shao and Li, "Data-driven multi-touch attribution models", KDD 2011, section 1, and
// the attribution models of Google Analytics (support.google.com/analytics/answer/1662518).
import type { Credits, Journeys } from './journeys.ts'

export interface HeuristicSettings {
  /** Time decay: a touch so many days before another counts half. */
  readonly halfLifeDays: number
  /** Position based: shares of the first, all those between together, and the last touch; they add up to 1. */
  readonly weights: readonly [first: number, between: number, last: number]
}

/** The weights of the steps from `start` up to `end` of path `path`, written to `into` from 0 on. */
type Weighting = (journeys: Journeys, path: number, start: number, end: number, into: Float64Array) => void

/** All to one step; `at` says which, as a place in the path. */
const single =
  (at: (journeys: Journeys, start: number, end: number) => number): Weighting =>
  (journeys, _, start, end, into) => {
    into.fill(0, 0, end - start)
    into[at(journeys, start, end)] = 1
  }

const DAY = 86_400_000
/** What of W-shaped credit the three marked steps share; the rest is for the others. */
const W_MARKED = 0.9

/** The weighting of each model; weights of a path need not add up to one. */
export const weightings = {
  first: () => single(() => 0),
  last: () => single((_, start, end) => end - start - 1),
  /** The last step where somebody did not come by themselves; the last of all where there is none. */
  'last-non-direct': () =>
    single(({ direct }, start, end) => {
      for (let i = end - 1; i >= start; i--) if (!direct[i]) return i - start
      return end - start - 1
    }),
  linear: (): Weighting => (_, _path, start, end, into) => void into.fill(1, 0, end - start),
  /** `2^(-age / half-life)`. Ages count from the step nearest to the end, so that long ago is not rounded to nothing. */
  'time-decay': ({ halfLifeDays }): Weighting => {
    const halfLife = halfLifeDays * DAY
    return ({ ages }, _, start, end, into) => {
      for (let i = start; i < end; i++) into[i - start] = 2 ** ((ages[end - 1]! - ages[i]!) / halfLife)
    }
  },
  /** Two steps share as the first and the last do among themselves; one takes all. */
  position: ({ weights: [first, between, last] }): Weighting => {
    return (_, _path, start, end, into) => {
      const length = end - start
      into.fill(length > 2 ? between / (length - 2) : 0, 0, length)
      into[0] = first
      into[length - 1] = length === 1 ? 1 : last
      if (length === 2 && first + last === 0) into.fill(1, 0, 2)
    }
  },
  /** First touch, the one that made the lead and the one that made the deal: 30 % each, the others 10 %; marks on one step add up, and those that are missing are left out. */
  'w-shaped': (): Weighting => (journeys, path, start, end, into) => {
    const length = end - start
    const marked = [0, journeys.lead[path]!, journeys.deal[path]!].filter((at) => at >= 0 && at < length)
    const others = length - new Set(marked).size
    into.fill(others > 0 ? (1 - W_MARKED) / others : 0, 0, length)
    for (const at of new Set(marked)) into[at] = 0
    for (const at of marked) into[at]! += W_MARKED / marked.length
  },
} satisfies Record<string, (settings: HeuristicSettings) => Weighting>

export type HeuristicModel = keyof typeof weightings

/** Credit by the weights of one of the models. Paths without steps credit nobody. */
export function heuristic(model: HeuristicModel, settings: HeuristicSettings, journeys: Journeys): Credits {
  const { channels, offsets, steps, conversions, values } = journeys
  const credits = { conversions: new Float64Array(channels.length), values: new Float64Array(channels.length) }
  const weigh = weightings[model](settings)
  const weights = new Float64Array(longest(offsets))
  for (let path = 0; path < conversions.length; path++) {
    const [start, end] = [offsets[path]!, offsets[path + 1]!]
    if (conversions[path] === 0 || start === end) continue
    weigh(journeys, path, start, end, weights)
    let sum = 0
    for (let i = 0; i < end - start; i++) sum += weights[i]!
    for (let i = start; i < end; i++) {
      const share = weights[i - start]! / sum
      credits.conversions[steps[i]!]! += share * conversions[path]!
      credits.values[steps[i]!]! += share * values[path]!
    }
  }
  return credits
}

function longest(offsets: Uint32Array): number {
  let length = 0
  for (let i = 1; i < offsets.length; i++) length = Math.max(length, offsets[i]! - offsets[i - 1]!)
  return length
}
