// Removal effects in a Markov graph: Anderl, Becker, von Wangenheim and Schumann, "Mapping the customer journey: lessons learned from graph-based
// online attribution modeling", International Journal of Research in Marketing 33(3), 2016.
import type { Credits, Journeys } from './journeys.ts'

/** A path's transition between two states, by their places in `states`. */
interface Edge {
  readonly to: number
  /** How often, of all paths. */
  count: number
}

export interface MarkovGraph {
  /** The last channels of a path so far, up to the order; the first state, where every path begins, has none. */
  readonly states: readonly (readonly number[])[]
  /** Out of each state. `CONVERSION` and `NULL` are where paths end. */
  readonly edges: readonly (readonly Edge[])[]
  /** All that leaves each state. */
  readonly leaving: Float64Array
}

const CONVERSION = -1
const NULL = -2
/** Largest change of a probability at which the iteration has converged. */
const TOLERANCE = 1e-13
const MOST_SWEEPS = 100_000

/** Transitions of the paths, each counted as often as its paths are; paths without steps are none. */
export function markovGraph({ offsets, steps, conversions, nulls }: Journeys, order: number): MarkovGraph {
  const states: (readonly number[])[] = [[]]
  const edges: Map<number, Edge>[] = [new Map()]
  const known = new Map<string, number>()
  const stateOf = (channels: readonly number[]) => {
    const key = channels.join()
    let state = known.get(key)
    if (state === undefined) {
      state = states.push(channels) - 1
      edges.push(new Map())
      known.set(key, state)
    }
    return state
  }
  // The usual order, without a text for each step.
  const singles = new Map<number, number>()
  const single = (channel: number) => {
    let state = singles.get(channel)
    if (state === undefined) {
      state = stateOf([channel])
      singles.set(channel, state)
    }
    return state
  }
  const count = (from: number, to: number, times: number) => {
    if (times === 0) return
    const edge = edges[from]!.get(to)
    if (edge) edge.count += times
    else edges[from]!.set(to, { to, count: times })
  }
  for (let path = 0; path < conversions.length; path++) {
    const [start, end] = [offsets[path]!, offsets[path + 1]!]
    if (start === end) continue
    let state = 0
    for (let i = start; i < end; i++) {
      const next = order === 1 ? single(steps[i]!) : stateOf([...steps.subarray(Math.max(start, i + 1 - order), i + 1)])
      count(state, next, conversions[path]! + nulls[path]!)
      state = next
    }
    count(state, CONVERSION, conversions[path]!)
    count(state, NULL, nulls[path]!)
  }
  const out = edges.map((of) => [...of.values()])
  return { states, edges: out, leaving: Float64Array.from(out, (of) => of.reduce((sum, { count }) => sum + count, 0)) }
}

/**
 * How likely a path is to end in a success, by Gauss-Seidel sweeps from the ends backwards (an absorbing chain, so they converge). Where a channel is
 * removed, whoever would have come to it is lost.
 */
export function conversionProbability({ states, edges, leaving }: MarkovGraph, removed?: number): number {
  const likely = new Float64Array(states.length)
  const lost = states.map((channels) => removed !== undefined && channels.includes(removed))
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let change = 0
    for (let state = states.length - 1; state >= 0; state--) {
      if (lost[state]) continue
      let [sum, staying] = [0, 0]
      for (const { to, count } of edges[state]!) {
        if (to === state) staying = count
        else if (to === CONVERSION) sum += count
        else if (to !== NULL) sum += count * likely[to]!
      }
      const next = leaving[state] === staying ? 0 : sum / (leaving[state]! - staying)
      change = Math.max(change, Math.abs(next - likely[state]!))
      likely[state] = next
    }
    if (change <= TOLERANCE) break
  }
  return likely[0]!
}

/** One entry of the transition matrix. */
export interface Transition {
  /** The last channels so far, up to the order; none at the start of a path. */
  readonly from: readonly string[]
  /** The state that follows, or how the path ends. */
  readonly to: readonly string[] | 'conversion' | 'null'
  /** Of all that leaves `from`. */
  readonly probability: number
}

/** The transition matrix without its zeros. */
export function transitions(journeys: Journeys, order: number): Transition[] {
  const { states, edges, leaving } = markovGraph(journeys, order)
  const named = states.map((channels) => channels.map((channel) => journeys.channels[channel]!))
  return edges.flatMap((of, state) =>
    of.map(({ to, count }) => ({
      from: named[state]!,
      to: to === CONVERSION ? 'conversion' : to === NULL ? 'null' : named[to]!,
      probability: count / leaving[state]!,
    })),
  )
}

/** For each channel, the share of successes that would be lost without it: from 0 to 1. */
export function removalEffects(journeys: Journeys, order: number): Float64Array {
  const graph = markovGraph(journeys, order)
  const whole = conversionProbability(graph)
  return Float64Array.from(journeys.channels, (_, channel) => {
    if (whole === 0) return 0
    return Math.min(1, Math.max(0, 1 - conversionProbability(graph, channel) / whole))
  })
}

/** What paths with steps achieved, in proportion to the removal effects. */
export function markov(journeys: Journeys, { order }: { readonly order: number }): Credits {
  const effects = removalEffects(journeys, order)
  const sum = effects.reduce((total, effect) => total + effect, 0)
  let [conversions, values] = [0, 0]
  journeys.conversions.forEach((count, path) => {
    if (journeys.offsets[path] === journeys.offsets[path + 1]) return
    conversions += count
    values += journeys.values[path]!
  })
  const share = (total: number) => effects.map((effect) => (sum === 0 ? 0 : (effect / sum) * total))
  return { conversions: share(conversions), values: share(values) }
}
