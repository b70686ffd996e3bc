// An organisation that was paid for eleven months, each closed before the next began; and what comes in now.
import type { TargetedItem } from '@headwater/application'
import type { Headwater } from '@headwater/runtime'
import { instantOf, localDate, newId, nextPeriod, startOfDay } from '@headwater/schema'

const REPS = 100
const CUSTOMERS = 33
const PAYMENTS = 10
const MONTHS = 11
const DAY = 86_400_000
const zone = 'Asia/Shanghai'
const maker = { id: 'maker', role: 'administrator' }
const checker = { id: 'checker', role: 'administrator' }
const digest = '1'.repeat(64)
const cny = (amount: number) => ({ amount, currency: 'CNY' })

/** A customer has one contract, and its first rep's number. */
const customers = Array.from({ length: REPS * CUSTOMERS }, (_, n) => ({
  n,
  customerId: `C-${n}`,
  contractId: `K-${n}`,
  rep: Math.floor(n / CUSTOMERS),
  isHandedOn: n % 20 === 0,
}))
const repId = (rep: number) => `R-${rep % REPS}`

const tiers = [
  { from: '0', to: '100000', rate: '0.05' },
  { from: '100000', to: '300000', rate: '0.08' },
  { from: '300000', rate: '0.12' },
]
/** Tiers by the month, and a dividend that hand-overs share. */
const plans = {
  tiers: { rules: [{ id: 'tiers', kind: 'tiers', over: 'month', mode: 'marginal', tiers }] },
  dividend: {
    rules: [{ id: 'dividend', kind: 'relationship', year: 'anniversary', rates: ['0.01', '0.02', '0.03'] }],
    handOver: { kind: 'sunset', share: '0.25', months: 12 },
  },
}

const item = (category: string, id: string, type: string, data: object, at?: number, actor = maker): TargetedItem => ({
  target: { category, id },
  command: { type, data },
  envelope: { commandId: newId(), actor, ...(at !== undefined && { occurredAt: instantOf(at) }) },
})

/** Ten payments of each customer, months that follow each other, and one customer of twenty who goes on to the next rep in the sixth. */
export async function stockPayers({ application }: Headwater): Promise<void> {
  const carryOut = async (items: readonly TargetedItem[]) => {
    for (const answer of await application.dispatchAll(items))
      if (answer.status === 'refused') throw new Error(answer.refusal.message)
  }
  const months = lastMonths()
  const start = startOfDay(`${months[0]}-01`, zone)
  const general = {
    name: { 'zh-CN': '方案', en: 'Plan' },
    currency: 'CNY',
    zone,
    effective: { from: `${months[0]}-01` },
  }
  const owned = (customerId: string, rep: number, at: number) =>
    item('customer', customerId, 'AssignCustomerOwner', { repId: repId(rep), storeId: 'S' }, at)
  await carryOut([
    item('organisation', 'main', 'OpenRegion', { regionId: 'east', name: 'East' }, start),
    item('organisation', 'main', 'OpenStore', { storeId: 'S', regionId: 'east', name: 'Store' }, start),
    ...Array.from({ length: REPS }, (_, rep) =>
      item('organisation', 'main', 'HireRep', { repId: repId(rep), name: `Rep ${rep}`, storeId: 'S' }, start),
    ),
    item('ledger', 'main', 'OpenLedger', { zone, currency: 'CNY', firstPeriod: months[0]! }),
    ...Object.entries(plans).flatMap(([planId, definition]) => [
      item('plan', planId, 'SubmitCommissionPlan', { definition: { ...general, ...definition } }),
      item('plan', planId, 'ApproveCommissionPlan', { version: 1 }, undefined, checker),
    ]),
    ...customers.flatMap(({ customerId, rep }) => [
      item('customer', customerId, 'RegisterCustomer', {}, start),
      owned(customerId, rep, start),
    ]),
  ])
  const lines = [{ lineId: 'l', productLine: 'kitchen', amount: cny(100_000_000_000) }]
  const term = { from: `${months[0]}-01`, to: `${Number(months[0]!.slice(0, 4)) + 3}-12-31` }
  await carryOut(
    customers.map(({ customerId, contractId, rep }) =>
      item('contract', contractId, 'SignContract', { customerId, repId: repId(rep), lines, term }, start),
    ),
  )

  const payments = Array.from({ length: PAYMENTS }, (_, i) =>
    customers.map(({ n, contractId }) => {
      const at = start + (1 + ((i + (n % CUSTOMERS) / CUSTOMERS) * MONTHS * 30) / PAYMENTS) * DAY
      const data = { paymentId: `${i}`, amount: cny(100_000 + ((n + i * 7919) % 2_000_000)) }
      return { month: localDate(at, zone).slice(0, 7), item: item('contract', contractId, 'ReceivePayment', data, at) }
    }),
  ).flat()
  for (const [index, period] of months.entries()) {
    const handedOn = index === 5 ? customers.filter(({ isHandedOn }) => isHandedOn) : []
    await carryOut([
      ...handedOn.map(({ customerId, rep }) => owned(customerId, rep + 1, startOfDay(`${period}-01`, zone))),
      ...payments.filter(({ month }) => month === period).map(({ item }) => item),
    ])
    const content = { period, statements: 0, lines: 0, total: 0, linesRoot: digest, log: { size: 1, root: digest } }
    const seals = { previousSeal: index === 0 ? null : digest, seal: digest }
    await carryOut([
      item('ledger', 'main', 'CutOffPeriod', { period }),
      item('ledger', 'main', 'PreparePeriod', content),
      item('ledger', 'main', 'ApprovePeriod', { period, linesRoot: digest }, undefined, checker),
      item('ledger', 'main', 'ClosePeriod', { ...content, ...seals }, undefined, checker),
    ])
  }
}

/** The months before the one that it is now. */
function lastMonths(): string[] {
  const [year, month] = localDate(Date.now(), zone).split('-').map(Number)
  const months = [new Date(Date.UTC(year!, month! - 1 - MONTHS)).toISOString().slice(0, 7)]
  while (months.length < MONTHS) months.push(nextPeriod(months.at(-1)!))
  return months
}

/** The request of the n-th payment, every rep in turn, and what it is then asked for. */
export function payment(n: number) {
  const rep = n % REPS
  const customer = customers[rep * CUSTOMERS + 1 + (Math.floor(n / REPS) % (CUSTOMERS - 1))]!
  const paymentId = `now-${n}`
  const { contractId } = customer
  const input = { commandId: newId(), contractId, paymentId, amount: cny(100_000 + n) }
  return {
    paymentId,
    repId: repId(customer.isHandedOn ? rep + 1 : rep),
    body: JSON.stringify({ query: pay, variables: { input } }),
  }
}

const pay = `mutation ($input: ReceivePaymentInput!) {
  receivePayment(input: $input) { ... on ContractPayload { stream revision } ... on CommandRefused { code message } }
}`
const accrual = `query ($rep: ID!, $atLeast: AtLeast) { commissionAccrual(rep: $rep, atLeast: $atLeast) {
  statement { earned { amount } payable { amount } lines { paymentId amount { amount } } }
  tiers { base { amount } rate next { distance { amount } brings { amount } } }
  curve { period amount { amount } }
} }`

export const accrualRequest = (rep: string, atLeast: { stream: string; revision: number }): string =>
  JSON.stringify({ query: accrual, variables: { rep, atLeast } })
