// What can be read: lists in pages, links without a query per item, dates, mergers, migrations, and how a funnel is asked.
import { freshDatabase, type TestDatabase } from '@headwater/infra/testing'
import { readModels } from '@headwater/projections'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Ask, run, startTestApi, type TestApi } from './testing.ts'

let database: TestDatabase
let api: TestApi
let chief: Ask
let reader: Ask
const keys = ({ edges }: { edges: { node: { key: string } }[] }) => edges.map(({ node }) => node.key)

beforeAll(async () => {
  database = await freshDatabase()
  api = await startTestApi(database.url)
  chief = api.as('headquarters')
  reader = api.as('analyst')
  const at = (day: string) => ({ occurredAt: `2026-${day}T02:00:00.000Z` })
  const command = (...[mutation, payload, input]: [string, string, object]) => run(chief, mutation, payload, input)
  await command('publishBuiltInPlaybook', 'PlaybookPayload', { playbookId: 'HOME_IMPROVEMENT', ...at('01-01') })
  for (const region of ['east', 'west'])
    await command('openRegion', 'RegionPayload', { regionId: region, name: region, ...at('01-01') })
  for (const [storeId, regionId] of [
    ['S1', 'east'],
    ['S2', 'west'],
  ])
    await command('openStore', 'StorePayload', { storeId, regionId, name: storeId, ...at('01-02') })
  await command('hireRep', 'RepPayload', {
    repId: 'M1',
    name: 'Wang',
    position: 'STORE_MANAGER',
    storeId: 'S1',
    ...at('01-03'),
  })
  await command('hireRep', 'RepPayload', {
    repId: 'R1',
    name: 'Zhang',
    storeId: 'S1',
    superiorId: 'M1',
    ...at('01-03'),
  })
  await command('moveRep', 'RepPayload', { repId: 'R1', toStoreId: 'Store/S2', ...at('03-01') })
  for (let i = 1; i <= 5; i++) {
    await command('captureLead', 'LeadPayload', {
      leadId: `L${i}`,
      contact: { name: `Person ${i}`, phone: i < 3 ? '13800138000' : `1390013900${i}` },
      tags: { type: 'renovation', region: 'east', firstContactChannel: 'wechat' },
      source: { channel: i % 2 ? 'wechat' : 'store-visit' },
      ...at(`01-1${i}`),
    })
    await command('openDeal', 'DealPayload', {
      dealId: `D${i}`,
      leadId: `L${i}`,
      playbook: { id: 'home-improvement' },
      repId: 'R1',
      source: { channel: i % 2 ? 'wechat' : 'store-visit' },
      ...at(`02-1${i}`),
    })
  }
  await command('advanceDeal', 'DealPayload', { dealId: 'D1', ...at('02-16') })
  await command('advanceDeal', 'DealPayload', { dealId: 'D2', ...at('03-02') })
  await command('loseDeal', 'DealPayload', { dealId: 'D3', reason: 'price', ...at('03-03') })
})
afterAll(async () => {
  expect(api.faults).toEqual([])
  await api.stop()
  await database.drop()
})

describe('lists', () => {
  test('a list read page by page is the list', async () => {
    const seen: string[] = []
    for (let after: string | null = null, more = true; more; ) {
      const { data } = await reader(
        'query ($after: String) { deals(first: 2, after: $after) { edges { node { key } } pageInfo { hasNextPage endCursor } } }',
        { after },
      )
      seen.push(...keys(data.deals))
      ;({ hasNextPage: more, endCursor: after } = data.deals.pageInfo)
    }
    expect(seen).toEqual(['D5', 'D4', 'D3', 'D2', 'D1'])
  })

  test.each([
    ['{ store: "S1", status: OPEN }', ['D5', 'D4', 'D2', 'D1']],
    ['{ channel: "store-visit" }', ['D4', 'D2']],
    ['{ stage: "contact" }', ['D2', 'D1']],
    ['{ lossReason: "price" }', ['D3']],
    ['{ lead: "Lead/L5" }', ['D5']],
    ['{ rep: null }', []],
    ['{ status: null, openedFrom: "2026-02-14T00:00:00.000Z" }', ['D5', 'D4']],
    ['{ playbook: "home-improvement", playbookVersion: 2 }', []],
  ])('deals where %s', async (filter, expected) => {
    const { data, errors } = await reader(`{ deals(filter: ${filter}) { edges { node { key } } } }`)
    expect(errors).toBeUndefined()
    expect(keys(data.deals)).toEqual(expected)
  })

  test('leads by the judgement they do not have', async () => {
    await run(chief, 'markLeadInvalid', 'LeadPayload', { leadId: 'L5', reason: 'no such number' }, 'lead { id }')
    const { data } = await reader(
      '{ none: leads(filter: { valid: null }) { edges { node { key } } } bad: leads(filter: { valid: false }) { edges { node { key invalidReason } } } }',
    )
    expect(keys(data.none)).toEqual(['L4', 'L3', 'L2', 'L1'])
    expect(data.bad.edges).toEqual([{ node: { key: 'L5', invalidReason: 'no such number' } }])
  })

  test('a longer list costs no more queries', async () => {
    const query = (first: number) => `{ deals(first: ${first}) { edges { node {
      key rep { name { value } superior { name { value } } } store { name region { name } } lead { contact { name { value } phone { value } } }
      visits { stage store { key } } blocks { reason } playbook { version } standing { stage { id } missing { item } } } } } }`
    const count = async (first: number) => {
      const spy = vi.spyOn(api.db.pool, 'query')
      const { data, errors } = await reader(query(first))
      const calls = spy.mock.calls.length
      spy.mockRestore()
      expect(errors).toBeUndefined()
      expect(data.deals.edges).toHaveLength(first)
      return calls
    }
    expect(await count(5)).toBe(await count(1))
  })

  test('things by their global ids', async () => {
    const { data } = await reader(`{
      node(id: "Deal/D1") { id ... on Deal { stage } }
      nodes(ids: ["Rep/R1", "Lead/none", "PlaybookVersion/home-improvement@1", "Region/east"]) { id __typename }
    }`)
    expect(data.node).toEqual({ id: 'Deal/D1', stage: 'contact' })
    expect(data.nodes).toEqual([
      { id: 'Rep/R1', __typename: 'Rep' },
      null,
      { id: 'PlaybookVersion/home-improvement@1', __typename: 'PlaybookVersion' },
      { id: 'Region/east', __typename: 'Region' },
    ])
  })
})

describe('the organisation', () => {
  test('who was where on a date', async () => {
    const { data } = await reader(`{ reps(superior: "M1") { key
      before: placement(at: "2026-01-02T00:00:00.000Z") { store { key } }
      winter: placement(at: "2026-02-01T00:00:00.000Z") { store { key } superior { key } position }
      spring: placement(at: "2026-03-01T02:00:00.000Z") { store { key region { key } } }
      placements { store { key } from to } } }`)
    expect(data.reps).toEqual([
      {
        key: 'R1',
        before: null,
        winter: { store: { key: 'S1' }, superior: { key: 'M1' }, position: 'REP' },
        spring: { store: { key: 'S2', region: { key: 'west' } } },
        placements: [
          { store: { key: 'S1' }, from: '2026-01-03T02:00:00.000Z', to: '2026-03-01T02:00:00.000Z' },
          { store: { key: 'S2' }, from: '2026-03-01T02:00:00.000Z', to: null },
        ],
      },
    ])
  })

  test('regions and their stores', async () => {
    const { data } = await reader('{ regions { key stores { key reps { key } } } }')
    expect(data.regions).toEqual([
      { key: 'east', stores: [{ key: 'S1', reps: [{ key: 'M1' }] }] },
      { key: 'west', stores: [{ key: 'S2', reps: [{ key: 'R1' }] }] },
    ])
  })
})

describe('leads', () => {
  test('duplicates are reported, and merged without losing a touch', async () => {
    await run(
      chief,
      'touchLead',
      'LeadPayload',
      { leadId: 'L2', direction: 'OUTBOUND', source: { channel: 'phone' } },
      'lead { id }',
    )
    const { data } = await reader('{ lead(id: "L1") { duplicates { on lead { key } } } }')
    expect(data.lead.duplicates).toEqual([{ on: ['PHONE'], lead: { key: 'L2' } }])
    const merged = await run(
      chief,
      'mergeLeads',
      'MergeLeadsPayload',
      { duplicateId: 'L2', survivorId: 'L1' },
      'survivor { key duplicates { lead { key } } touches { direction lead { key } source { channel } } } duplicate { status mergedInto { key } }',
    )
    expect(merged).toEqual({
      survivor: {
        key: 'L1',
        duplicates: [],
        touches: [
          { direction: 'INBOUND', lead: { key: 'L1' }, source: { channel: 'wechat' } },
          { direction: 'INBOUND', lead: { key: 'L2' }, source: { channel: 'store-visit' } },
          { direction: 'OUTBOUND', lead: { key: 'L2' }, source: { channel: 'phone' } },
        ],
      },
      duplicate: { status: 'MERGED', mergedInto: { key: 'L1' } },
    })
  })

  test('how far marketing and sales agree', async () => {
    await run(chief, 'markLeadValid', 'LeadPayload', { leadId: 'L3' })
    await run(chief, 'qualifyLead', 'LeadPayload', { leadId: 'L3' }, 'lead { id }')
    const { data } = await reader('{ leadQualityOverlap { channel leads valid convertible both overlap } }')
    expect(data.leadQualityOverlap).toContainEqual({
      channel: 'wechat',
      leads: 3,
      valid: 1,
      convertible: 1,
      both: 1,
      overlap: 1,
    })
  })

  test('a contact changes as a whole and stays the same person’s', async () => {
    const take = 'lead { contact { subject name { value } phone { value } email { value } } }'
    const { data } = await reader('{ lead(id: "L4") { contact { subject } } }')
    const changed = await run(
      chief,
      'changeLeadContact',
      'LeadPayload',
      { leadId: 'L4', contact: { name: 'Person 4', email: 'four@example.com' } },
      take,
    )
    expect(changed.lead.contact).toEqual({
      subject: data.lead.contact.subject,
      name: { value: 'Person 4' },
      phone: null,
      email: { value: 'four@example.com' },
    })
  })

  test('the tags that are missing are named', async () => {
    const refused = await run(chief, 'captureLead', 'LeadPayload', {
      contact: { phone: '13800138001' },
      tags: { type: 'x' },
      source: { channel: 'x' },
    })
    expect(refused).toMatchObject({ code: expect.any(String), message: expect.stringMatching(/region.*first/i) })
  })
})

describe('deals', () => {
  const deal = { dealId: 'D4' }

  test('what is done to a deal is shown on it', async () => {
    await run(chief, 'blockDeal', 'DealPayload', { ...deal, reason: 'designer-shortage' })
    await run(chief, 'completeChecklistItem', 'DealPayload', { ...deal, item: 'home-visit' })
    await run(chief, 'completeChecklistItem', 'DealPayload', { ...deal, item: 'budget-confirmed' })
    await run(chief, 'undoChecklistItem', 'DealPayload', { ...deal, item: 'home-visit', reason: 'wrong home' })
    await run(chief, 'attachEvidence', 'DealPayload', {
      ...deal,
      evidenceId: 'E1',
      kind: 'design-sketch',
      note: 'first',
    })
    await run(chief, 'withdrawEvidence', 'DealPayload', { ...deal, evidenceId: 'E1', reason: 'blurred' })
    await run(chief, 'valueDeal', 'DealPayload', { ...deal, value: { amount: 9_007_199_254_740_991, currency: 'CNY' } })
    await run(chief, 'advanceDeal', 'DealPayload', deal)
    await run(chief, 'moveDealBack', 'DealPayload', { ...deal, to: 'lead', reason: 'wrong number' })
    const take = `deal { stage blockingReason blocks { stage reason to } checklist evidence { key } value { amount } visits { stage entry exit }
      fields { field text number boolean } standing { overdue age dueAt } }`
    const fields = [
      { field: 'style', value: { text: 'modern' } },
      { field: 'floor-area', value: { number: 98.5 } },
    ]
    const shown = await run(chief, 'setDealFields', 'DealPayload', { ...deal, fields }, take)
    expect(shown.deal).toMatchObject({
      stage: 'lead',
      blockingReason: null,
      blocks: [{ stage: 'lead', reason: 'designer-shortage', to: expect.any(String) }],
      checklist: ['budget-confirmed'],
      evidence: [],
      value: { amount: 9_007_199_254_740_991 },
      visits: [
        { stage: 'lead', entry: 'OPEN', exit: 'ADVANCE' },
        { stage: 'contact', entry: 'ADVANCE', exit: 'BACK' },
        { stage: 'lead', entry: 'BACK', exit: null },
      ],
      fields: [
        { field: 'style', text: 'modern', number: null, boolean: null },
        { field: 'floor-area', text: null, number: 98.5, boolean: null },
      ],
      standing: { overdue: false, age: expect.any(Number), dueAt: expect.any(String) },
    })
    const removed = await run(
      chief,
      'setDealFields',
      'DealPayload',
      { ...deal, fields: [{ field: 'style' }] },
      'deal { fields { field } }',
    )
    expect(removed.deal.fields).toEqual([{ field: 'floor-area' }])
  })

  test('a closed deal is opened again, and given to somebody else', async () => {
    const reopened = await run(
      chief,
      'reopenDeal',
      'DealPayload',
      { dealId: 'D3', reason: 'called back' },
      'deal { status lossReason closedAt }',
    )
    expect(reopened.deal).toMatchObject({ status: 'OPEN', closedAt: null })
    const given = await run(
      chief,
      'assignDeal',
      'DealPayload',
      { dealId: 'D3', repId: 'Rep/M1' },
      'deal { rep { key } store { key } }',
    )
    expect(given.deal).toEqual({ rep: { key: 'M1' }, store: { key: 'S1' } })
  })

  test('open deals are taken to a new version, after saying what they would miss', async () => {
    const { data } = await reader('{ playbook(id: "home-improvement") { latest { definition } } }')
    const { definition } = data.playbook.latest
    definition.stages[0].exit = { ...definition.stages[0].exit, checklist: ['home-visit'] }
    const published = await run(
      chief,
      'publishPlaybook',
      'PlaybookPayload',
      { playbookId: 'home-improvement', version: 2, definition },
      'playbook { versions { version } }',
    )
    expect(published.playbook.versions).toEqual([{ version: 2 }, { version: 1 }])
    const input = { playbookId: 'home-improvement', toVersion: 2, dealIds: ['D1', 'D5', 'Deal/none'] }
    const take = 'results { deal { key playbook { version } } missing { stage kind item } refusal { code } }'
    const missing = [{ stage: 'lead', kind: 'CHECKLIST', item: 'home-visit' }]
    const results = (version: number) => [
      { deal: { key: 'D1', playbook: { version } }, missing, refusal: null },
      { deal: { key: 'D5', playbook: { version } }, missing: [], refusal: null },
      { deal: null, missing: [], refusal: { code: 'deal-not-found' } },
    ]
    const tried = await run(chief, 'migrateDeals', 'MigrateDealsPayload', { ...input, dryRun: true }, take)
    expect(tried.results).toEqual(results(1))
    const done = await run(chief, 'migrateDeals', 'MigrateDealsPayload', input, take)
    expect(done.results).toEqual(results(2))
  })

  test('a playbook that cannot be is refused with the places', async () => {
    const definition = { name: { 'zh-CN': '一', en: 'one' }, calendar: { zone: 'Mars' }, stages: [] }
    const refused = await run(chief, 'publishPlaybook', 'PlaybookPayload', { playbookId: 'x', definition })
    expect(refused.fieldErrors.map(({ path }: { path: string[] }) => path.join('.'))).toEqual(
      expect.arrayContaining(['input.definition.calendar.zone', 'input.definition.stages']),
    )
  })
})

describe('the funnel', () => {
  const stages = async (query: string) => {
    const { data, errors } = await reader(`{ funnel(query: { playbook: { id: "home-improvement" } ${query} }) {
      asOf { businessTime } groups { key { value } won lost stages { stage reached converted dwellToNext { count mean } } } } }`)
    expect(errors).toBeUndefined()
    return data.funnel
  }

  test('as of a past date, in business time', async () => {
    const { asOf, groups } = await stages('asOf: { businessTime: "2026-02-20T00:00:00.000Z" }')
    expect(asOf.businessTime).toBe('2026-02-20T00:00:00.000Z')
    expect(groups[0].stages.slice(0, 2)).toEqual([
      { stage: 'lead', reached: 5, converted: 1, dwellToNext: { count: 1, mean: 5 * 86_400 } },
      { stage: 'contact', reached: 1, converted: 0, dwellToNext: { count: 0, mean: null } },
    ])
  })

  test('of some channels, by cohort, split by time', async () => {
    const { groups } = await stages(`groupBy: [CHANNEL, BUCKET], bucket: { unit: DAY, zone: "Asia/Shanghai" },
      filter: { channel: ["store-visit", null], store: ["Store/S1"] }, cohort: { from: "2026-02-12T00:00:00.000Z", to: "2026-02-13T00:00:00.000Z" }`)
    expect(groups.map(({ key }: { key: object }) => key)).toEqual([[{ value: 'store-visit' }, { value: '2026-02-12' }]])
  })

  test('what a number counts comes in pages', async () => {
    const page = `query ($after: String) { funnel(query: { playbook: { id: "home-improvement" } }) { groups {
      deals(measure: REACHED, stage: "lead", first: 3, after: $after) { edges { node { deal { key } visit } } pageInfo { hasNextPage endCursor } } } } }`
    const first = (await reader(page)).data.funnel.groups[0].deals
    const second = (await reader(page, { after: first.pageInfo.endCursor })).data.funnel.groups[0].deals
    const all = [...first.edges, ...second.edges].map(({ node }) => node.deal.key)
    expect(all).toEqual(['D1', 'D2', 'D3', 'D4', 'D5'])
    expect([first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([true, false])
  })
})

test('the log and the read models tell where they stand', async () => {
  const { data } = await reader('{ logHead readModels { name position failure eventsBehind } }')
  expect(data.logHead).toBe(await api.log.head())
  expect(data.readModels.map(({ name }: { name: string }) => name).sort()).toEqual(
    readModels.map(({ name }) => name).sort(),
  )
  expect(data.readModels.every(({ failure }: { failure: unknown }) => failure === null)).toBe(true)
})
