// Commission's first two months on a real system: one rep under tiers, receipts in May, one of them given back in June.
import type { Actor, Instant, Period } from '@headwater/schema'
import type { Answer } from '@headwater/shell'
import type { Headwater } from '../headwater.ts'

export const maker: Actor = { id: 'maker', role: 'headquarters' }
export const checker: Actor = { id: 'checker', role: 'finance' }

/** As people write a plan: 5 %, 8 % and 12 % of a month's receipts. */
export const tiersPlan = (
  rates: readonly [string, string, string] = ['0.05', '0.08', '0.12'],
  from = '2024-05-01',
) => ({
  name: { 'zh-CN': '阶梯提成', en: 'Tiers' },
  currency: 'CNY',
  zone: 'Asia/Shanghai',
  effective: { from },
  rules: [
    {
      id: 'monthly',
      kind: 'tiers',
      over: 'month',
      mode: 'marginal',
      tiers: [
        { from: '0', to: '100000', rate: rates[0] },
        { from: '100000', to: '300000', rate: rates[1] },
        { from: '300000', rate: rates[2] },
      ],
    },
  ],
})

let sent = 0
export const envelope = (actor: Actor, occurredAt?: Instant) => ({ commandId: `story-${++sent}`, actor, occurredAt })

/** @throws Error where it is refused */
export function accepted<A extends Answer>(answer: A): Exclude<A, { status: 'refused' }> {
  if (answer.status === 'refused') throw new Error(`${answer.refusal.code}: ${answer.refusal.message}`)
  return answer as Exclude<A, { status: 'refused' }>
}

export async function tell(
  { application }: Pick<Headwater, 'application'>,
  [category, id]: readonly [category: string, id: string],
  type: string,
  data: object,
  { by = maker, at }: { by?: Actor; at?: Instant } = {},
): Promise<void> {
  accepted(await application.dispatch({ category, id }, { type, data }, envelope(by, at)))
}

const yuan = (amount: number) => ({ amount: amount * 100, currency: 'CNY' })

/** An organisation with rep R1, the ledger from May 2024 on, the plan `tiers`, and in May receipts of 90,000, 60,000 and 250,000 yuan. */
export async function tellMay(headwater: Pick<Headwater, 'application'>): Promise<void> {
  const at = '2024-04-30T16:00:00.000Z'
  const organisation = ['organisation', 'main'] as const
  await tell(headwater, organisation, 'OpenRegion', { regionId: 'east', name: '华东' }, { at })
  await tell(headwater, organisation, 'OpenStore', { storeId: 'S1', regionId: 'east', name: '一店' }, { at })
  await tell(headwater, organisation, 'HireRep', { repId: 'R1', name: '李雷', storeId: 'S1' }, { at })
  const ledger = { zone: 'Asia/Shanghai', currency: 'CNY', firstPeriod: '2024-05' }
  await tell(headwater, ['ledger', 'main'], 'OpenLedger', ledger, { at })
  await tell(headwater, ['plan', 'tiers'], 'SubmitCommissionPlan', { definition: tiersPlan() }, { at })
  await tell(headwater, ['plan', 'tiers'], 'ApproveCommissionPlan', { version: 1 }, { at, by: checker })
  await tell(headwater, ['customer', 'C1'], 'RegisterCustomer', { organisation: '搭贝' }, { at })
  const contract = {
    ...{ customerId: 'C1', repId: 'R1', term: { from: '2024-05-01', to: '2025-04-30' } },
    lines: [{ lineId: 'a', productLine: 'kitchen', amount: yuan(1_000_000) }],
  }
  await tell(headwater, ['contract', 'K1'], 'SignContract', contract, { at })
  await receive(headwater, 'P1', 90_000, '2024-05-03T02:00:00.000Z')
  await receive(headwater, 'P2', 60_000, '2024-05-10T02:00:00.000Z')
  await receive(headwater, 'P3', 250_000, '2024-05-31T15:30:00.000Z')
}

/** In yuan, on the only contract. */
export const receive = (headwater: Pick<Headwater, 'application'>, paymentId: string, amount: number, at: Instant) =>
  tell(headwater, ['contract', 'K1'], 'ReceivePayment', { paymentId, amount: yuan(amount) }, { at })

/** In yuan. */
export const refund = (headwater: Pick<Headwater, 'application'>, paymentId: string, amount: number, at: Instant) =>
  tell(headwater, ['contract', 'K1'], 'RefundPayment', { paymentId, amount: yuan(amount), reason: '投诉' }, { at })

/** One prepares it, another approves and closes it. */
export async function closeMonth({ closing }: Pick<Headwater, 'closing'>, period: Period) {
  accepted(await closing.preparePeriod(period, envelope(maker)))
  accepted(await closing.approvePeriod(period, envelope(checker)))
  return accepted(await closing.closePeriod(period, envelope(checker))).content
}
