// A rep's commission over HTTP: at once after a payment, exact, explained, and for nobody whom it does not concern.
import { freshDatabase, type TestDatabase } from '@headwater/infra/testing'
import { localDate } from '@headwater/schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Ask, run, startTestApi, type TestApi } from './testing.ts'

let database: TestDatabase
let api: TestApi
let rep: Ask
let maker: Ask
const today = localDate(Date.now(), 'Asia/Shanghai')
const period = today.slice(0, 7)
const yuan = (amount: number) => ({ amount: amount * 100, currency: 'CNY' })

beforeAll(async () => {
  database = await freshDatabase()
  api = await startTestApi(database.url)
  rep = api.as('rep', 'R1')
  maker = api.as('headquarters', 'maker')
  const checker = api.as('headquarters', 'checker')
  await run(maker, 'openRegion', 'RegionPayload', { regionId: 'east', name: 'East' })
  await run(maker, 'openStore', 'StorePayload', { storeId: 'S1', regionId: 'east', name: 'Store 1' })
  for (const repId of ['R1', 'R2'])
    await run(maker, 'hireRep', 'RepPayload', { repId, name: 'Zhang San', storeId: 'S1' })
  await run(rep, 'registerCustomer', 'CustomerPayload', { customerId: 'C1', organisation: '搭贝' })
  await run(maker, 'openLedger', 'LedgerPayload', { zone: 'Asia/Shanghai', currency: 'CNY', firstPeriod: period })
  const rules = {
    marginal: {
      ...{ id: 'tiers', kind: 'tiers', over: 'month', mode: 'marginal' },
      tiers: [
        { from: '0', to: '100000', rate: '0.05' },
        { from: '100000', to: '300000', rate: '0.08' },
        { from: '300000', rate: '0.12' },
      ],
    },
    dividend: { id: 'dividend', kind: 'relationship', year: 'renewals', rates: ['0', '0.01', '0.02'] },
  }
  for (const [planId, rule] of Object.entries(rules)) {
    const definition = {
      ...{ name: { 'zh-CN': '阶梯', en: 'Tiers' }, currency: 'CNY', zone: 'Asia/Shanghai' },
      ...{ effective: { from: `${period}-01` }, rules: [rule] },
    }
    await run(maker, 'submitCommissionPlan', 'CommissionPlanPayload', { planId, definition })
    await run(checker, 'approveCommissionPlan', 'CommissionPlanPayload', { planId, version: 1 })
  }
  await run(rep, 'signContract', 'ContractPayload', {
    ...{ contractId: 'K1', customerId: 'C1', repId: 'R1' },
    lines: [{ lineId: 'a', productLine: 'kitchen', amount: yuan(1_000_000) }],
    term: { from: `${period}-01`, to: new Date(Date.parse(today) + 360 * 86_400_000).toISOString().slice(0, 10) },
  })
})
afterAll(async () => {
  await api.stop()
  await database.drop()
})

interface Written {
  readonly stream: string
  readonly revision: number
}
const pay = (paymentId: string, amount: number): Promise<Written> =>
  run(maker, 'receivePayment', 'ContractPayload', { contractId: 'K1', paymentId, amount: yuan(amount) })

async function accrued({ stream, revision }: Written) {
  const { data, errors } = await rep(
    `query ($atLeast: AtLeast) { commissionAccrual(rep: "R1", atLeast: $atLeast) {
      statement { period status earned { amount } payable { amount } lines { lineId paymentId ruleId amount { amount } } }
      tiers { base { amount } rate next { rate distance { amount } brings { amount } } }
      curve { period total { amount } }
    } }`,
    { atLeast: { stream, revision } },
  )
  expect(errors).toBeUndefined()
  return data.commissionAccrual
}

test('a payment is in the accrual at once, with what is missing to the next tier', async () => {
  expect(await accrued(await pay('p1', 90_000))).toMatchObject({
    statement: { period, status: 'OPEN', earned: { amount: 450_000 }, payable: { amount: 450_000 } },
    tiers: [
      {
        ...{ base: { amount: 9_000_000 }, rate: '0.05' },
        next: { rate: '0.08', distance: { amount: 1_000_000 }, brings: { amount: 50_000 } },
      },
    ],
    curve: [{ period, total: { amount: 450_000 } }],
  })
  expect((await accrued(await pay('p2', 60_000))).statement.earned).toEqual({ amount: 900_000 })
  expect(await accrued(await pay('p3', 250_000))).toMatchObject({
    statement: { earned: { amount: 3_300_000 } },
    tiers: [{ base: { amount: 40_000_000 }, rate: '0.12', next: null }],
  })
})

test('a refund ends the month as if the money had never come', async () => {
  const refund = { contractId: 'K1', paymentId: 'p2', amount: yuan(60_000), reason: 'complaint' }
  const { statement } = await accrued(await run(maker, 'refundPayment', 'ContractPayload', refund))
  expect(statement.earned).toEqual({ amount: 2_580_000 })
})

describe('a line', () => {
  test('explains itself: as a tree that leads to its amount, and in sentences', async () => {
    const { data } = await rep(
      'query ($period: String!) { commissionStatement(rep: "R1", period: $period) { asOf lines { lineId paymentId ruleId amount { amount } } } }',
      { period },
    )
    const { lines, asOf } = data.commissionStatement
    expect(lines).toHaveLength(6)
    const fact = '{ eventId position occurredAt recordedAt }'
    for (const line of lines) {
      const { data, errors } = await rep(
        `query ($id: String!) { commissionLine(id: $id) {
          lineId amount { amount } recomputed { amount }
          zh: sentences(language: ZH_CN) en: sentences(language: EN)
          explanation { ... on CommissionLineExplanation {
            asOf line { lineId } plan { planId version name { en } rule approved ${fact} }
            receipts { contractId paymentId payment ${fact} net { amount } returned { kind amount { amount } fact ${fact} } }
            credited { by facts ${fact} } year { year by contractId }
            steps {
              __typename
              ... on NetStep { allocated returned result }
              ... on TiersStep { mode window from amount exact tiers { from to rate } }
              ... on RateStep { amount rate factors exact }
              ... on RoundStep { reason before exactAmount result }
            }
          } }
        } }`,
        { id: line.lineId },
      )
      expect(errors).toBeUndefined()
      const found = data.commissionLine
      expect(found).toMatchObject({ lineId: line.lineId, amount: line.amount, recomputed: line.amount })
      expect(found.zh).toHaveLength(found.en.length)
      const { explanation } = found
      expect(explanation).toMatchObject({ asOf, line: { lineId: line.lineId }, credited: { by: 'CONTRACT' } })
      if (line.paymentId === 'p3' && line.ruleId === 'tiers') {
        expect(explanation.plan).toMatchObject({ planId: 'marginal', version: 1, rule: { mode: 'marginal' } })
        expect(explanation.receipts).toMatchObject([{ contractId: 'K1', net: { amount: 25_000_000 }, returned: [] }])
        expect(explanation.steps).toEqual([
          { __typename: 'NetStep', allocated: 25_000_000, returned: [], result: 25_000_000 },
          {
            ...{ __typename: 'TiersStep', mode: 'MARGINAL', window: period },
            ...{ from: 9_000_000, amount: 25_000_000, exact: '2130000' },
            tiers: [
              { from: 0, to: 10_000_000, rate: '0.05' },
              { from: 10_000_000, to: 30_000_000, rate: '0.08' },
              { from: 30_000_000, to: null, rate: '0.12' },
            ],
          },
          { __typename: 'RoundStep', reason: 'RUNNING', before: '450000', exactAmount: '2130000', result: 2_130_000 },
        ])
        expect(found.en.join(' ')).toContain('they give 21300.00 more')
        expect(found.zh.join('')).toContain('增加 21300.00')
      }
    }
  })

  test('that is none is an error that says so', async () => {
    const { errors } = await rep('{ commissionLine(id: "plan/R1/nothing") { lineId } }')
    expect(errors![0]!.extensions.code).toBe('BAD_USER_INPUT')
  })
})

test('nobody sees what is not theirs', async () => {
  const ask = (who: Ask) =>
    who('query ($period: String!) { commissionStatement(rep: "R1", period: $period) { rep { key } } }', { period })
  for (const who of [rep, maker, api.as('finance'), api.as('administrator')])
    expect((await ask(who)).data).toEqual({ commissionStatement: { rep: { key: 'R1' } } })
  for (const who of [api.as('service'), api.as('analyst')])
    expect((await ask(who)).errors![0]!.extensions.code).toBe('FORBIDDEN')
  for (const who of [api.as('rep', 'R2'), api.as('store-manager', 'R2'), api.as('regional-manager', 'M9')])
    expect((await ask(who)).errors![0]).toMatchObject({
      ...{ message: 'There is no rep "R1".', extensions: { code: 'BAD_USER_INPUT' } },
    })
  const everybody = `query ($period: String!) { commissionStatements(period: $period, first: 1) {
    edges { node { rep { key } earned { amount } } } pageInfo { hasNextPage } } }`
  expect((await api.as('analyst')(everybody, { period })).errors![0]!.extensions.code).toBe('FORBIDDEN')
  expect((await rep(everybody, { period })).data.commissionStatements).toMatchObject({
    edges: [{ node: { rep: { key: 'R1' } } }],
    pageInfo: { hasNextPage: false },
  })
  expect((await maker(everybody, { period })).data.commissionStatements).toEqual({
    edges: [{ node: { rep: { key: 'R1' }, earned: { amount: 2_580_000 } } }],
    pageInfo: { hasNextPage: true },
  })
  const { errors } = await maker('{ commissionStatement(rep: "R1", period: "2001-01") { period } }')
  expect(errors![0]!.message).toMatch('"2001-01" is not a month of the ledger')
})

test('what is coming names the probability and what it takes for granted', async () => {
  const { data } = await rep(`{ incomeForecast(rep: "R1") {
    renewal { probability low high contracts renewed graceMonths } assumption { zhCN en }
    years { from ifAllRenew { amount } expected { amount } high { amount } } } }`)
  const { renewal, assumption, years } = data.incomeForecast
  expect(renewal).toEqual({ probability: '0', low: '0', high: '1', contracts: 0, renewed: 0, graceMonths: 3 })
  expect(assumption.en).toContain('0 contracts of this organisation')
  expect(assumption.zhCN).toContain('3 个月')
  // The term ends within a year: the first renewal brings 1 % of 1,000,000.00, each later one 2 %.
  expect(years.map((year: { ifAllRenew: object }) => year.ifAllRenew)).toEqual(
    [1_000_000, 2_000_000, 2_000_000].map((amount) => ({ amount })),
  )
  expect(years.map((year: { expected: object }) => year.expected)).toEqual([0, 0, 0].map((amount) => ({ amount })))
})
