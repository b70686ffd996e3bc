// Everybody's statements from facts in memory; whoever has too many customers for that feeds the stages rep by rep.
import type { Period } from '@headwater/schema'
import type { Entry } from './entries.ts'
import type { Facts } from './facts.ts'
import type { Held } from './history.ts'
import { creditOf, statementsOf } from './ledger.ts'
import type { Statement } from './line.ts'
import { openPools, type PoolBook } from './pools.ts'
import { type Timeline, timelineOf } from './timeline.ts'

/** What the stages after the crediting need. */
export interface Credited {
  readonly timeline: Timeline
  readonly pools: PoolBook
  readonly entries: ReadonlyMap<string, readonly Held<Entry>[]>
}

/** @param through the last open month to look at; default: the first that is open */
export function credited({ common, customers, head }: Facts, through?: Period, { keep = false } = {}): Credited {
  const timeline = timelineOf(common, head, through)
  const pools = openPools(timeline, { keep })
  const entries = new Map<string, Held<Entry>[]>(common.reps.map(({ repId }) => [repId, []]))
  for (const customer of customers) {
    pools.add(customer)
    for (const [repId, held] of creditOf(customer, timeline))
      entries.set(repId, [...(entries.get(repId) ?? []), ...held])
  }
  for (const { definition } of common.plans)
    for (const { repId } of definition.pools.flatMap(({ members }) => members))
      if (!entries.has(repId)) entries.set(repId, [])
  return { timeline, pools, entries }
}

/** By rep, then by month. */
export function allStatements(facts: Facts, through?: Period): Statement[] {
  const { timeline, pools, entries } = credited(facts, through)
  return [...entries]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([repId, held]) => statementsOf(repId, held, pools, timeline))
}
