// Versions of plans: submitted by one, approved by another.
import { versionsOfCommissionPlans } from '@headwater/projections'
import type { Answer } from '../answer.ts'
import { withSession } from '../session.ts'
import { Failure } from '../terminal/failure.ts'
import { reference } from '../terminal/reference.ts'
import { type ActingOptions, envelopeOf, granted } from './acting.ts'
import { readPlan } from './plan-file.ts'

export async function submit(planId: string, options: ActingOptions & { readonly plan: string }): Promise<Answer> {
  const definition = await readPlan(options.plan)
  return told(planId, 'submitted', options, { type: 'SubmitCommissionPlan', data: { definition } })
}

export async function approve(ref: string, options: ActingOptions): Promise<Answer> {
  const { id, version = await waiting(id) } = reference(ref, 'plan')
  return told(id, 'approved', options, { type: 'ApproveCommissionPlan', data: { version } })
}

/** The version that nobody has decided on yet. @throws Failure */
const waiting = (planId: string): Promise<number> =>
  withSession(async ({ db, viewer }) => {
    const versions = await versionsOfCommissionPlans(db, viewer, [planId])
    const pending = versions.find(({ status }) => status === 'pending')
    if (!pending) throw new Failure(`no version of ${planId} waits for approval`)
    return pending.version
  })

const told = (
  planId: string,
  status: 'submitted' | 'approved',
  options: ActingOptions,
  command: { readonly type: string; readonly data: object },
): Promise<Answer> =>
  withSession(async ({ application, readModels, db, viewer }) => {
    granted(await application.dispatch({ category: 'plan', id: planId }, command, envelopeOf(options)))
    await readModels.catchUp()
    const [latest] = await versionsOfCommissionPlans(db, viewer, [planId])
    return {
      json: { planId, version: latest!.version, status: latest!.status },
      text: () => `version ${latest!.version} of ${planId} is ${status}`,
    }
  })
