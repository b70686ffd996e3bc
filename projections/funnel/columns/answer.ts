// What those who ask know of a panel: numbers by group, from which each answer is made.
import { groupFigures, inOrder, type StageFacts } from '../figures.ts'
import type { Durations, FunnelGroup, FunnelQuery, FunnelResult, GroupKey, ReasonCount } from '../query.ts'
import type { FunnelChanges } from './messages.ts'
import { countedMeasures, durationsAt, Layout, timedMeasures } from './numbers.ts'

interface Group {
  readonly key: GroupKey
  readonly numbers: Float64Array
}

/** The latest that is known of a panel. */
export interface Answer {
  readonly panel: number
  readonly revision: number
  /** By number. */
  readonly groups: readonly Group[]
  /** Those that count something, in order. */
  readonly sorted: readonly Group[]
}

/** Questions asked at the same time start from the same answer, so it is left as it is. */
export function changed(known: Answer | undefined, changes: FunnelChanges, { groupBy }: FunnelQuery): Answer {
  const { panel, revision, groups: numbersOfGroups, keys, numbers } = changes
  const same = known?.panel === panel ? known : undefined
  if (same && numbersOfGroups.length === 0) return same
  const groups = same ? [...same.groups] : []
  const size = numbers.length / numbersOfGroups.length
  for (const [i, group] of numbersOfGroups.entries())
    groups[group] = { key: keys[i]!, numbers: numbers.slice(i * size, (i + 1) * size) }
  const counting = groups.filter((group) => groupBy.length === 0 || group.numbers.some((number) => number !== 0))
  return { panel, revision, groups, sorted: inOrder(counting, groupBy) }
}

export function resultOf({ sorted }: Answer, changes: FunnelChanges, { playbook }: FunnelQuery): FunnelResult {
  const groups = sorted.map((group) => figuresOf(group, changes))
  return { playbook: { id: playbook.id, version: playbook.version ?? null }, asOf: changes.asOf, groups }
}

function figuresOf({ key, numbers }: Group, changes: FunnelChanges): FunnelGroup {
  const { stages, lossRoom, blockRoom } = changes
  const layout = new Layout(lossRoom, blockRoom)
  const facts = stages.map((_, i) =>
    factsOf(numbers.subarray(i * layout.width, (i + 1) * layout.width), layout, changes),
  )
  return groupFigures(key, stages, facts)
}

const countedAt = new Map(countedMeasures.map((measure, i) => [measure, i]))

/** Every open stay is older by the time that has passed, so its mean and percentiles are. */
function factsOf(numbers: Float64Array, layout: Layout, changes: FunnelChanges): StageFacts {
  const { lossReasons, blockReasons, older } = changes
  const lost = reasonsAt(numbers, layout.lossReasons, lossReasons)
  return {
    count: (measure) =>
      measure === 'lost' ? lost.reduce((sum, { count }) => sum + count, 0) : numbers[countedAt.get(measure)!]!,
    calendar: (measure) =>
      durationsFrom(
        numbers,
        durationsAt(timedMeasures.indexOf(measure), 0),
        measure === 'openAge' ? older?.calendar : 0,
      ),
    business: (measure) =>
      durationsFrom(
        numbers,
        durationsAt(timedMeasures.indexOf(measure), 1),
        measure === 'openAge' ? older?.business : 0,
      ),
    reasons: (measure) => (measure === 'lost' ? lost : reasonsAt(numbers, layout.blockReasons, blockReasons)),
  }
}

const none: Durations = { count: 0, mean: null, median: null, p90: null }

function durationsFrom(numbers: Float64Array, at: number, older = 0): Durations {
  const count = numbers[at]!
  if (count === 0) return none
  return { count, mean: numbers[at + 1]! + older, median: numbers[at + 2]! + older, p90: numbers[at + 3]! + older }
}

function reasonsAt(numbers: Float64Array, at: number, names: readonly (string | null)[]): ReasonCount[] {
  const reasons: ReasonCount[] = []
  for (const [i, reason] of names.entries())
    if (numbers[at + i]! > 0) reasons.push({ reason: reason ?? '', count: numbers[at + i]! })
  return reasons
}
