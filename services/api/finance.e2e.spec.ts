// Finance over HTTP: a contract and its money; a plan and a month that one prepares and another approves.
import { freshDatabase, type TestDatabase } from '@headwater/infra/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Ask, run, startTestApi, type TestApi } from './testing.ts'

let database: TestDatabase
let api: TestApi
let rep: Ask
let maker: Ask
let checker: Ask
beforeAll(async () => {
  database = await freshDatabase()
  api = await startTestApi(database.url)
  rep = api.as('rep', 'R1')
  maker = api.as('headquarters', 'maker')
  checker = api.as('headquarters', 'checker')
  await run(maker, 'openRegion', 'RegionPayload', { regionId: 'east', name: 'East' })
  await run(maker, 'openStore', 'StorePayload', { storeId: 'S1', regionId: 'east', name: 'Store 1' })
  const hired = await run(maker, 'hireRep', 'RepPayload', { repId: 'R1', name: 'Zhang San', storeId: 'S1' })
  const registered = await run(rep, 'registerCustomer', 'CustomerPayload', { customerId: 'C1', organisation: '搭贝' })
  // A contract's answer waits for the contract only, and shows both.
  for (const written of [hired, registered]) await api.readModels.waitFor(written)
})
afterAll(async () => {
  await api.stop()
  await database.drop()
})

const cny = (amount: number) => ({ amount, currency: 'CNY' })
const onContract = (input: object = {}) => ({ contractId: 'K1', ...input })

describe('a contract', () => {
  test('is signed, paid and partly paid back', async () => {
    const lines = [
      { lineId: 'a', productLine: 'kitchen', amount: cny(60_000) },
      { lineId: 'b', productLine: 'bath', amount: cny(40_000) },
    ]
    const term = { from: '2026-03-01', to: '2027-02-28' }
    const input = onContract({ customerId: 'Customer/C1', repId: 'Rep/R1', lines, term })
    const take = 'contract { id status store { key } customer { key } amount { amount currency } credits { share } }'
    expect(await run(rep, 'signContract', 'ContractPayload', input, take)).toEqual({
      contract: {
        id: 'Contract/K1',
        status: 'ACTIVE',
        store: { key: 'S1' },
        customer: { key: 'C1' },
        amount: cny(100_000),
        credits: null,
      },
    })
    await run(maker, 'receivePayment', 'ContractPayload', onContract({ paymentId: 'P1', amount: cny(70_000) }))
    const refund = onContract({ paymentId: 'P1', refundId: 'F1', amount: cny(7_000), reason: 'complaint' })
    const payments =
      'payments { key amount { amount } returned { amount } unallocated { amount } returns { kind refundId allocations { lineId amount { amount } } } }'
    const { contract } = await run(
      maker,
      'refundPayment',
      'ContractPayload',
      refund,
      `contract { paid { amount } lines { lineId paid { amount } } ${payments} }`,
    )
    expect(contract).toEqual({
      paid: { amount: 63_000 },
      lines: [
        { lineId: 'a', paid: { amount: 54_000 } },
        { lineId: 'b', paid: { amount: 9_000 } },
      ],
      payments: [
        {
          key: 'P1',
          amount: { amount: 70_000 },
          returned: { amount: 7_000 },
          unallocated: { amount: 0 },
          returns: [
            {
              kind: 'REFUND',
              refundId: 'F1',
              allocations: [
                { lineId: 'a', amount: { amount: 6_000 } },
                { lineId: 'b', amount: { amount: 1_000 } },
              ],
            },
          ],
        },
      ],
    })
    const { data } = await rep('{ contracts(filter: { customer: "C1" }) { edges { node { key } } } }')
    expect(data.contracts.edges).toEqual([{ node: { key: 'K1' } }])
  })

  test('refuses what does not add up, and who may not', async () => {
    const pay = (input: object) => run(maker, 'receivePayment', 'ContractPayload', onContract(input))
    expect(await pay({ amount: { amount: 1, currency: 'USD' } })).toMatchObject({ code: 'wrong-currency' })
    const allocations = [{ lineId: 'b', amount: cny(40_000) }]
    expect(await pay({ amount: cny(40_000), allocations })).toMatchObject({ code: 'line-overallocated' })
    expect(await pay({ amount: cny(1), rule: 'PRO_RATA', allocations })).toMatchObject({
      code: 'invalid-command',
      fieldErrors: [{ path: ['input', 'rule'] }],
    })
    const byRep = await run(rep, 'receivePayment', 'ContractPayload', onContract({ amount: cny(1) }))
    expect(byRep).toMatchObject({ code: 'forbidden' })
  })

  test('counts for the owner of its customer, or for whom it says', async () => {
    const owner = { customerId: 'C1', repId: 'R1', storeId: 'S1' }
    const { customer } = await run(maker, 'assignCustomerOwner', 'CustomerPayload', owner, 'customer { owner { key } }')
    expect(customer.owner).toEqual({ key: 'R1' })
    const change = (credits: object[] | null) =>
      run(
        maker,
        'changeContractCredits',
        'ContractPayload',
        onContract({ credits }),
        'contract { credits { share rep { key } } }',
      )
    expect((await change([{ repId: 'R1', share: '1' }])).contract.credits).toEqual([{ share: '1', rep: { key: 'R1' } }])
    expect((await change(null)).contract.credits).toBeNull()
  })
})

describe('what one prepares', () => {
  const definition = {
    name: { 'zh-CN': '基础', en: 'Base' },
    currency: 'CNY',
    zone: 'Asia/Shanghai',
    effective: { from: '2026-01-01' },
    rules: [{ id: 'base', kind: 'flat', rate: '0.05' }],
  }

  test('another approves: a plan', async () => {
    const submit = (definition: object) =>
      run(maker, 'submitCommissionPlan', 'CommissionPlanPayload', { planId: 'base', definition })
    expect(await submit({ ...definition, effective: { from: '2026-01-02' } })).toMatchObject({
      code: 'invalid-command',
      fieldErrors: [{ path: ['input', 'definition', 'effective', 'from'] }],
    })
    await submit(definition)
    const approve = { planId: 'CommissionPlan/base', version: 1 }
    const take = 'commissionPlan { approvedVersion versions { version status submittedBy decidedBy } }'
    expect(await run(maker, 'approveCommissionPlan', 'CommissionPlanPayload', approve, take)).toMatchObject({
      code: 'segregation-of-duties',
    })
    expect(await run(checker, 'approveCommissionPlan', 'CommissionPlanPayload', approve, take)).toEqual({
      commissionPlan: {
        approvedVersion: 1,
        versions: [{ version: 1, status: 'APPROVED', submittedBy: 'maker', decidedBy: 'checker' }],
      },
    })
  })

  test('another approves: a month', async () => {
    const period = '2024-01'
    const setting = { zone: 'Asia/Shanghai', currency: 'CNY', firstPeriod: period }
    expect(await run(maker, 'openLedger', 'LedgerPayload', setting, 'ledger { currency periods { period } }')).toEqual({
      ledger: { currency: 'CNY', periods: [] },
    })
    const cutOff = await run(maker, 'cutOffPeriod', 'PeriodPayload', { period }, 'period { stage seal }')
    expect(cutOff).toEqual({ period: { stage: 'CUT_OFF', seal: null } })
    const content = 'period { statements lines total linesRoot }'
    const prepared = await run(maker, 'preparePeriod', 'PeriodPayload', { period }, content)
    const { linesRoot } = prepared.period
    expect(prepared.period).toEqual({
      statements: 0,
      lines: 0,
      total: 0,
      linesRoot: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    expect(await run(maker, 'preparePeriod', 'PeriodPayload', { period }, content)).toEqual(prepared)
    const approve = { period, linesRoot }
    expect(await run(checker, 'closePeriod', 'PeriodPayload', { period })).toMatchObject({ code: 'not-approved' })
    expect(await run(maker, 'approvePeriod', 'PeriodPayload', approve)).toMatchObject({ code: 'segregation-of-duties' })
    const take = 'period { stage linesRoot steps { stage actorId } }'
    expect((await run(checker, 'approvePeriod', 'PeriodPayload', approve, take)).period).toEqual({
      stage: 'APPROVED',
      linesRoot,
      steps: [
        { stage: 'CUT_OFF', actorId: 'maker' },
        { stage: 'PREPARED', actorId: 'maker' },
        { stage: 'APPROVED', actorId: 'checker' },
      ],
    })
    expect(await run(maker, 'closePeriod', 'PeriodPayload', { period })).toMatchObject({
      code: 'segregation-of-duties',
    })
    const closed = await run(checker, 'closePeriod', 'PeriodPayload', { period }, 'period { stage seal previousSeal }')
    expect(closed.period).toEqual({
      stage: 'CLOSED',
      seal: expect.stringMatching(/^[0-9a-f]{64}$/),
      previousSeal: null,
    })
  })
})
