// A plan's months that bear on each other, for one rep: its lines at one cut-off after the other, worked out again only as far as their entries differ.
import type { CommissionPlanDefinition, Period } from '@headwater/schema'
import type { Entry } from './entries.ts'
import { groupBy } from './group.ts'
import type { Held } from './history.ts'
import type { CommissionLine } from './line.ts'
import { monthLines } from './month-lines.ts'
import { monthsOf, windowOf } from './months.ts'
import { longestSpan } from './plan.ts'
import type { PoolTotals } from './pools.ts'
import { inOrder, linesOf, type RuleBasis, type Windows, type Worked } from './rules.ts'
import type { Timeline } from './timeline.ts'

type Lines = readonly Worked<RuleBasis>[]
const NONE: Lines = []

/** An entry, with its lines as last worked out and those that the last cut-off shows. */
interface Slot extends Held<Entry> {
  lines: Lines
  shown: Lines
}

export interface Unit {
  readonly repId: string
  readonly planId: string
  readonly months: readonly Period[]
  /** In the order in which they count. */
  readonly slots: readonly Slot[]
  /** The ledger's months at whose cut-offs entries come or go. */
  readonly turns: ReadonlySet<number>
  /** Has the plan lines by the month, beside its rules'? */
  readonly isMonthly: boolean
  /** Those, at the last cut-off. */
  monthly: readonly CommissionLine[]
}

/** Windows that entries count in, and those in which a plan may give something without any. */
export function unitsOf(repId: string, entries: readonly Held<Entry>[], { common, months }: Timeline): Unit[] {
  const byPlan = groupBy(entries, ({ value }) => value.plan.planId)
  return [...groupBy(common.plans, ({ planId }) => planId)].flatMap(([planId, versions]) => {
    const span = longestSpan(versions)
    const windows = groupBy(byPlan.get(planId) ?? [], ({ value }) => windowOf(value.month, span))
    if (versions.some(({ definition }) => givesByTheMonth(definition, repId)))
      for (const { period } of months) if (!windows.has(windowOf(period, span))) windows.set(windowOf(period, span), [])
    return [...windows].map(([window, inWindow]) => ({
      ...{ repId, planId, monthly: [] },
      months: monthsOf(window).filter((month) => month >= common.ledger.firstPeriod),
      slots: inWindow
        .sort((a, b) => inOrder(a.value, b.value))
        .map(({ value, from, to }) => ({ value, from, to, lines: NONE, shown: NONE })),
      turns: new Set(inWindow.flatMap(({ from, to }) => [from, to])),
      isMonthly: versions.some(({ definition }) => definition.cap !== undefined || givesByTheMonth(definition, repId)),
    }))
  })
}

const givesByTheMonth = ({ floor, allowances, pools }: CommissionPlanDefinition, repId: string): boolean =>
  floor !== undefined || allowances.length > 0 || pools.some(({ members }) => members.some((m) => m.repId === repId))

/** A line of an earlier month that has another amount now, in minor units; 0 where there was or is none. */
export interface Difference {
  readonly line: CommissionLine
  readonly before: number
  readonly after: number
}

/** At the next cut-off: the lines of its own month, and what earlier months have now that they had not at the one before, or the other way round. */
export function advance(
  unit: Unit,
  index: number,
  { period, view }: Timeline['months'][number],
  pools: PoolTotals,
): { lines: CommissionLine[]; differences: Difference[] } {
  const visible = unit.months.filter((month) => month <= period)
  const lines: CommissionLine[] = []
  const gone = new Map<string, CommissionLine>()
  const come = new Map<string, CommissionLine>()
  const windows: Windows = new Map()
  for (const slot of unit.slots) {
    const { value, from, to, shown } = slot
    const isHeld = from <= index && index < to
    if (isHeld) slot.lines = linesOf(value, windows, view, slot.lines)
    slot.shown = isHeld && visible.includes(value.month) ? slot.lines : NONE
    if (value.month === period) for (const { line } of slot.shown) lines.push(line)
    else
      for (let i = 0; i < Math.max(shown.length, slot.shown.length); i++) {
        const was = shown[i]?.line
        const is = slot.shown[i]?.line
        if (was?.amount === is?.amount) continue
        if (was) gone.set(was.id, was)
        if (is) come.set(is.id, is)
      }
  }
  if (unit.isMonthly) {
    for (const line of unit.monthly) gone.set(line.id, line)
    const ruled = groupBy(
      unit.slots.flatMap(({ shown }) => shown.map(({ line }) => line)),
      (line) => line.period,
    )
    unit.monthly = visible.flatMap((month) =>
      monthLines(unit.repId, unit.planId, month, ruled.get(month) ?? [], pools, view).map(({ line }) => line),
    )
    for (const line of unit.monthly) {
      if (line.period === period) lines.push(line)
      else come.set(line.id, line)
    }
  }
  return { lines, differences: differences(gone, come) }
}

type ById = ReadonlyMap<string, CommissionLine>

function differences(gone: ById, come: ById): Difference[] {
  if (gone.size + come.size === 0) return []
  return [...new Map([...gone, ...come])].flatMap(([id, line]) => {
    const [before, after] = [gone.get(id)?.amount ?? 0, come.get(id)?.amount ?? 0]
    return before === after ? [] : [{ line, before, after }]
  })
}
