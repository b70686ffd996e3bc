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

/** What a statement came to, in minor units: all that the months after it and the growth curve need of it. */
export type Outcome = Pick<Statement, 'period' | 'earned' | 'adjusted' | 'closing'>

/**
 * A rep's statements, the first month first.
 * @param settled of all closed months, as they were worked out before: nothing changes them, and only the open ones are worked out
 */
export function statementsOf(
  repId: string,
  entries: readonly Held<Entry>[],
  pools: PoolBook,
  timeline: Timeline,
  settled?: readonly Outcome[],
): Statement[] {
  const { months, breaks, indexOf } = timeline
  const repBreaks = new Set(repFactsOf(timeline, repId).map(indexOf))
  const isDue = (unit: Unit, index: number) => {
    const isBreak = breaks.has(index) || repBreaks.has(index) || pools.changedAt(index).has(unit.planId)
    return mayDiffer(unit, index, months[index]!.period, isBreak)
  }
  const first = settled ? months.findIndex(({ status }) => status === 'open') : 0
  const ahead = [...months.keys()].slice(first)
  const units = unitsOf(repId, entries, timeline).filter((unit) => ahead.some((index) => isDue(unit, index)))
  if (first > 0) for (const unit of units) advance(unit, first - 1, months[first - 1]!, pools.at(first - 1))
  const statements: Statement[] = []
  let opening = settled?.at(-1)?.closing ?? 0
  for (const index of ahead) {
    const month = months[index]!
    const lines: CommissionLine[] = []
    const adjustments: Adjustment[] = []
    for (const unit of units) {
      if (!isDue(unit, index)) continue
      const turn = advance(unit, index, month, pools.at(index))
      for (const line of turn.lines) lines.push(line)
      if (turn.differences.length === 0) continue
      const causesOf = causesAt(index, unit, pools, timeline)
      for (const one of turn.differences) adjustments.push(adjustment(one, month.period, causesOf(one.line)))
    }
    const statement = settle(repId, month, opening, lines.sort(inOrder), adjustments.sort(byId))
    opening = statement.closing
    if (statement.lines.length + statement.adjustments.length > 0 || statement.payable !== 0 || statement.opening !== 0)
      statements.push(statement)
  }
  return statements
}

// Lines are put in order by what they are, never by what they were worked out together with: a later plan can change that, and nothing of
// a closed month may.
const byId = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : 1)
const kinds: readonly CommissionLine['kind'][] = ['rule', 'cap', 'floor', 'allowance', 'pool', 'draw']
const inOrder = (a: CommissionLine, b: CommissionLine): number =>
  kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || byId(a, b)

/** May the unit's lines differ from what they were at the cut-off before? */
function mayDiffer({ months, turns }: Unit, index: number, period: Period, isBreak: boolean): boolean {
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
