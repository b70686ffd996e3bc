// Stage 3: a rep's statements. A month's are what is so at its cut-off less what was so at the one before: nothing is stored, and nothing closed changes.

import type { Period } from '@headwater/schema'
import { causesAt, repFactsOf } from './causes.ts'
import { type Entry, entriesOf } from './entries.ts'
import type { CustomerFacts, Fact } from './facts.ts'
import { type Held, historyOf } from './history.ts'
import type { Adjustment, CommissionLine, Statement } from './line.ts'
import type { PoolBook } from './pools.ts'
import { settle } from './settlement.ts'
import type { Timeline } from './timeline.ts'
import { advance, type Difference, type Unit, unitsOf } from './unit.ts'

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

/** A rep's statements, the first month first. */
export function statementsOf(
  repId: string,
  entries: readonly Held<Entry>[],
  pools: PoolBook,
  timeline: Timeline,
): Statement[] {
  const units = unitsOf(repId, entries, timeline)
  const repBreaks = new Set(repFactsOf(timeline, repId).map(timeline.indexOf))
  const statements: Statement[] = []
  let opening = 0
  for (const [index, month] of timeline.months.entries()) {
    const lines: CommissionLine[] = []
    const adjustments: Adjustment[] = []
    const isBreak = timeline.breaks.has(index) || repBreaks.has(index)
    for (const unit of units) {
      if (!isDue(unit, index, month.period, isBreak || pools.changedAt(index).has(unit.planId))) continue
      const turn = advance(unit, index, month, pools.at(index))
      for (const line of turn.lines) lines.push(line)
      if (turn.differences.length === 0) continue
      const causesOf = causesAt(index, unit, pools, timeline)
      for (const one of turn.differences) adjustments.push(adjustment(one, month.period, causesOf(one.line)))
    }
    const statement = settle(repId, month, opening, lines, adjustments)
    opening = statement.closing
    if (statement.lines.length + statement.adjustments.length > 0 || statement.payable !== 0 || statement.opening !== 0)
      statements.push(statement)
  }
  return statements
}

/** May the unit's lines differ from what they were at the cut-off before? */
function isDue({ months, turns }: Unit, index: number, period: Period, isBreak: boolean): boolean {
  if (months.length === 0 || months[0]! > period) return false
  return isBreak || turns.has(index) || months.at(-1)! >= period
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
