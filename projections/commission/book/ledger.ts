// Stage 3: a rep's statements. A month's are what is so at its cut-off less what was so at the one before: nothing is stored, and nothing closed changes.

import type { CommissionPlanDefinition, Period } from '@headwater/schema'
import { causesOf } from './causes.ts'
import { type Entry, entriesOf } from './entries.ts'
import type { CustomerFacts, Fact } from './facts.ts'
import { groupBy } from './group.ts'
import { type Held, historyOf } from './history.ts'
import type { Adjustment, CommissionLine, Statement } from './line.ts'
import { monthsOf, windowOf } from './months.ts'
import { longestSpan } from './plan.ts'
import type { PoolBook } from './pools.ts'
import { settle } from './settlement.ts'
import { targetOf, type WorkedLine } from './target.ts'
import type { Timeline } from './timeline.ts'

/** A customer's entries, by the rep whom they count for. */
export function creditOf(customer: CustomerFacts, timeline: Timeline): Map<string, Held<Entry>[]> {
  const byRep = new Map<string, Held<Entry>[]>()
  for (const { value, from, to } of historyOf(customer, timeline, (c, p, view) => entriesOf(customer, c, p, view)))
    for (const entry of value) {
      const entries = byRep.get(entry.repId)
      if (entries) entries.push({ value: entry, from, to })
      else byRep.set(entry.repId, [{ value: entry, from, to }])
    }
  return byRep
}

/** A rep's statements, the first month first; `onLines` sees how the lines came about as they are worked out. */
export function statementsOf(
  repId: string,
  entries: readonly Held<Entry>[],
  pools: PoolBook,
  timeline: Timeline,
  onLines?: (index: number, lines: readonly WorkedLine[]) => void,
): Statement[] {
  const units = unitsOf(repId, entries, timeline)
  const rep = timeline.months[0]!.view.reps.get(repId)
  const repFacts = rep ? [...rep.stores, ...rep.certificates, ...(rep.left ? [rep.left] : [])] : []
  const repBreaks = new Set(repFacts.map(timeline.indexOf))
  const statements: Statement[] = []
  let opening = 0
  for (const [index, month] of timeline.months.entries()) {
    const lines: CommissionLine[] = []
    const adjustments: Adjustment[] = []
    for (const unit of units) {
      if (!isDue(unit, index, repBreaks.has(index), pools.changedAt(index), timeline)) continue
      const known = unit.entries.filter(({ from, to }) => from <= index && index < to).map(({ value }) => value)
      const visible = unit.months.filter((period) => period <= month.period)
      const worked = targetOf(repId, unit.planId, visible, known, pools.at(index), month.view)
      onLines?.(index, worked)
      const after = new Map(worked.map(({ line }) => [line.id, line]))
      for (const line of after.values()) if (line.period === month.period) lines.push(line)
      for (const difference of differences(unit.lines, after, month.period))
        adjustments.push(
          adjustment(difference, month.period, causesOf(difference.line, unit.entries, index, pools, timeline)),
        )
      unit.lines = after
    }
    const statement = settle(repId, month, opening, lines, adjustments)
    opening = statement.closing
    if (statement.lines.length + statement.adjustments.length > 0 || statement.payable !== 0 || statement.opening !== 0)
      statements.push(statement)
  }
  return statements
}

/** A plan's months that bear on each other, with the entries that count in them and the lines as last worked out. */
interface Unit {
  readonly planId: string
  readonly months: readonly Period[]
  readonly entries: readonly Held<Entry>[]
  /** The ledger's months at whose cut-offs entries come or go. */
  readonly turns: ReadonlySet<number>
  lines: ReadonlyMap<string, CommissionLine>
}

/** Windows that entries count in, and those in which a plan may give something without any. */
function unitsOf(repId: string, entries: readonly Held<Entry>[], { common, months }: Timeline): Unit[] {
  const { firstPeriod } = common.ledger
  return [...groupBy(common.plans, ({ planId }) => planId)].flatMap(([planId, versions]) => {
    const span = longestSpan(versions)
    const windows = new Map<string, Held<Entry>[]>()
    if (versions.some(({ definition }) => givesByTheMonth(definition, repId)))
      for (const { period } of months) windows.set(windowOf(period, span), [])
    for (const held of entries) {
      if (held.value.plan.planId !== planId) continue
      const window = windowOf(held.value.month, span)
      const list = windows.get(window)
      if (list) list.push(held)
      else windows.set(window, [held])
    }
    return [...windows].map(([window, inWindow]) => ({
      planId,
      months: monthsOf(window).filter((month) => month >= firstPeriod),
      entries: inWindow,
      turns: new Set(inWindow.flatMap(({ from, to }) => [from, to])),
      lines: new Map(),
    }))
  })
}

const givesByTheMonth = ({ floor, allowances, pools }: CommissionPlanDefinition, repId: string): boolean =>
  floor !== undefined || allowances.length > 0 || pools.some(({ members }) => members.some((m) => m.repId === repId))

/** May the unit's lines differ from what they were at the cut-off before? */
function isDue(unit: Unit, index: number, isRepBreak: boolean, changedPools: ReadonlySet<string>, timeline: Timeline) {
  const { period, isBreak } = timeline.months[index]!
  if (unit.months.length === 0 || unit.months[0]! > period) return false
  if (isBreak || isRepBreak || unit.turns.has(index) || unit.months.at(-1)! >= period) return true
  return changedPools.has(unit.planId)
}

interface Difference {
  readonly line: CommissionLine
  readonly before: number
  readonly after: number
}

/** What earlier months have now that they had not, or the other way round. */
function differences(before: Unit['lines'], after: Unit['lines'], period: Period): Difference[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((id) => {
    const [was, is] = [before.get(id), after.get(id)]
    const difference = { line: (is ?? was)!, before: was?.amount ?? 0, after: is?.amount ?? 0 }
    return difference.line.period < period && difference.before !== difference.after ? [difference] : []
  })
}

const adjustment = ({ line, before, after }: Difference, period: Period, causes: readonly Fact[]): Adjustment => ({
  id: `${line.id}@${period}`,
  kind: 'adjustment',
  repId: line.repId,
  period,
  original: { id: line.id, period: line.period },
  before,
  after,
  amount: after - before,
  causes: causes.map(({ eventId, position }) => ({ eventId, position })),
})
