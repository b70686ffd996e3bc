import {
  type CommissionPlanDefinition,
  type CommissionPlanEvent,
  type Decision,
  type DecisionContext,
  type Need,
  type Refusal,
  refusing,
  sameData,
} from '@headwater/schema'
import { samePerson } from '../duties.ts'
import { LEDGER_ID } from '../ledger/index.ts'
import { type LedgerState, lastShut } from '../ledger/state.ts'
import type { CommissionPlanCommand } from './commands.ts'
import type { CommissionPlanState } from './state.ts'

export type CommissionPlanRefusal =
  | 'version-conflict'
  | 'version-pending'
  | 'unknown-version'
  | 'already-approved'
  | 'already-rejected'
  | 'month-closed'
  | 'wrong-currency'
  | 'wrong-zone'

const refuse = refusing<CommissionPlanRefusal>()

export interface CommissionPlanNeeds {
  readonly ledger: LedgerState
}

/** The ledger may close a month meanwhile: the plan's effect on it then becomes adjustments, as with a retroactive one. */
export const needs = ({ type }: CommissionPlanCommand): readonly Need[] =>
  type === 'RejectCommissionPlan' ? [] : [{ kind: 'state', as: 'ledger', category: 'ledger', id: LEDGER_ID }]

/** Versions count from 1 and are never changed: one is pending at most, and nobody approves what they submitted. */
export function decide(
  { type, data }: CommissionPlanCommand,
  { versions }: CommissionPlanState,
  { streamId: planId, actor, ledger }: DecisionContext & CommissionPlanNeeds,
): Decision<CommissionPlanEvent> {
  const last = versions.length
  if (type === 'SubmitCommissionPlan') {
    const { version = last + 1, definition } = data
    const latest = versions.at(-1)
    if (latest && latest.status !== 'rejected' && sameData(definition, latest.definition)) return []
    if (version !== last + 1)
      return refuse('version-conflict', `The next version of ${planId} is ${last + 1}, not ${version}.`, {
        expected: version,
        next: last + 1,
      })
    if (latest?.status === 'pending')
      return refuse('version-pending', `Version ${last} of ${planId} waits for approval: have it rejected first.`, {
        pending: last,
      })
    return (
      ledgerProblem(definition, ledger) ?? [{ type: 'CommissionPlanSubmitted', data: { planId, version, definition } }]
    )
  }
  const { version } = data
  const known = versions[version - 1]
  if (!known) return refuse('unknown-version', `${planId} has no version ${version}; its last is ${last}.`, { last })
  const wanted = type === 'ApproveCommissionPlan' ? 'approved' : 'rejected'
  if (known.status === wanted) return []
  if (known.status !== 'pending')
    return refuse(`already-${known.status}`, `Version ${version} of ${planId} is ${known.status}, and stays so.`, {
      version,
    })
  if (type === 'RejectCommissionPlan') return [{ type: 'CommissionPlanRejected', data: { planId, ...data } }]
  return (
    samePerson(actor, new Set([known.submittedBy]), `approve version ${version} of ${planId}`) ??
    ledgerProblem(known.definition, ledger) ?? [{ type: 'CommissionPlanApproved', data: { planId, version } }]
  )
}

/** A plan is of the ledger's currency and months, and says so where it reaches back into closed ones. */
function ledgerProblem(plan: CommissionPlanDefinition, ledger: LedgerState): Refusal | undefined {
  if (ledger.status === 'none') return undefined
  if (plan.currency !== ledger.currency)
    return refuse('wrong-currency', `The ledger is in ${ledger.currency}, not in ${plan.currency}.`, {
      expected: ledger.currency,
      given: plan.currency,
    })
  if (plan.zone !== ledger.zone)
    return refuse('wrong-zone', `The ledger's months are those of ${ledger.zone}, not of ${plan.zone}.`, {
      expected: ledger.zone,
      given: plan.zone,
    })
  const shut = lastShut(ledger)
  const { from } = plan.effective
  if (plan.retroactive || shut === undefined || from.slice(0, 7) > shut) return undefined
  return refuse(
    'month-closed',
    `${shut} is closed: a plan from ${from} on says "retroactive: true", and what it changes becomes adjustments.`,
    { from, lastClosed: shut },
  )
}
