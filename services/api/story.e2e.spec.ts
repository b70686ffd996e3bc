// The story of a sale over HTTP: from an empty log to a won deal, its number in the funnel, and the events behind it.
import { freshDatabase, type TestDatabase } from '@headwater/infra/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Ask, refusal, run, startTestApi, type TestApi } from './testing.ts'

let database: TestDatabase
let api: TestApi
beforeAll(async () => {
  database = await freshDatabase()
  api = await startTestApi(database.url)
})
afterAll(async () => {
  await api.stop()
  await database.drop()
})

const missingInQuote = [
  { gate: 'EXIT', stage: 'quote', kind: 'EVIDENCE', item: 'signed-quote-screenshot', required: 1, present: 0 },
  { gate: 'EXIT', stage: 'quote', kind: 'FIELD', item: 'competitor-price', required: 1, present: 0 },
]

describe('a sale', () => {
  let rep: Ask
  let chief: Ask
  let admin: Ask
  beforeAll(() => {
    rep = api.as('rep', 'R1')
    chief = api.as('headquarters')
    admin = api.as('administrator')
  })
  const deal = (input: object = {}) => ({ dealId: 'D1', ...input })

  test('the organisation and its playbook', async () => {
    const published = await run(
      chief,
      'publishBuiltInPlaybook',
      'PlaybookPayload',
      { playbookId: 'HOME_IMPROVEMENT' },
      'playbook { id latest { id version stages { id } } }',
    )
    expect(published.playbook).toMatchObject({
      id: 'Playbook/home-improvement',
      latest: { id: 'PlaybookVersion/home-improvement@1', version: 1 },
    })
    expect(published.playbook.latest.stages.map(({ id }: { id: string }) => id)).toEqual([
      'lead',
      'contact',
      'design',
      'quote',
      'contract',
    ])
    await run(chief, 'openRegion', 'RegionPayload', { regionId: 'east', name: 'East' })
    const store = await run(
      chief,
      'openStore',
      'StorePayload',
      { storeId: 'S1', regionId: 'Region/east', name: 'Store 1' },
      'store { id region { name } reps { id } }',
    )
    expect(store).toEqual({ store: { id: 'Store/S1', region: { name: 'East' }, reps: [] } })
    const hired = await run(
      chief,
      'hireRep',
      'RepPayload',
      { repId: 'R1', name: 'Zhang San', storeId: 'S1' },
      'rep { name { value } position store { key } superior { id } placements { position to } }',
    )
    expect(hired.rep).toEqual({
      name: { value: 'Zhang San' },
      position: 'REP',
      store: { key: 'S1' },
      superior: null,
      placements: [{ position: 'REP', to: null }],
    })
  })

  test('who may not, is told so as data', async () => {
    expect(await run(rep, 'openRegion', 'RegionPayload', { regionId: 'west', name: 'West' })).toMatchObject({
      code: 'forbidden',
    })
    expect(
      await run(api.as('analyst'), 'captureLead', 'LeadPayload', { tags: {}, source: { channel: 'x' } }),
    ).toMatchObject({ code: 'forbidden' })
  })

  test('a lead comes in, is judged and becomes a deal', async () => {
    const lead = {
      leadId: 'L1',
      contact: { name: 'Li Wei', phone: '138 0013 8000' },
      tags: { type: 'renovation', region: 'east', firstContactChannel: 'wechat' },
      source: { channel: 'wechat', campaign: 'spring' },
    }
    const captured = await run(
      rep,
      'captureLead',
      'LeadPayload',
      lead,
      'lead { id status contact { name { value forgotten } } tags { type } source { channel campaign } }',
    )
    expect(captured.lead).toEqual({
      id: 'Lead/L1',
      status: 'OPEN',
      contact: { name: { value: 'Li Wei', forgotten: false } },
      tags: { type: 'renovation' },
      source: { channel: 'wechat', campaign: 'spring' },
    })
    await run(chief, 'assignLead', 'LeadPayload', { leadId: 'L1', repId: 'Rep/R1' })
    await run(rep, 'markLeadValid', 'LeadPayload', { leadId: 'L1' })
    await run(rep, 'qualifyLead', 'LeadPayload', { leadId: 'Lead/L1' })
    const converted = await run(
      rep,
      'convertLead',
      'ConvertLeadPayload',
      { leadId: 'L1', deal: { playbook: { id: 'home-improvement' }, value: { amount: 123_450_00, currency: 'CNY' } } },
      'lead { status customer { id } } customer { lead { key } } deal { key stage value { amount currency } rep { key } store { key } standing { nextStage { id } missing { item } } }',
    )
    expect(converted).toMatchObject({
      lead: { status: 'CONVERTED' },
      customer: { lead: { key: 'L1' } },
      deal: {
        stage: 'lead',
        value: { amount: 12_345_000, currency: 'CNY' },
        rep: { key: 'R1' },
        store: { key: 'S1' },
        standing: { nextStage: { id: 'contact' }, missing: [] },
      },
    })
  })

  test('a deal goes on when its gate is met, and hears all that is missing when not', async () => {
    await run(
      rep,
      'openDeal',
      'DealPayload',
      deal({ playbook: { id: 'home-improvement' }, source: { channel: 'wechat' }, repId: 'R1' }),
    )
    await run(rep, 'advanceDeal', 'DealPayload', deal())
    await run(rep, 'advanceDeal', 'DealPayload', deal())
    const refused = await run(rep, 'advanceDeal', 'DealPayload', deal())
    expect(refused.missing).toEqual([
      { gate: 'EXIT', stage: 'design', kind: 'EVIDENCE', item: 'design-sketch', required: 1, present: 0 },
    ])
    const file = { sha256: 'a'.repeat(64), name: 'sketch.png', mediaType: 'image/png', bytes: 1000 }
    await run(rep, 'attachEvidence', 'DealPayload', deal({ kind: 'design-sketch', file }))
    const advanced = await run(
      rep,
      'advanceDeal',
      'DealPayload',
      deal(),
      'deal { stage standing { missing { kind item } nextAction { en } } evidence { kind file { name } } }',
    )
    expect(advanced.deal).toEqual({
      stage: 'quote',
      standing: {
        missing: [
          { kind: 'EVIDENCE', item: 'signed-quote-screenshot' },
          { kind: 'FIELD', item: 'competitor-price' },
        ],
        nextAction: { en: expect.stringContaining('screenshot') },
      },
      evidence: [{ kind: 'design-sketch', file: { name: 'sketch.png' } }],
    })
  })

  test('the bulk and the offline path refuse alike', async () => {
    const single = await run(rep, 'advanceDeal', 'DealPayload', deal())
    expect(single.missing).toEqual(missingInQuote)

    const bulk = await run(
      rep,
      'advanceDeals',
      'AdvanceDealsPayload',
      {
        items: [
          { commandId: 'bulk-1', dealId: 'D1' },
          { commandId: 'bulk-2', dealId: 'nowhere' },
        ],
      },
      `results { ... on DealPayload { revision } ${refusal} }`,
    )
    expect(bulk.results).toEqual([
      { ...single, message: single.message },
      expect.objectContaining({ code: 'deal-not-found' }),
    ])

    const batch = {
      deviceId: 'phone-1',
      items: [
        {
          sequence: 1,
          commandId: 'offline-1',
          stream: 'deal-D1',
          type: 'AdvanceDeal',
          data: {},
          occurredAt: new Date().toISOString(),
        },
      ],
    }
    const take = `answers { sequence commandId status refusal { code missing { gate stage kind item required present } } }`
    const offline = await run(rep, 'submitOfflineBatch', 'SubmitOfflineBatchPayload', batch, take)
    expect(offline.answers).toEqual([
      {
        sequence: 1,
        commandId: 'offline-1',
        status: 'REFUSED',
        refusal: { code: single.code, missing: missingInQuote },
      },
    ])
    expect(await run(rep, 'submitOfflineBatch', 'SubmitOfflineBatchPayload', batch, take)).toEqual(offline)
  })

  test('the deal is won, and the funnel shows it at once', async () => {
    await run(rep, 'attachEvidence', 'DealPayload', deal({ kind: 'signed-quote-screenshot' }))
    await run(
      rep,
      'setDealFields',
      'DealPayload',
      deal({ fields: [{ field: 'competitor-price', value: { money: { amount: 9_000_00, currency: 'CNY' } } }] }),
    )
    await run(rep, 'advanceDeal', 'DealPayload', deal())
    const won = await run(
      rep,
      'winDeal',
      'DealPayload',
      deal({ value: { amount: 10_000_00, currency: 'CNY' } }),
      'stream revision deal { status closedAt fields { field money { amount } } visits { stage exit } standing { nextStage { id } } }',
    )
    expect(won.deal).toMatchObject({
      status: 'WON',
      fields: [{ field: 'competitor-price', money: { amount: 900_000 } }],
      standing: { nextStage: null },
    })
    expect(won.deal.visits.map(({ stage }: { stage: string }) => stage)).toEqual([
      'lead',
      'contact',
      'design',
      'quote',
      'contract',
    ])

    const { data, errors } = await rep(
      `query ($atLeast: AtLeast) {
        funnel(query: { playbook: { id: "home-improvement" }, groupBy: [STORE] }, atLeast: $atLeast) {
          groups {
            key { dimension value }
            won
            stages { stage reached converted stepConversion dwellToNext { count median } }
            deals(measure: CONVERTED, stage: "contract", first: 1) {
              edges { cursor node { deal { key events(first: 3) { edges { node { type revision actor { id role } data } } pageInfo { hasNextPage } } } } }
            }
          }
        }
      }`,
      { atLeast: { stream: won.stream, revision: won.revision } },
    )
    expect(errors).toBeUndefined()
    const [group] = data.funnel.groups
    expect(group.key).toEqual([{ dimension: 'STORE', value: 'S1' }])
    expect(group.won).toBe(1)
    expect(group.stages.map(({ reached }: { reached: number }) => reached)).toEqual([2, 1, 1, 1, 1])
    const [{ node }] = group.deals.edges
    expect(node.deal.key).toBe('D1')
    expect(node.deal.events.edges.map(({ node }: { node: { type: string } }) => node.type)).toEqual([
      'DealOpened',
      'DealAdvanced',
      'DealAdvanced',
    ])
    expect(node.deal.events.edges[0].node).toMatchObject({
      revision: 0,
      actor: { id: 'R1', role: 'rep' },
      data: { dealId: 'D1' },
    })
    expect(node.deal.events.pageInfo.hasNextPage).toBe(true)
  })

  test('a command sent twice is carried out once and answered alike', async () => {
    const input = { commandId: 'twice', dealId: 'D1', kind: 'call', note: 'thanks' }
    const first = await run(rep, 'logDealActivity', 'DealPayload', input)
    const second = await run(rep, 'logDealActivity', 'DealPayload', input)
    expect(first).toMatchObject({ repeated: false })
    expect(second).toEqual({ ...first, repeated: true })
  })

  test('a forgotten person shows as forgotten, and no figure moves', async () => {
    const funnel =
      '{ funnel(query: { playbook: { id: "home-improvement" } }) { groups { won lost open stages { stage reached converted lost open } } } }'
    const person =
      '{ lead(id: "L1") { status contact { subject name { value forgotten } phone { value forgotten } } events(first: 1) { edges { node { data } } } } }'
    const before = await rep(funnel)
    const { subject } = (await rep(person)).data.lead.contact
    expect(await run(rep, 'forgetPerson', 'ForgetPersonPayload', { subject, reason: 'asked for it' })).toMatchObject({
      code: 'forbidden',
    })
    await run(admin, 'forgetPerson', 'ForgetPersonPayload', { subject, reason: 'asked for it' })
    const { lead } = (await rep(person)).data
    const forgotten = { value: null, forgotten: true }
    expect(lead).toMatchObject({ status: 'CONVERTED', contact: { subject, name: forgotten, phone: forgotten } })
    expect(lead.events.edges[0].node.data.contact).toEqual({
      subject,
      name: { forgotten: true },
      phone: { forgotten: true },
    })
    expect((await rep(funnel)).data).toEqual(before.data)
  })
})
