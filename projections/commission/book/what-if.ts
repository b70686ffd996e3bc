import type { CommissionPlanDefinition, Period } from '@headwater/schema'
import type { Facts } from './facts.ts'
import { target } from './target.ts'

/** A plan that is not approved, to stand for the plan of that id; a new id stands beside the others. */
export interface Draft {
  readonly planId: string
  readonly definition: CommissionPlanDefinition
}

/** In minor units. */
export interface Comparison {
  readonly repId: string
  readonly old: number
  readonly new: number
  readonly difference: number
}

/**
 * A draft over real history: for each rep, what the lines of these months (both included) are now and what they would be, had the draft ruled them since
 * it begins. Draws are left out: they are paid on statements and not earned.
 */
export function whatIf({ planId, definition }: Draft, facts: Facts, from: Period, to: Period): Comparison[] {
  const { head, common } = facts
  const version = Math.max(0, ...common.plans.flatMap((plan) => (plan.planId === planId ? [plan.version] : []))) + 1
  const draft = {
    ...{ planId, version, definition: { ...definition, retroactive: true } },
    ...{
      eventId: 'draft',
      position: head,
      occurredAt: '1970-01-01T00:00:00.000Z',
      recordedAt: '1970-01-01T00:00:00.000Z',
    },
  }
  const sums = (of: Facts) => {
    const byRep = new Map<string, number>()
    for (const { line } of target(of, head, to))
      if (line.period >= from) byRep.set(line.repId, (byRep.get(line.repId) ?? 0) + line.amount)
    return byRep
  }
  const now = sums(facts)
  const then = sums({ ...facts, common: { ...common, plans: [...common.plans, draft] } })
  return [...new Set([...now.keys(), ...then.keys()])].sort().map((repId) => {
    const [was, is] = [now.get(repId) ?? 0, then.get(repId) ?? 0]
    return { repId, old: was, new: is, difference: is - was }
  })
}
