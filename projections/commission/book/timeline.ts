// The months of the ledger, each with what was known at its cut-off; those still open with what is known now.
import type { Period, Position } from '@headwater/schema'
import type { CommonFacts, Fact } from './facts.ts'
import { addMonths, monthsFrom } from './months.ts'
import { type View, viewsAt } from './view.ts'

export interface Timeline {
  readonly common: CommonFacts
  readonly months: readonly {
    readonly period: Period
    readonly status: 'closed' | 'open'
    readonly view: View
  }[]
  /** Months where everybody's entries may differ from the one before: a plan was approved, or plans go by store and somebody moved. */
  readonly breaks: ReadonlySet<number>
  /** May anything wait for its contract to be paid in full? */
  readonly waitsForPayments: boolean
  /** The first month whose cut-off knows a fact; the number of months where none does. */
  indexOf(fact: Fact): number
}

/** @param through the last open month to look at; default: the first that is open */
export function timelineOf(common: CommonFacts, head: Position, through?: Period): Timeline {
  const { closed, firstPeriod } = common.ledger
  const last = closed.at(-1)
  const open = last ? addMonths(last.period, 1) : firstPeriod
  const periods = [
    ...closed.map(({ period }) => period),
    ...monthsFrom(open, through && through > open ? through : open),
  ]
  const positions = periods.map((_, i) => closed[i]?.cutOff ?? head)
  const indexOf = (fact: Fact) => {
    let [low, high] = [0, positions.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (positions[middle]! >= fact.position) high = middle
      else low = middle + 1
    }
    return low
  }
  const breaks = new Set(common.plans.map(indexOf))
  if (common.plans.some(({ definition }) => definition.covers.stores))
    for (const { stores } of common.reps) for (const fact of stores) breaks.add(indexOf(fact))
  const views = viewsAt(common, [...new Set(positions)])
  const viewAt = new Map(views.map((view) => [view.asOf, view]))
  return {
    common,
    months: periods.map((period, i) => ({
      period,
      status: i < closed.length ? 'closed' : 'open',
      view: viewAt.get(positions[i]!)!,
    })),
    breaks,
    waitsForPayments: common.plans.some(({ definition }) =>
      definition.holds.some(({ until }) => until === 'fully-paid'),
    ),
    indexOf,
  }
}
