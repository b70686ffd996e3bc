// Two years of receipts of a large organisation, rep by rep: with refunds, renewals, and customers handed on to the next rep.
import type { book } from '@headwater/projections'
import { CommissionPlanDefinition, instantOf, type Position } from '@headwater/schema'

const DAY = 86_400_000
const START = Date.UTC(2025, 0, 1)
const MONTHS = 12
const CUSTOMERS = 33
const PAYMENTS = 10

/** Positions follow business time, as they do where nobody is late; `late` days lie between. */
function fact(ms: number, salt: number, late = 0): book.Fact {
  const at = instantOf(ms)
  const position = `${instantOf(ms + late * DAY)}-${String(salt).padStart(9, '0')}` as Position
  return { eventId: `e${salt}`, position, occurredAt: at, recordedAt: at }
}

const tiers = [
  { from: '0', to: '100000', rate: '0.05' },
  { from: '100000', to: '300000', rate: '0.08' },
  { from: '300000', rate: '0.12' },
]

/** Tiers by the month, and a dividend that hand-overs share; eleven months are closed. */
export function commonFacts(reps: number): book.CommonFacts {
  const plan = (planId: string, more: object): book.PlanVersionFacts => ({
    ...fact(START - 30 * DAY, 1),
    ...{ planId, version: 1 },
    definition: CommissionPlanDefinition.parse({
      ...{ name: { 'zh-CN': '方案', en: 'Plan' }, currency: 'CNY', zone: 'Asia/Shanghai' },
      ...{ effective: { from: '2025-01-01' }, ...more },
    }),
  })
  return {
    ledger: {
      ...{ zone: 'Asia/Shanghai', currency: 'CNY', firstPeriod: '2025-01' },
      closed: Array.from({ length: MONTHS - 1 }, (_, i) => ({
        period: `2025-${String(i + 1).padStart(2, '0')}`,
        cutOff: fact(Date.UTC(2025, i + 1, 2), 0).position,
      })),
    },
    plans: [
      plan('tiers', { rules: [{ id: 'tiers', kind: 'tiers', over: 'month', mode: 'marginal', tiers }] }),
      plan('dividend', {
        rules: [{ id: 'dividend', kind: 'relationship', year: 'anniversary', rates: ['0.01', '0.02', '0.03'] }],
        handOver: { kind: 'sunset', share: '0.25', months: 12 },
      }),
    ],
    reps: Array.from({ length: reps }, (_, i) => ({
      ...{ repId: repId(i), certificates: [] },
      stores: [{ ...fact(START - 60 * DAY, i), storeId: `s${i % 300}` }],
    })),
  }
}

export const repId = (rep: number): string => `rep-${String(rep).padStart(5, '0')}`

/** The customers that begin with a rep, each with payments in all months; one of twenty goes on to the next rep. */
export function customersOf(rep: number): book.CustomerFacts[] {
  return Array.from({ length: CUSTOMERS }, (_, n) => {
    const customerId = `c-${rep}-${n}`
    const salt = (rep * CUSTOMERS + n) * 100
    const owner = (ms: number, who: number): book.OwnerFact => ({
      ...fact(ms, salt + who - rep),
      repId: repId(who),
      storeId: 's',
    })
    const payments = Array.from({ length: PAYMENTS }, (_, i): book.PaymentFacts => {
      const ms = START + ((i * 365 + n * 7) / PAYMENTS + 1) * DAY
      const amount = 100_000 + ((salt + i * 7919) % 2_000_000)
      const allocations = [{ lineId: 'l', amount }]
      const isRefunded = (salt / 100 + i) % 25 === 0
      const returned = isRefunded
        ? [{ ...fact(ms + 20 * DAY, salt + 50 + i), kind: 'refund' as const, amount, allocations }]
        : []
      return {
        ...fact(ms, salt + 10 + i, i % 10 === 3 ? 9 : 0),
        ...{ paymentId: `p-${salt}-${i}`, amount, rule: 'explicit', allocations, allocated: [], returned },
      }
    })
    return {
      customerId,
      owners: n % 20 === 0 ? [owner(START - DAY, rep), owner(START + 150 * DAY, rep + 1)] : [owner(START - DAY, rep)],
      contracts: [
        {
          ...fact(START - 200 * DAY, salt + 3),
          ...{ contractId: `k-${salt}`, repId: repId(rep), storeId: `s${rep % 300}`, currency: 'CNY', payments },
          lines: [{ lineId: 'l', productLine: 'kitchen', amount: 100_000_000 }],
          ...{ term: { from: '2024-06-15', to: '2026-06-14' }, creditsChanged: [], milestones: [] },
        },
      ],
    }
  })
}
