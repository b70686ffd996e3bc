// A rep's commission out of the read models of a real database: the same as worked out from everybody's facts.
import { randomBytes } from 'node:crypto'
import { openPostgresEventLog } from '@headwater/infra/event-log'
import { openKeyVault } from '@headwater/infra/keys'
import type { EventLog } from '@headwater/infra/ports'
import { freshDatabase, type TestDatabase } from '@headwater/infra/testing'
import { CommissionPlanDefinition, type DomainEvent } from '@headwater/schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  book,
  catchUp,
  eachStatement,
  explainLine,
  forecastOf,
  IncomeHidden,
  LedgerNotOpen,
  listPeriods,
  listStatements,
  openStatement,
  type RepStatement,
  readCheckpoints,
  readCommonFacts,
  readCustomerFacts,
  readModels,
  type Sources,
  statementOf,
  UnknownLine,
  UnknownPeriod,
  UnknownRep,
} from '../index.ts'
import { type Fact, record } from '../testing/facts.ts'

const viewer = { id: 'spec', role: 'finance' }
const now = '2026-04-20T01:00:00.000Z'
let db: TestDatabase
let log: EventLog
let sources: Sources

const at = (date: string) => `${date}T01:00:00.000Z`
const fact = (stream: string, date: string, event: DomainEvent): Fact => ({ stream, at: at(date), event })
const plan = (planId: string, more: object): Fact[] => {
  const definition = CommissionPlanDefinition.parse({
    ...{ name: { 'zh-CN': '方案', en: 'Plan' }, currency: 'CNY', zone: 'Asia/Shanghai' },
    ...{ effective: { from: '2026-01-01' }, ...more },
  })
  return [
    fact(`plan-${planId}`, '2026-01-01', { type: 'CommissionPlanSubmitted', data: { planId, version: 1, definition } }),
    fact(`plan-${planId}`, '2026-01-02', { type: 'CommissionPlanApproved', data: { planId, version: 1 } }),
  ]
}
const signed = (contractId: string, customerId: string, repId: string, storeId: string): Fact[] => [
  fact(`customer-${customerId}`, '2026-01-01', {
    type: 'CustomerRegistered',
    data: { customerId, caseId: customerId },
  }),
  fact(`contract-${contractId}`, '2026-01-02', {
    type: 'ContractSigned',
    data: {
      ...{ contractId, customerId, caseId: customerId, repId, storeId, currency: 'CNY' },
      lines: [{ lineId: 'a', productLine: 'kitchen', amount: 10_000_000 }],
      term: { from: '2026-01-02', to: '2027-01-01' },
    },
  }),
]
const paid = (contractId: string, paymentId: string, date: string, amount: number) =>
  fact(`contract-${contractId}`, date, {
    type: 'PaymentReceived',
    data: { paymentId, amount, rule: 'in-order', unallocated: 0, allocations: [{ lineId: 'a', amount }] },
  })
const refunded = (contractId: string, paymentId: string, date: string, amount: number) =>
  fact(`contract-${contractId}`, date, {
    type: 'PaymentRefunded',
    data: {
      ...{ paymentId, refundId: `r-${paymentId}`, amount, fromUnallocated: 0, reason: 'complaint' },
      allocations: [{ lineId: 'a', amount }],
    },
  })
const ledger = (date: string, event: DomainEvent) => fact('ledger-main', date, event)
const cutOff = (date: string, period: string) => ledger(date, { type: 'PeriodCutOff', data: { period } })
const root = '1'.repeat(64)
function closed(date: string, period: string): Fact[] {
  const content = { period, statements: 0, lines: 0, total: 0, linesRoot: root, log: { size: 1, root } }
  return [
    ledger(date, { type: 'PeriodPrepared', data: content }),
    ledger(date, { type: 'PeriodApproved', data: { period, linesRoot: root } }),
    ledger(date, { type: 'PeriodClosed', data: { ...content, previousSeal: null, seal: root } }),
  ]
}
const tiers = [
  { from: '0', to: '1000', rate: '0.05' },
  { from: '1000', to: '3000', rate: '0.08' },
  { from: '3000', rate: '0.12' },
]
const members = [
  { repId: 'rep-1', share: '0.5' },
  { repId: 'rep-3', share: '0.5' },
]

/** January is closed, February cut off; a refund of January came after the first, one of February after the second. */
const story: Fact[] = [
  ledger('2026-01-01', {
    type: 'LedgerOpened',
    data: { zone: 'Asia/Shanghai', currency: 'CNY', firstPeriod: '2026-01' },
  }),
  ...plan('tiers', { rules: [{ id: 'tiers', kind: 'tiers', over: 'month', mode: 'marginal', tiers }] }),
  ...plan('team', { pools: [{ id: 'team', rate: '0.01', stores: ['s-2'], members }], rules: [] }),
  ...signed('k-1', 'c-1', 'rep-1', 's-1'),
  ...signed('k-2', 'c-2', 'rep-2', 's-2'),
  fact('customer-c-2', '2026-02-10', {
    type: 'CustomerOwnerAssigned',
    data: { repId: 'rep-1', storeId: 's-1', previousRepId: 'rep-2' },
  }),
  paid('k-1', 'p-1', '2026-01-10', 90_000),
  paid('k-2', 'p-2', '2026-01-20', 60_001),
  cutOff('2026-02-01', '2026-01'),
  ...closed('2026-02-02', '2026-01'),
  refunded('k-1', 'p-1', '2026-02-05', 30_000),
  paid('k-1', 'p-3', '2026-02-12', 70_007),
  paid('k-2', 'p-4', '2026-02-13', 150_000),
  cutOff('2026-03-01', '2026-02'),
  refunded('k-2', 'p-4', '2026-03-02', 50_000),
  paid('k-1', 'p-5', '2026-04-19', 40_000),
]

beforeAll(async () => {
  db = await freshDatabase()
  log = await openPostgresEventLog(db)
  sources = { db, log, vault: await openKeyVault(db, { masterKey: randomBytes(32) }) }
  await catchUp(sources, readModels)
  await expect(openStatement(db, viewer, { repId: 'rep-1', now })).rejects.toThrow(LedgerNotOpen)
  const keys = await sources.vault.obtain(['P1', 'P2', 'P3'])
  const reps = ['1', '2', '3'].map((n) =>
    fact('organisation-main', '2026-01-01', {
      type: 'RepHired',
      data: {
        ...{ repId: `rep-${n}`, subject: `P${n}`, name: '李雷', position: 'rep', superiorId: null },
        storeId: 's-1',
      },
    }),
  )
  await record(log, 'hired', reps, { keys })
  await record(log, 'story', story)
  await catchUp(sources, readModels)
})
afterAll(async () => {
  await log.close()
  await db.drop()
})

/** All statements, from all facts in memory; February stands as it was cut off. */
async function everything(through: string) {
  const head = (await readCheckpoints(db.pool))
    .flatMap(({ position }) => position ?? [])
    .sort()
    .at(-1)!
  const customers = []
  for await (const some of readCustomerFacts(db.pool, head)) customers.push(...some)
  const common = (await readCommonFacts(db.pool, head))!
  const [{ period, cutOff } = expect.fail()] = await listPeriods(db, viewer)
  const closed = [...common.ledger.closed, { period, cutOff }]
  return book.allStatements({ common: { ...common, ledger: { ...common.ledger, closed } }, customers, head }, through)
}

test('a statement is the same as worked out from everybody’s facts, whatever came after its cut-off', async () => {
  const all = await everything('2026-04')
  const found = []
  for (const period of ['2026-01', '2026-02', '2026-03', '2026-04'])
    for (const repId of ['rep-1', 'rep-2', 'rep-3']) {
      const { statement } = await statementOf(db, viewer, { repId, period, now })
      if (statement.lines.length + statement.adjustments.length > 0) found.push(statement)
    }
  const key = ({ repId, period }: book.Statement) => `${period} ${repId}`
  const some = all.filter(({ lines, adjustments }) => lines.length + adjustments.length > 0)
  expect(found).toEqual(some.toSorted((a, b) => (key(a) < key(b) ? -1 : 1)))
  // January: 90,000 in the first tier; the pool’s 600.01 to the halves.
  expect(found[0]).toMatchObject({ status: 'closed', earned: 4_500 + 300, payable: 4_800 })
  expect(found.map((one) => `${key(one)} ${one.earned} ${one.adjusted}`)).toMatchInlineSnapshot(`
    [
      "2026-01 rep-1 4800 0",
      "2026-01 rep-2 3000 0",
      "2026-01 rep-3 300 0",
      "2026-02 rep-1 15351 -1500",
      "2026-02 rep-3 750 0",
      "2026-03 rep-1 0 -4250",
      "2026-03 rep-3 0 -250",
      "2026-04 rep-1 2000 0",
    ]
  `)
})

test('those of a month come in pages, and one by one, from one snapshot', async () => {
  const asked = { period: '2026-02', now }
  const first = await listStatements(db, viewer, asked, { first: 2 })
  expect(first.hasNextPage).toBe(true)
  const rest = await listStatements(db, viewer, asked, { first: 2, after: first.edges.at(-1)!.cursor })
  const paged = [...first.edges, ...rest.edges].map(({ node }) => node)
  expect(paged.map(({ statement }) => statement.repId)).toEqual(['rep-1', 'rep-2', 'rep-3'])
  const each: RepStatement[] = []
  await eachStatement(db, viewer, asked, (found) => void each.push(found))
  expect(each).toEqual(paged.filter(({ statement }) => each.some((one) => one.statement.repId === statement.repId)))
  expect(each[0]).toMatchObject({ stage: 'cut-off', currency: 'CNY', asOf: each[1]!.asOf })
})

test('the month that it is now tells how far the next tier is', async () => {
  const found = await openStatement(db, viewer, { repId: 'rep-1', now })
  expect(found).toMatchObject({
    stage: undefined,
    statement: { period: '2026-04', status: 'open', earned: 2_000 },
    tiers: [{ planId: 'tiers', base: 40_000, rate: 50_000, next: { distance: 60_000, brings: 3_000, rate: 80_000 } }],
  })
  expect(found.curve.map(({ period }) => period)).toEqual(['2026-01', '2026-02', '2026-03', '2026-04'])
  expect(await openStatement(db, viewer, { repId: 'rep-1', now: at('2026-03-20') })).toMatchObject({
    statement: { period: '2026-03' },
  })
})

test('every line explains itself, and leads to its amount', async () => {
  let lines = 0
  for (const period of ['2026-01', '2026-02', '2026-03', '2026-04'])
    await eachStatement(db, viewer, { period, now }, async ({ statement, asOf }) => {
      for (const line of [...statement.lines, ...statement.adjustments]) {
        const found = await explainLine(db, viewer, { lineId: line.id, now })
        expect(found).toMatchObject({ line, asOf })
        expect(book.recompute(found.explanation)).toBe(line.amount)
        lines++
      }
    })
  expect(lines).toBeGreaterThan(10)
})

test('what is coming stands on the renewals of the whole organisation', async () => {
  const found = await forecastOf(db, viewer, { repId: 'rep-1', now: at('2027-04-02') })
  expect(found).toMatchObject({ renewal: { n: 2, successes: 0, graceMonths: 3 }, from: '2027-04-02', currency: 'CNY' })
  expect((await forecastOf(db, viewer, { repId: 'rep-1', now: at('2027-04-01') })).renewal.n).toBe(0)
})

describe('there is no answer', () => {
  const ask = (repId: string, period: string, who = viewer) => statementOf(db, who, { repId, period, now })

  test('for months and reps and lines that are none', async () => {
    await expect(ask('rep-1', '2025-12')).rejects.toThrow(new UnknownPeriod('2025-12', '2026-01', '2026-04'))
    await expect(ask('rep-1', '2026-05')).rejects.toThrow(UnknownPeriod)
    await expect(ask('rep-1', 'May')).rejects.toThrow(UnknownPeriod)
    await expect(ask('rep-9', '2026-01')).rejects.toThrow(UnknownRep)
    for (const lineId of ['tiers/rep-1/2026-01/rule/tiers/k-1/p-9/a', 'nonsense'])
      await expect(explainLine(db, viewer, { lineId, now })).rejects.toThrow(UnknownLine)
  })

  test('for those whom it does not concern', async () => {
    const rep = { id: 'rep-1', role: 'rep' }
    expect((await ask('rep-1', '2026-01', rep)).statement.repId).toBe('rep-1')
    // Nothing tells a hidden rep, month or line from one that does not exist.
    for (const hidden of ['rep-2', 'rep-9']) {
      for (const period of ['2026-01', '2025-12'])
        await expect(ask(hidden, period, rep)).rejects.toThrow(new UnknownRep(hidden))
      const lineId = `tiers/${hidden}/2026-01/rule/tiers/k-1/p-1/a`
      await expect(explainLine(db, rep, { lineId, now })).rejects.toThrow(new UnknownLine(lineId))
    }
    const { edges } = await listStatements(db, rep, { now })
    expect(edges.map(({ node }) => node.statement.repId)).toEqual(['rep-1'])
    await expect(eachStatement(db, rep, { now }, () => undefined)).rejects.toThrow(IncomeHidden)
    await expect(ask('rep-1', '2026-01', { id: 'rep-1', role: 'analyst' })).rejects.toThrow(IncomeHidden)
  })
})

test('the open month goes on with every fact: as if worked out anew', async () => {
  const same = async () => {
    for (const repId of ['rep-1', 'rep-2', 'rep-3']) {
      const { statement } = await statementOf(db, viewer, { repId, period: '2026-04', now })
      expect((await openStatement(db, viewer, { repId, now })).statement).toEqual(statement)
    }
  }
  await same()
  const signedAgain = signed('k-3', 'c-2', 'rep-2', 's-1').slice(1)
  const later: readonly (readonly Fact[])[] = [
    [paid('k-1', 'p-6', '2026-04-10', 123_457)],
    [refunded('k-1', 'p-3', '2026-04-11', 7)],
    [...signedAgain, paid('k-3', 'p-7', '2026-04-12', 5_000)],
    [
      fact('customer-c-1', '2026-04-01', {
        type: 'CustomerOwnerAssigned',
        data: { repId: 'rep-2', storeId: 's-1' },
      }),
    ],
    plan('more', { rules: [{ id: 'flat', kind: 'flat', rate: '0.033333' }] }),
    closed('2026-04-13', '2026-02'),
  ]
  for (const [n, facts] of later.entries()) {
    await record(log, `later ${n}`, facts)
    await catchUp(sources, readModels)
    await same()
  }
  // A close that is known before what was recorded ahead of it.
  const late = [
    paid('k-1', 'p-8', '2026-03-20', 9_999),
    cutOff('2026-04-14', '2026-03'),
    ...closed('2026-04-14', '2026-03'),
  ]
  await record(log, 'late', late)
  await catchUp(
    sources,
    readModels.filter(({ name }) => name !== 'contracts'),
  )
  await same()
  await catchUp(sources, readModels)
  await same()
  expect((await openStatement(db, viewer, { repId: 'rep-2', now })).statement.lines.length).toBeGreaterThan(3)
})
