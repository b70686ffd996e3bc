// What pools take in, at each cut-off: whole numbers by pool and month, however many receipts there are.
import type { Period } from '@headwater/schema'
import { type PoolReceipt, poolReceiptsOf } from './entries.ts'
import type { CustomerFacts, Fact } from './facts.ts'
import { type Held, historyOf } from './history.ts'
import type { Timeline } from './timeline.ts'

/** What a pool took in in a month, in minor units after what was given back. */
export interface PoolTotal {
  readonly net: number
  /** Only where they were asked for: there may be very many. */
  readonly receipts: readonly PoolReceipt[]
}

/** Undefined where nothing came. */
export type PoolTotals = (planId: string, poolId: string, month: Period) => PoolTotal | undefined

export interface PoolBook {
  add(customer: CustomerFacts): void
  /** As known at the cut-off of the ledger's month `index`. */
  at(index: number): PoolTotals
  /** The plans of which a pool changed at that cut-off. */
  changedAt(index: number): ReadonlySet<string>
  /** What the log learnt of a pool's earlier month before that cut-off, after the one before it. */
  causes(index: number, planId: string, poolId: string, month: Period): readonly Fact[]
}

const poolKey = (planId: string, poolId: string, month: Period): string => `${planId}/${poolId}/${month}`

/** Empty; `add` every customer. @param keep keeps receipts for an explanation */
export function openPools(timeline: Timeline, { keep = false } = {}): PoolBook {
  const size = timeline.months.length
  const changes = new Map<string, number[]>()
  const changed = timeline.months.map(() => new Set<string>())
  const late = new Map<string, Set<Fact>>()
  const kept = new Map<string, Held<PoolReceipt>[]>()
  const hasPools = timeline.common.plans.some(({ definition }) => definition.pools.length > 0)
  return {
    add(customer) {
      if (!hasPools) return
      const held = historyOf(customer, timeline, (contract, payment, view) => poolReceiptsOf(contract, payment, view))
      for (const { value, from, to } of held)
        for (const fed of value) {
          const key = poolKey(fed.planId, fed.poolId, fed.month)
          let change = changes.get(key)
          if (!change) {
            change = new Array<number>(size + 1).fill(0)
            changes.set(key, change)
          }
          change[from]! += fed.receipt.net
          change[to]! -= fed.receipt.net
          for (const index of [from, to]) {
            const month = timeline.months[index]
            if (!month) continue
            changed[index]!.add(fed.planId)
            if (fed.month >= month.period) continue
            const facts = late.get(`${index}/${key}`) ?? new Set()
            for (const fact of factsOf(fed)) if (timeline.indexOf(fact) === index) facts.add(fact)
            late.set(`${index}/${key}`, facts)
          }
          if (keep) kept.set(key, [...(kept.get(key) ?? []), { value: fed, from, to }])
        }
    },
    at: (index) => (planId, poolId, month) => {
      const key = poolKey(planId, poolId, month)
      const change = changes.get(key)
      if (!change) return undefined
      const receipts = kept.get(key)?.filter(({ from, to }) => from <= index && index < to) ?? []
      return {
        net: change.slice(0, index + 1).reduce((sum, n) => sum + n, 0),
        receipts: receipts.map(({ value }) => value),
      }
    },
    changedAt: (index) => changed[index]!,
    causes: (index, planId, poolId, month) => [...(late.get(`${index}/${poolKey(planId, poolId, month)}`) ?? [])],
  }
}

const factsOf = ({ receipt: { contract, payment } }: PoolReceipt): Fact[] => [
  contract,
  ...contract.milestones,
  payment,
  ...payment.allocated,
  ...payment.returned,
]
