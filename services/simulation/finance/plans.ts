// The two commission plans of the simulated organisation, and the ledger.
import { LEDGER_ID } from '@headwater/finance'
import type { CommissionPlanInput, Period } from '@headwater/schema'
import { CERTIFICATE, headquarters } from '../organisation.ts'
import { DAY, type Step, Story } from '../step.ts'
import { accounting, ZONE } from './months.ts'

/** By id, in force from the ledger's first month on. */
const plansFrom = (period: Period): Readonly<Record<string, CommissionPlanInput>> => ({
  'sales-tiers': {
    ...common(period),
    name: { 'zh-CN': '月度回款阶梯提成', en: 'Monthly tiers on receipts' },
    productLines: ['bathroom', 'maintenance'],
    rules: [
      {
        ...{ id: 'receipts', kind: 'tiers', over: 'month', mode: 'marginal' },
        name: { 'zh-CN': '当月回款', en: 'Receipts of the month' },
        tiers: [
          { from: '0', to: '50000', rate: '0.02' },
          { from: '50000', to: '150000', rate: '0.03' },
          { from: '150000', rate: '0.045' },
        ],
      },
    ],
    multipliers: { productLines: { bathroom: '1.2' } },
    allowances: [{ certificate: CERTIFICATE, amount: '500' }],
  },
  'ltv-dividend': {
    ...common(period),
    name: { 'zh-CN': '长期客户分红', en: 'Long-term dividend' },
    rules: [
      {
        ...{ id: 'dividend', kind: 'relationship', year: 'anniversary' },
        name: { 'zh-CN': '客户年限分红', en: 'By the customer’s year' },
        rates: ['0.01', '0.015', '0.02'],
      },
    ],
    handOver: { kind: 'sunset', share: '0.25', months: 12 },
  },
})

const common = (period: Period) => ({ currency: 'CNY', zone: ZONE, effective: { from: `${period}-01` } })

/** Headquarters writes the plans, accounting approves them and opens the ledger, all before the story begins (milliseconds). */
export function finances(firstPeriod: Period, from: number, prefix: string): Step[][] {
  const ledger = new Story(`${prefix}.ledger`, from)
  const currency = 'CNY'
  ledger.tell(from - 17 * DAY, accounting, ['ledger', LEDGER_ID], 'OpenLedger', { zone: ZONE, currency, firstPeriod })
  const plans = Object.entries(plansFrom(firstPeriod)).map(([id, definition]) => {
    const story = new Story(`${prefix}.${id}`, from)
    story.tell(from - 20 * DAY, headquarters, ['plan', id], 'SubmitCommissionPlan', { version: 1, definition })
    story.tell(from - 18 * DAY, accounting, ['plan', id], 'ApproveCommissionPlan', { version: 1 })
    return story.steps
  })
  return [...plans, ledger.steps]
}
