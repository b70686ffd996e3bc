import { whatIfOf } from '@headwater/projections'
import { instantOf, newId } from '@headwater/schema'
import type { Answer, Json } from '../answer.ts'
import { withSession } from '../session.ts'
import { money } from '../terminal/format.ts'
import { table } from '../terminal/table.ts'
import { readPlan } from './plan-file.ts'

export interface WhatIfOptions extends Json {
  readonly plan: string
  readonly for?: string
  readonly from: string
  readonly to: string
}

/** Reads, and writes nothing. */
export async function whatIf({ plan, for: planId = newId(), from, to }: WhatIfOptions): Promise<Answer> {
  const draft = { planId, definition: await readPlan(plan) }
  return withSession(async ({ db, viewer }) => {
    const { reps, currency, asOf } = await whatIfOf(db, viewer, { draft, from, to, now: instantOf(Date.now()) })
    const sum = (of: 'old' | 'new' | 'difference') => reps.reduce((total, rep) => total + rep[of], 0)
    const total = { old: sum('old'), new: sum('new'), difference: sum('difference') }
    const row = (name: string, amounts: typeof total) => [
      name,
      ...[amounts.old, amounts.new, amounts.difference].map((amount) => money({ amount, currency })),
    ]
    return {
      json: { from, to, currency, asOf, reps, total },
      text: () =>
        table(
          ['rep', 'now', 'with the draft', 'difference'],
          [...reps.map((rep) => row(rep.repId, rep)), row('all', total)],
        ),
    }
  })
}
