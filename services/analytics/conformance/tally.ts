import type { Conformance, DeviationKind } from './check.ts'

/** Deviations of a store, a rep, or all of them. */
export interface ConformanceFigures {
  /** Null where a deal is of nobody. */
  readonly member: string | null
  /** Deals that were held against the playbook, by where they began. */
  readonly deals: number
  /** Of these, deals without a deviation. */
  readonly conforming: number
  /** By kind and stage, and by what was missing where it is said: most frequent first. `deals` are ids, in their order. */
  readonly deviations: readonly DeviationCount[]
  /** Behaviours by id: how often they were called for, and shown in time. */
  readonly behaviours: readonly { readonly id: string; readonly expected: number; readonly met: number }[]
}

export interface DeviationCount {
  readonly kind: DeviationKind
  readonly stage: string
  readonly item: string | null
  readonly count: number
  readonly deals: readonly string[]
}

interface Counting {
  deals: number
  conforming: number
  readonly deviations: Map<string, { kind: DeviationKind; stage: string; item: string | null; deals: string[] }>
  readonly behaviours: Map<string, { expected: number; met: number }>
}

/**
 * Adds up deals as they come, by store, by rep, or all together. A deal counts where it began, a deviation where it came about: a
 * deal that was handed over can be one of two reps, and a deviation of one.
 */
export class ConformanceTally {
  private readonly members = new Map<string | null, Counting>()

  constructor(private readonly by: 'storeId' | 'repId' | undefined) {}

  /** @param began where the deal began */
  add({ dealId, deviations, behaviours }: Conformance, began: { storeId: string | null; repId: string | null }): void {
    const home = this.of(began)
    home.deals++
    if (deviations.length === 0) home.conforming++
    for (const deviation of deviations) {
      const { kind, stage, item } = deviation
      const counts = this.of(deviation).deviations
      const key = JSON.stringify([kind, stage, item])
      const found = counts.get(key)
      if (found) found.deals.push(dealId)
      else counts.set(key, { kind, stage, item, deals: [dealId] })
    }
    for (const behaviour of behaviours) {
      const counts = this.of(behaviour).behaviours
      const { expected, met } = counts.get(behaviour.id) ?? { expected: 0, met: 0 }
      counts.set(behaviour.id, { expected: expected + 1, met: met + (behaviour.met ? 1 : 0) })
    }
  }

  /** By member; nobody's last. */
  figures(): ConformanceFigures[] {
    return [...this.members]
      .sort(([a], [b]) => (a === null ? 1 : b === null ? -1 : a < b ? -1 : 1))
      .map(([member, { deals, conforming, deviations, behaviours }]) => ({
        member,
        deals,
        conforming,
        deviations: [...deviations.values()]
          .map((each) => ({ ...each, count: each.deals.length, deals: each.deals.toSorted() }))
          .sort((a, b) => b.count - a.count || (a.kind + a.stage < b.kind + b.stage ? -1 : 1)),
        behaviours: [...behaviours].map(([id, counts]) => ({ id, ...counts })).sort((a, b) => (a.id < b.id ? -1 : 1)),
      }))
  }

  private of(place: { storeId: string | null; repId: string | null }): Counting {
    const member = this.by ? place[this.by] : null
    let found = this.members.get(member)
    if (!found) {
      found = { deals: 0, conforming: 0, deviations: new Map(), behaviours: new Map() }
      this.members.set(member, found)
    }
    return found
  }
}
