// Finance over its streams: who a contract is with, who may do what one after the other.
import { CommissionPlanDefinition } from '@headwater/schema'
import { describe, expect, test } from 'vitest'
import type { Application } from './index.ts'
import { code, everything, foundedLog } from './testing/world.ts'

let sent = 0
const by =
  (application: Application, id: string) =>
  (category: string, stream: string, type: string, data: object = {}) =>
    application.dispatch(
      { category, id: stream },
      { type, data },
      { commandId: `finance-${++sent}`, actor: { id, role: 'headquarters' } },
    )
const cny = (amount: number) => ({ amount, currency: 'CNY' })
const contract = {
  customerId: 'cu-1',
  repId: 'rep-1',
  lines: [{ lineId: 'a', productLine: 'kitchen', amount: cny(1000) }],
  term: { from: '2026-01-01', to: '2026-12-31' },
}

describe('a contract', () => {
  test('is with a customer who is known, in their story, and counts for the store of its rep', async () => {
    const { application, log } = await foundedLog()
    const tell = by(application, 'rep-1')
    expect(code(await tell('contract', 'k-1', 'SignContract', contract))).toBe('unknown-customer')
    await tell('customer', 'cu-1', 'RegisterCustomer', { caseId: 'lead-7', organisation: '搭贝' })
    expect(code(await tell('contract', 'k-1', 'SignContract', { ...contract, repId: 'nobody' }))).toBe('unknown-rep')
    expect(code(await tell('contract', 'k-1', 'SignContract', { ...contract, dealId: 'd-1' }))).toBe('unknown-deal')
    expect(code(await tell('contract', 'k-1', 'SignContract', contract))).toBe('accepted')
    expect(code(await tell('contract', 'k-2', 'SignContract', { ...contract, renewalOf: 'k-1' }))).toBe('accepted')
    expect(code(await tell('contract', 'k-1', 'ReceivePayment', { amount: cny(400) }))).toBe('accepted')
    const events = (await everything(log)).filter(({ stream }) => stream === 'contract-k-1')
    expect(events.map(({ type, meta }) => [type, meta.caseId])).toEqual([
      ['ContractSigned', 'lead-7'],
      ['PaymentReceived', 'lead-7'],
    ])
    expect(events[0]!.data).toMatchObject({ storeId: 'store-1', currency: 'CNY' })
  })

  test('counts only for who works here at the time', async () => {
    const { application } = await foundedLog()
    const tell = by(application, 'rep-1')
    await tell('customer', 'cu-1', 'RegisterCustomer', { organisation: '搭贝' })
    const ofBoth = (other: string) => ['rep-1', other].map((repId) => ({ repId, share: '0.5' }))
    const shared = { ...contract, credits: ofBoth('nobody') }
    expect(code(await tell('contract', 'k-1', 'SignContract', shared))).toBe('unknown-rep')
    expect(code(await tell('contract', 'k-1', 'SignContract', contract))).toBe('accepted')
    const change = async (other: string) =>
      code(await tell('contract', 'k-1', 'ChangeContractCredits', { credits: ofBoth(other) }))
    expect(await change('rep-2')).toBe('unknown-rep')
    await tell('organisation', 'main', 'HireRep', { repId: 'rep-2', name: '韩梅梅', storeId: 'store-1' })
    expect(await change('rep-2')).toBe('accepted')
    expect(code(await tell('organisation', 'main', 'RepLeaves', { repId: 'rep-2' }))).toBe('accepted')
    expect(await change('rep-2')).toBe('accepted')
    const next = { ...contract, credits: ofBoth('rep-2') }
    expect(code(await tell('contract', 'k-2', 'SignContract', next))).toBe('unknown-rep')
  })
})

describe('finance', () => {
  const definition = CommissionPlanDefinition.parse({
    name: { 'zh-CN': '基础', en: 'Base' },
    currency: 'CNY',
    zone: 'Asia/Shanghai',
    effective: { from: '2026-01-01' },
    rules: [{ id: 'base', kind: 'flat', rate: '0.05' }],
  })
  const root = '1'.repeat(64)
  const content = { period: '2026-01', statements: 0, lines: 0, total: 0, linesRoot: root, log: { size: 1, root } }

  test('has what one prepares approved by another, month by month', async () => {
    const { application } = await foundedLog()
    const maker = by(application, 'maker')
    const checker = by(application, 'checker')
    const steps: [typeof maker, string, string, string, object, string][] = [
      [maker, 'ledger', 'other', 'OpenLedger', {}, 'unknown-ledger'],
      [
        maker,
        'ledger',
        'main',
        'OpenLedger',
        { zone: 'Asia/Shanghai', currency: 'CNY', firstPeriod: '2026-01' },
        'accepted',
      ],
      [maker, 'plan', 'base', 'SubmitCommissionPlan', { definition }, 'accepted'],
      [maker, 'plan', 'base', 'ApproveCommissionPlan', { version: 1 }, 'segregation-of-duties'],
      [checker, 'plan', 'base', 'ApproveCommissionPlan', { version: 1 }, 'accepted'],
      [maker, 'ledger', 'main', 'CutOffPeriod', { period: '2026-01' }, 'accepted'],
      [maker, 'ledger', 'main', 'PreparePeriod', content, 'accepted'],
      [maker, 'ledger', 'main', 'ApprovePeriod', { period: '2026-01', linesRoot: root }, 'segregation-of-duties'],
      [checker, 'ledger', 'main', 'ApprovePeriod', { period: '2026-01', linesRoot: root }, 'accepted'],
      [maker, 'ledger', 'main', 'ClosePeriod', { ...content, previousSeal: null, seal: root }, 'segregation-of-duties'],
      [checker, 'ledger', 'main', 'ClosePeriod', { ...content, previousSeal: null, seal: root }, 'accepted'],
      [maker, 'ledger', 'main', 'CutOffPeriod', { period: '2026-03' }, 'not-next-period'],
      [maker, 'plan', 'late', 'SubmitCommissionPlan', { definition }, 'month-closed'],
      [maker, 'plan', 'late', 'SubmitCommissionPlan', { definition: { ...definition, retroactive: true } }, 'accepted'],
    ]
    for (const [tell, category, id, type, data, expected] of steps)
      expect([type, code(await tell(category, id, type, data))]).toEqual([type, expected])
  })
})
