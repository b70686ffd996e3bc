import { randomBytes } from 'node:crypto'
import { openPostgresEventLog } from '@headwater/infra/event-log'
import { openKeyVault } from '@headwater/infra/keys'
import type { EventLog, KeyVault } from '@headwater/infra/ports'
import { freshDatabase, type TestDatabase } from '@headwater/infra/testing'
import { type DomainEvent, FORGOTTEN, type RecordedEvent } from '@headwater/schema'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Projection } from './engine/projection.ts'
import { liveCheckpoint } from './engine/setup.ts'
import {
  catchUp,
  dealsModel,
  dumpTables,
  duplicateLookup,
  duplicatesOfLead,
  funnel,
  InvalidCursor,
  leadById,
  leadQualityOverlap,
  leadsByIds,
  leadsModel,
  listDeals,
  listLeads,
  openContacts,
  readModels,
  rebuild,
  type Sources,
  touchesOfLead,
} from './index.ts'
import { organisation, setting, story, tell } from './testing/deals.ts'
import { type Fact, record } from './testing/facts.ts'
import { recorded } from './testing/fold.ts'

const viewer = { id: 'spec', role: 'headquarters' }
let db: TestDatabase
let log: EventLog
let vault: KeyVault
let sources: Sources

beforeEach(async () => {
  db = await freshDatabase()
  log = await openPostgresEventLog(db)
  vault = await openKeyVault(db, { masterKey: randomBytes(32) })
  sources = { db, log, vault }
})
afterEach(async () => {
  await log.close()
  await db.drop()
})

const on = (day: number) => `2026-03-${String(day).padStart(2, '0')}T01:00:00.000Z`
const about = (leadId: string, day: number, event: DomainEvent): Fact => ({
  stream: `lead-${leadId}`,
  at: on(day),
  event,
})

function captured(
  leadId: string,
  day: number,
  { phone, organisation, channel = 'web' }: { phone?: string; organisation?: string; channel?: string | null } = {},
) {
  const tags = { type: 'retail', region: 'north', firstContactChannel: 'web' }
  const contact = phone && { subject: `person-of-${leadId}`, name: `Name of ${leadId}`, phone }
  return about(leadId, day, {
    type: 'LeadCaptured',
    data: { leadId, tags, source: { channel }, ...(contact && { contact }), ...(organisation && { organisation }) },
  })
}

let writes = 0
async function write(...facts: readonly Fact[]): Promise<void> {
  const subjects = facts.flatMap(({ event }) =>
    'contact' in event.data && event.data.contact ? [event.data.contact.subject] : [],
  )
  await record(log, `write ${writes++}`, facts, { keys: await vault.obtain(subjects) })
  await catchUp(sources, readModels)
}

const dumpAll = async () =>
  Object.fromEntries(await Promise.all(readModels.map(async (model) => [model.name, await dumpTables(db, model)])))

test('rows asked for by several at the same time: each gets its own, and what is unknown is absent', async () => {
  await write(captured('a', 1), captured('b', 1))
  const asked = [['a', 'nobody', 'a'], ['b', 'a'], [], ['nobody']]
  const found = await Promise.all(asked.map((ids) => leadsByIds(db, viewer, ids)))
  expect(found.map((rows) => rows.map(({ leadId }) => leadId))).toEqual([['a'], ['b', 'a'], [], []])
})

describe('cases', () => {
  test('may arrive in any order: the tables are the same', async () => {
    await write(...setting('p'), ...organisation())
    const project = async (events: readonly RecordedEvent[], size: number) => {
      await db.pool.query('truncate read.deals, read.stage_visits, read.deal_blocks')
      await db.pool.query(`update read.checkpoints set position = null where model = 'deals'`)
      const projection = new Projection(sources, dealsModel, await liveCheckpoint(db, dealsModel), '')
      for (let i = 0; i < events.length; i += size) {
        const batch = events
          .slice(i, i + size)
          .map((event, j) => ({ ...event, position: String(i + j + 1).padStart(16, '0') as typeof event.position }))
        await projection.apply(batch, batch.at(-1)!.position)
      }
      return dumpTables(db, dealsModel)
    }
    await fc.assert(
      fc.asyncProperty(
        fc.array(story, { minLength: 2, maxLength: 8, size: 'max' }),
        fc.infiniteStream(fc.nat()),
        fc.integer({ min: 1, max: 40 }),
        async (stories, dice, size) => {
          const events = recorded(stories.flatMap((each, i) => tell(`d${i}`, 'p', each)))
          expect(await project(shuffled(events, dice), size)).toEqual(await project(events, 1_000))
        },
      ),
      { numRuns: 30 },
    )
  })
})

/** Another interleaving: each stream keeps its order. */
function shuffled(events: readonly RecordedEvent[], dice: Iterator<number>): RecordedEvent[] {
  const streams = [...new Set(events.map(({ stream }) => stream))]
  const queues = streams.map((stream) => events.filter((event) => event.stream === stream))
  const result: RecordedEvent[] = []
  while (queues.length > 0) {
    const at = dice.next().value % queues.length
    result.push(queues[at]!.shift()!)
    if (queues[at]!.length === 0) queues.splice(at, 1)
  }
  return result
}

describe('duplicates', () => {
  test('are found by phone and by organisation, however written', async () => {
    await write(
      captured('a', 1, { phone: '138 0013 8000' }),
      captured('b', 2, { phone: '+86-13800138000', organisation: 'ACME Co., Ltd.' }),
      captured('c', 3, { organisation: 'acme' }),
      captured('d', 4, { phone: '13900139000', organisation: 'Other' }),
    )
    const question = { phone: '0086 138 0013 8000', organisation: 'Acme Inc.' }
    expect(await duplicateLookup(db, vault).findDuplicates(question)).toEqual([
      { leadId: 'a', on: 'phone' },
      { leadId: 'b', on: 'phone' },
      { leadId: 'b', on: 'organisation' },
      { leadId: 'c', on: 'organisation' },
    ])
    expect(await duplicateLookup(db, vault).findDuplicates({ ...question, exceptLeadId: 'b' })).toMatchObject([
      { leadId: 'a' },
      { leadId: 'c' },
    ])
    expect(await duplicateLookup(db, vault).findDuplicates({ phone: 'none' })).toEqual([])
    expect((await duplicatesOfLead(db, viewer, 'b')).map(({ lead, on }) => [lead.leadId, on])).toEqual([
      ['a', ['phone']],
      ['c', ['organisation']],
    ])
  })

  test('merged are no duplicates any more, and their touches are shown with the survivor', async () => {
    await write(
      captured('a', 1, { phone: '13800138000' }),
      captured('b', 3, { phone: '13800138000' }),
      captured('c', 4, { phone: '13800138000' }),
      about('a', 5, { type: 'LeadTouched', data: { touchId: 't', direction: 'outbound', channel: 'phone' } }),
      about('c', 6, { type: 'LeadMerged', data: { intoLeadId: 'b' } }),
      about('b', 7, { type: 'LeadMerged', data: { intoLeadId: 'a' } }),
    )
    expect(await duplicatesOfLead(db, viewer, 'a')).toEqual([])
    expect((await touchesOfLead(db, viewer, 'a')).map(({ leadId, occurredAt }) => [leadId, occurredAt])).toEqual([
      ['a', on(1)],
      ['b', on(3)],
      ['c', on(4)],
      ['a', on(5)],
    ])
  })
})

test('the overlap of both judgements is reported by channel, blank ones too', async () => {
  const valid: DomainEvent = { type: 'LeadMarkedValid', data: {} }
  const qualified: DomainEvent = { type: 'LeadQualified', data: {} }
  await write(
    captured('a', 1),
    about('a', 2, valid),
    about('a', 2, qualified),
    captured('b', 1),
    about('b', 2, valid),
    captured('c', 1),
    captured('d', 1, { channel: null }),
    about('d', 2, qualified),
  )
  const none = { valid: 0, convertible: 0, both: 0, onlyValid: 0, onlyConvertible: 0, neither: 0 }
  expect(await leadQualityOverlap(db, viewer)).toEqual([
    { ...none, channel: 'web', leads: 3, valid: 2, convertible: 1, both: 1, onlyValid: 1, neither: 1, overlap: 0.5 },
    { ...none, channel: null, leads: 1, convertible: 1, onlyConvertible: 1, overlap: 0 },
  ])
})

test('pages of a list neither repeat nor lose an item while others come', async () => {
  await write(...Array.from({ length: 25 }, (_, i) => captured(`p${i}`, 1 + (i % 3))))
  const seen: string[] = []
  let after: string | undefined
  do {
    const page = await listLeads(db, viewer, { channel: 'web' }, { first: 4, ...(after && { after }) })
    seen.push(...page.edges.map(({ node }) => node.leadId))
    after = page.hasNextPage ? page.edges.at(-1)!.cursor : undefined
    if (seen.length === 8) await write(captured('newest', 9), captured('oldest', 1))
  } while (after)
  expect(seen).toHaveLength(26)
  expect(new Set(seen).size).toBe(26)
  await expect(listDeals(db, viewer, {}, { after: 'nonsense' })).rejects.toThrow(InvalidCursor)
})

test('forgetting a person takes the blind index away and moves no statistics; a rebuild gives the same tables', async () => {
  await write(...setting('p'), ...organisation())
  await write(
    captured('a', 1, { phone: '13800138000' }),
    captured('b', 2, { phone: '13800138000' }),
    about('a', 3, { type: 'LeadQualified', data: {} }),
  )
  const statistics = async () => [
    await leadQualityOverlap(db, viewer),
    await funnel(db, viewer, { playbook: { id: 'p' }, asOf: { businessTime: on(20) } }),
  ]
  const before = await statistics()
  const contact = (await leadById(db, viewer, 'a'))!.contact!
  expect(await openContacts(vault, [contact])).toMatchObject([{ name: 'Name of a', phone: '13800138000' }])
  expect(JSON.stringify(await dumpAll())).not.toMatch(/Name of|13800138000/)

  await vault.destroy('person-of-a')
  await write({
    stream: 'person-person-of-a',
    at: on(4),
    event: { type: 'PersonForgotten', data: { subject: 'person-of-a', reason: 'asked' } },
  })

  expect(await duplicateLookup(db, vault).findDuplicates({ phone: '13800138000' })).toEqual([
    { leadId: 'b', on: 'phone' },
  ])
  expect(await openContacts(vault, [contact])).toEqual([{ subject: 'person-of-a', name: FORGOTTEN, phone: FORGOTTEN }])
  expect(await statistics()).toEqual(before)
  const live = await dumpAll()
  for (const model of readModels) await rebuild(sources, model)
  expect(await dumpAll()).toEqual(live)
  expect(live.leads).toHaveProperty(leadsModel.parts.identities.name, [['b', 'phone', expect.any(String)]])
})
