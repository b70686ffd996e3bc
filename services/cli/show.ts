import type { DealStatus, LeadStatus } from '@headwater/projections'
import type { Answer } from './answer.ts'
import { dealList, dealShow } from './deal.ts'
import { leadList, leadShow } from './lead.ts'
import { withSession } from './session.ts'

export const show = (kind: 'deal' | 'lead', id: string): Promise<Answer> =>
  withSession<Answer>((session) => (kind === 'deal' ? dealShow(session, id) : leadShow(session, id)))

export interface ListOptions {
  readonly status?: string
  readonly channel?: string
  readonly store?: string
  readonly rep?: string
  readonly playbook?: string
  readonly stage?: string
  readonly limit: number
  readonly after?: string
}

export function list(kind: 'deal' | 'lead', options: ListOptions): Promise<Answer> {
  const { channel, store: storeId, rep: repId, playbook: playbookId, stage, limit, after } = options
  return withSession<Answer>((session) =>
    kind === 'deal'
      ? dealList(
          session,
          { status: options.status as DealStatus | undefined, channel, storeId, repId, playbookId, stage },
          limit,
          after,
        )
      : leadList(session, { status: options.status as LeadStatus | undefined, channel, storeId, repId }, limit, after),
  )
}
