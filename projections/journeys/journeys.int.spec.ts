// Touches, links and successes as they were known at any place of the log.
import { randomBytes } from 'node:crypto'
import { openPostgresEventLog } from '@headwater/infra/event-log'
import { openKeyVault } from '@headwater/infra/keys'
import type { EventLog } from '@headwater/infra/ports'
import { freshDatabase, type TestDatabase } from '@headwater/infra/testing'
import type { DomainEvent, Position } from '@headwater/schema'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { catchUp, type JourneyFacts, journeysModel, readJourneyFacts, replay, type Sources } from '../index.ts'
import { type Fact, record } from '../testing/facts.ts'

const viewer = { id: 'spec', role: 'analyst' }
const marks = ['lead', 'deal', 'won', 'contract', 'payment'] as const
let db: TestDatabase
let log: EventLog
let sources: Sources

const on = (day: number) => `2026-03-${String(day).padStart(2, '0')}T01:00:00.000Z`
const fact = (stream: string, day: number, event: DomainEvent): Fact => ({ stream, at: on(day), event })
const source = { channel: 'web', campaign: 'spring' }

const story: readonly Fact[] = [
  fact('visitor-v1', 1, {
    type: 'VisitorTouched',
    data: {
      ...{ visitorId: 'v1', touchId: 't1', channel: 'douyin-ads', direct: false, system: 'web' },
      cost: { amount: 350, currency: 'CNY' },
    },
  }),
  fact('lead-L1', 2, {
    type: 'LeadCaptured',
    data: { leadId: 'L1', tags: { type: null, region: null, firstContactChannel: null }, source },
  }),
  fact('lead-L1', 2, { type: 'LeadAssigned', data: { repId: 'R1', storeId: 'S1' } }),
  fact('lead-L1', 3, { type: 'LeadTouched', data: { touchId: 't2', channel: 'call', direction: 'outbound' } }),
  fact('visitor-v1', 3, { type: 'VisitorIdentified', data: { as: 'lead', leadId: 'L1' } }),
  fact('lead-L1', 4, { type: 'LeadConverted', data: { customerId: 'C1', dealId: 'D1' } }),
  fact('deal-D1', 4, {
    type: 'DealOpened',
    data: {
      ...{
        dealId: 'D1',
        caseId: 'L1',
        leadId: 'L1',
        customerId: 'C1',
        stage: 'new',
        repId: 'R1',
        storeId: 'S1',
        source,
      },
      ...{ playbook: { id: 'sales', version: 1 }, value: { amount: 900, currency: 'CNY' } },
    },
  }),
  fact('deal-D1', 5, { type: 'DealActivityLogged', data: { activityId: 'a1', kind: 'visit' } }),
  fact('deal-D1', 6, { type: 'DealWon', data: { stage: 'new' } }),
  fact('contract-K1', 6, {
    type: 'ContractSigned',
    data: {
      ...{
        contractId: 'K1',
        customerId: 'C1',
        caseId: 'L1',
        dealId: 'D1',
        repId: 'R1',
        storeId: 'S1',
        currency: 'CNY',
      },
      lines: [{ lineId: 'a', productLine: 'kitchen', amount: 880 }],
      term: { from: '2026-03-06', to: '2027-03-05' },
    },
  }),
  fact('contract-K1', 7, {
    type: 'PaymentReceived',
    data: { paymentId: 'P1', amount: 500, rule: 'in-order', allocations: [], unallocated: 500 },
  }),
  fact('contract-K1', 8, {
    type: 'PaymentRefunded',
    data: { paymentId: 'P1', refundId: 'B1', amount: 200, allocations: [], fromUnallocated: 200, reason: 'damaged' },
  }),
  fact('deal-D1', 9, { type: 'DealReopened', data: { stage: 'new', reason: 'changed' } }),
]

beforeAll(async () => {
  db = await freshDatabase()
  log = await openPostgresEventLog(db)
  sources = { db, log, vault: await openKeyVault(db, { masterKey: randomBytes(32) }) }
  await record(log, 'journeys', story)
  await catchUp(sources, [journeysModel])
})
afterAll(async () => {
  await log.close()
  await db.drop()
})

async function positions(): Promise<Position[]> {
  const all: Position[] = []
  for await (const { events } of log.readAll()) all.push(...events.map(({ position }) => position))
  return all
}

test('every fact is a row of its own, by pseudonym', async () => {
  const facts = await readJourneyFacts(db, viewer, { upTo: (await positions()).at(-1)!, marks })
  expect(facts.touches.map(({ touchId: _, ...touch }) => touch)).toMatchObject([
    { person: 'visitor/v1', channel: 'douyin-ads', cost: 350, costCurrency: 'CNY', system: 'web', repId: null },
    { person: 'lead/L1', channel: 'web', campaign: 'spring', cost: null, repId: null },
    { person: 'lead/L1', channel: 'call', repId: 'R1' },
    { person: 'customer/C1', channel: 'visit', system: 'field', repId: 'R1' },
  ])
  expect(facts.links.map(({ person, samePerson }) => [person, samePerson])).toEqual([
    ['visitor/v1', 'lead/L1'],
    ['lead/L1', 'customer/C1'],
    ['customer/C1', 'lead/L1'],
  ])
  expect(facts.marks.map(({ mark, markId, person, count, amount }) => [mark, markId, person, count, amount])).toEqual([
    ['lead', 'L1', 'lead/L1', 1, null],
    ['deal', 'D1', 'customer/C1', 1, null],
    ['won', 'D1', 'customer/C1', 1, 900],
    ['contract', 'K1', 'customer/C1', 1, 880],
    ['payment', 'K1/P1', 'customer/C1', 1, 500],
    ['payment', 'K1/P1', 'customer/C1', 0, -200],
    ['won', 'D1', 'customer/C1', -1, -900],
  ])
})

test('what was known at a place of the log is what a replay to it holds', async () => {
  const all = await positions()
  for (const upTo of [all[0]!, all[4]!, all[8]!, all.at(-1)!]) {
    await replay(sources, journeysModel, { name: 'then', until: { position: upTo }, replace: true })
    const known = await readJourneyFacts(db, viewer, { upTo, marks })
    for (const part of ['touches', 'links', 'marks'] as const) {
      const { rows } = await db.pool.query(`select position from replay_then.journey_${part} order by position`)
      expect(known[part].map(({ position }) => position).sort(), part).toEqual(rows.map(({ position }) => position))
    }
  }
})

test('touches are found by their business time as well', async () => {
  const upTo = (await positions()).at(-1)!
  const channels = ({ touches }: JourneyFacts) => touches.map(({ channel }) => channel)
  const between = { upTo, marks, touchesFrom: on(2), touchesTo: on(5) }
  expect(channels(await readJourneyFacts(db, viewer, between))).toEqual(['web', 'call'])
})
