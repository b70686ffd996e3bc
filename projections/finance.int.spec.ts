// From finance's events to the facts that commission is worked out from, on a real database.
import type { EventLog } from '@headwater/infra/ports'
import { type FreshLog, freshLog, type TestDatabase } from '@headwater/infra/testing'
import { CommissionPlanDefinition, type DomainEvent, type Position } from '@headwater/schema'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  catchUp,
  contractsByIds,
  dumpTables,
  listCommissionPlans,
  listContracts,
  listPeriods,
  paymentsOfContracts,
  readCommonFacts,
  readCustomerFacts,
  readModels,
  rebuild,
  theLedger,
  versionsOfCommissionPlans,
  type WhichCustomers,
} from './index.ts'
import { type Fact, record } from './testing/facts.ts'

const viewer = { id: 'spec', role: 'headquarters' }
let db: TestDatabase
let log: EventLog
let sources: FreshLog

beforeEach(async () => {
  sources = await freshLog()
  ;({ db, log } = sources)
})
afterEach(() => sources.drop())

const on = (day: number) => `2026-03-${String(day).padStart(2, '0')}T01:00:00.000Z`
const fact = (stream: string, day: number, event: DomainEvent): Fact => ({ stream, at: on(day), event })

let writes = 0
/** The position of the last one. */
async function write(...facts: readonly Fact[]): Promise<Position> {
  await record(log, `finance ${writes++}`, facts)
  await catchUp(sources, readModels)
  let head: Position | undefined
  for await (const batch of log.readAll()) head = batch.events.at(-1)?.position ?? head
  return head!
}

const registered = (customerId: string) =>
  fact(`customer-${customerId}`, 1, { type: 'CustomerRegistered', data: { customerId, caseId: customerId } })
const owned = (customerId: string, day: number, repId: string, previousRepId?: string) =>
  fact(`customer-${customerId}`, day, {
    type: 'CustomerOwnerAssigned',
    data: { repId, storeId: 's-1', ...(previousRepId && { previousRepId }) },
  })
const signed = (contractId: string, customerId: string, repId = 'rep-1') =>
  fact(`contract-${contractId}`, 2, {
    type: 'ContractSigned',
    data: {
      ...{ contractId, customerId, caseId: customerId, repId, storeId: 's-1', currency: 'CNY' },
      lines: [
        { lineId: 'a', productLine: 'kitchen', amount: 600 },
        { lineId: 'b', productLine: 'bath', amount: 400 },
      ],
      term: { from: '2026-03-01', to: '2027-02-28' },
    },
  })
const received = (contractId: string, day: number, paymentId: string, a: number, unallocated = 0) =>
  fact(`contract-${contractId}`, day, {
    type: 'PaymentReceived',
    data: {
      ...{ paymentId, amount: a + unallocated, rule: 'in-order', unallocated },
      allocations: [{ lineId: 'a', amount: a }],
    },
  })
const story = (contractId: string, day: number, event: DomainEvent) => fact(`contract-${contractId}`, day, event)

async function facts(upTo: Position, which?: WhichCustomers) {
  const found = []
  for await (const some of readCustomerFacts(db.pool, upTo, which)) found.push(...some)
  return found
}

describe('a contract', () => {
  test('shows what is paid, and keeps each fact with its place in the log', async () => {
    await write(
      registered('cu-1'),
      owned('cu-1', 1, 'rep-1'),
      signed('k-1', 'cu-1'),
      received('k-1', 3, 'p-1', 300, 200),
    )
    const before = await write(
      story('k-1', 4, {
        type: 'PaymentAllocated',
        data: { paymentId: 'p-1', rule: 'explicit', allocations: [{ lineId: 'b', amount: 150 }], unallocated: 50 },
      }),
    )
    const head = await write(
      story('k-1', 5, {
        type: 'PaymentRefunded',
        data: {
          ...{ paymentId: 'p-1', refundId: 'r-1', amount: 90, fromUnallocated: 50, reason: 'complaint' },
          allocations: [{ lineId: 'a', amount: 40 }],
        },
      }),
      story('k-1', 6, { type: 'ContractCreditsChanged', data: { credits: [{ repId: 'rep-2', share: '1' }] } }),
      story('k-1', 6, { type: 'ContractMilestoneReached', data: { milestone: 'accepted' } }),
      story('k-1', 7, { type: 'ContractCancelled', data: { reason: 'moved away' } }),
      story('k-1', 8, {
        type: 'PaymentReversed',
        data: {
          ...{ paymentId: 'p-1', amount: 410, fromUnallocated: 0, reason: 'bounced' },
          allocations: [
            { lineId: 'a', amount: 260 },
            { lineId: 'b', amount: 150 },
          ],
        },
      }),
    )
    expect((await contractsByIds(db, viewer, ['k-1']))[0]).toMatchObject({
      ...{
        status: 'cancelled',
        amount: 1000,
        paid: 0,
        unallocated: 0,
        revision: 7,
        milestones: [{ milestone: 'accepted' }],
      },
      lines: [
        { lineId: 'a', paid: 0 },
        { lineId: 'b', paid: 0 },
      ],
    })
    expect(await paymentsOfContracts(db, viewer, ['k-1'])).toMatchObject([
      {
        paymentId: 'p-1',
        returnedAmount: 500,
        unallocated: 0,
        reversed: true,
        returned: [{ kind: 'refund' }, { kind: 'reversal' }],
      },
    ])

    const [then] = await facts(before)
    expect(then).toMatchObject({ customerId: 'cu-1', owners: [{ repId: 'rep-1', occurredAt: on(1) }] })
    expect(then!.contracts).toMatchObject([
      {
        ...{ contractId: 'k-1', creditsChanged: [], milestones: [] },
        payments: [{ paymentId: 'p-1', allocated: [{ position: before, rule: 'explicit' }], returned: [] }],
      },
    ])
    expect(then!.contracts[0]).not.toHaveProperty('cancelled')
    const [now] = await facts(head)
    expect(now!.contracts).toMatchObject([
      {
        creditsChanged: [{ credits: [{ repId: 'rep-2' }] }],
        milestones: [{ milestone: 'accepted', occurredAt: on(6) }],
        cancelled: { occurredAt: on(7) },
        payments: [
          {
            returned: [
              { refundId: 'r-1', amount: 90 },
              { kind: 'reversal', position: head },
            ],
          },
        ],
      },
    ])
  })

  test('is read with its customer, in order, and for whoever may be credited', async () => {
    const head = await write(
      ...['cu-2', 'cu-10', 'Cu-3', 'cu-4'].map(registered),
      signed('k-1', 'cu-2'),
      signed('k-2', 'cu-10', 'rep-2'),
      signed('k-3', 'Cu-3', 'rep-3'),
      signed('k-4', 'cu-2', 'rep-2'),
      owned('Cu-3', 3, 'rep-1'),
      owned('Cu-3', 4, 'rep-4', 'rep-1'),
      owned('cu-4', 4, 'rep-1'),
      story('k-2', 5, { type: 'ContractCreditsChanged', data: { credits: [{ repId: 'rep-5', share: '1' }] } }),
    )
    const ids = async (which?: WhichCustomers) => (await facts(head, which)).map(({ customerId }) => customerId)
    expect(await ids()).toEqual(['Cu-3', 'cu-10', 'cu-2'])
    expect(await ids({ customerIds: ['cu-2', 'cu-4', 'nobody'] })).toEqual(['cu-2'])
    expect(await ids({ repIds: ['rep-1'] })).toEqual(['Cu-3', 'cu-2'])
    expect(await ids({ repIds: ['rep-5'] })).toEqual(['cu-10'])
    expect((await facts(head, { repIds: ['rep-2'] })).map(({ contracts }) => contracts.length)).toEqual([1, 2])
    const page = await listContracts(db, viewer, { customerId: 'cu-2' })
    expect(page.edges.map(({ node }) => node.contractId)).toEqual(['k-4', 'k-1'])
  })
})

describe('what all customers have in common', () => {
  const definition = CommissionPlanDefinition.parse({
    name: { 'zh-CN': '基础', en: 'Base' },
    currency: 'CNY',
    zone: 'Asia/Shanghai',
    effective: { from: '2026-01-01' },
    rules: [{ id: 'base', kind: 'flat', rate: '0.05' }],
  })
  const plan = (day: number, event: DomainEvent) => fact('plan-base', day, event)
  const ledger = (day: number, event: DomainEvent) => fact('ledger-main', day, event)
  const period = '2026-02'
  const root = '1'.repeat(64)
  const content = { period, statements: 0, lines: 0, total: 0, linesRoot: root, log: { size: 1, root } }
  const opened = ledger(1, {
    type: 'LedgerOpened',
    data: { zone: 'Asia/Shanghai', currency: 'CNY', firstPeriod: period },
  })

  test('are approved plans, and months closed with their last cut-off', async () => {
    const before = await write(
      plan(1, { type: 'CommissionPlanSubmitted', data: { planId: 'base', version: 1, definition } }),
    )
    expect(await readCommonFacts(db.pool, before)).toBeUndefined()
    const approval = await write(
      opened,
      plan(2, { type: 'CommissionPlanApproved', data: { planId: 'base', version: 1 } }),
    )
    await write(
      plan(3, { type: 'CommissionPlanSubmitted', data: { planId: 'base', version: 2, definition } }),
      ledger(4, { type: 'PeriodCutOff', data: { period } }),
      ledger(4, { type: 'PeriodPrepared', data: content }),
      ledger(5, { type: 'PeriodReturned', data: { period, reason: 'a refund is missing' } }),
      plan(5, { type: 'CommissionPlanRejected', data: { planId: 'base', version: 2, reason: 'too much' } }),
    )
    const cutOff = await write(ledger(6, { type: 'PeriodCutOff', data: { period } }))
    await write(
      ledger(6, { type: 'PeriodPrepared', data: content }),
      ledger(7, { type: 'PeriodApproved', data: { period, linesRoot: root } }),
    )
    const head = await write(ledger(7, { type: 'PeriodClosed', data: { ...content, previousSeal: null, seal: root } }))

    const then = await readCommonFacts(db.pool, cutOff)
    expect(then).toMatchObject({ ledger: { currency: 'CNY', firstPeriod: period, closed: [] } })
    expect(then!.plans).toMatchObject([{ planId: 'base', version: 1, position: approval, occurredAt: on(2) }])
    expect((await readCommonFacts(db.pool, before))!.plans).toEqual([])
    expect((await readCommonFacts(db.pool, head))!.ledger.closed).toEqual([{ period, cutOff }])

    expect(await theLedger(db, viewer)).toMatchObject({ ledgerId: 'main', revision: 7 })
    const [month] = await listPeriods(db, viewer)
    expect(month).toMatchObject({ period, stage: 'closed', cutOff, content, seal: root })
    expect(month!.steps.map(({ stage, reason }) => reason ?? stage)).toEqual([
      ...['cut-off', 'prepared', 'a refund is missing', 'cut-off', 'prepared', 'approved', 'closed'],
    ])
    expect(await listCommissionPlans(db, viewer)).toMatchObject([{ latestVersion: 2, approvedVersion: 1 }])
    expect(await versionsOfCommissionPlans(db, viewer, ['base'])).toMatchObject([
      { version: 2, status: 'rejected', reason: 'too much' },
      { version: 1, status: 'approved', definition, decided: { position: approval, actorId: 'spec' } },
    ])
  })

  test('are the reps, where they were, and their certificates; a rebuild gives the same', async () => {
    const rep = (day: number, event: DomainEvent) => fact('organisation-main', day, event)
    const keys = await sources.vault.obtain(['person-1'])
    const hired: DomainEvent = {
      type: 'RepHired',
      data: { repId: 'rep-1', subject: 'person-1', name: '李雷', position: 'rep', storeId: 's-1', superiorId: null },
    }
    await record(log, 'hired', [rep(1, hired)], { keys })
    const certified = { repId: 'rep-1', certificate: 'gold', from: '2026-03-01', until: null }
    const before = await write(opened, rep(2, { type: 'RepCertified', data: certified }))
    const head = await write(
      rep(3, { type: 'RepMoved', data: { repId: 'rep-1', fromStoreId: 's-1', toStoreId: 's-2' } }),
      rep(4, { type: 'RepCertified', data: { ...certified, until: '2026-06-30' } }),
      rep(5, { type: 'RepLeft', data: { repId: 'rep-1' } }),
      signed('k-1', 'cu-1'),
      received('k-1', 3, 'p-1', 300),
    )
    const { reps } = (await readCommonFacts(db.pool, before))!
    expect(reps).toMatchObject([{ repId: 'rep-1', stores: [{ storeId: 's-1' }], certificates: [{ until: null }] }])
    expect(reps[0]).not.toHaveProperty('left')
    expect((await readCommonFacts(db.pool, head))!.reps).toMatchObject([
      {
        stores: [{ storeId: 's-1' }, { storeId: 's-2', occurredAt: on(3) }],
        certificates: [{ certificate: 'gold' }, { until: '2026-06-30', occurredAt: on(4) }],
        left: { occurredAt: on(5) },
      },
    ])
    const dump = async () => Promise.all(readModels.map((model) => dumpTables(db, model)))
    const live = await dump()
    for (const model of readModels) await rebuild(sources, model)
    expect(await dump()).toEqual(live)
  })
})
