// Touches, who is who, and attribution over the API.
import { freshDatabase, type TestDatabase } from '@headwater/infra/testing'
import { newId } from '@headwater/schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Ask, run, startTestApi, type TestApi } from './testing.ts'

let database: TestDatabase
let api: TestApi
let chief: Ask

const on = (day: number) => ({ occurredAt: `2026-03-${String(day).padStart(2, '0')}T02:00:00.000Z` })
const tags = { type: 'new', region: 'east', firstContactChannel: 'web' }
const command = (...[mutation, payload, input]: [string, string, object]) => run(chief, mutation, payload, input)

beforeAll(async () => {
  database = await freshDatabase()
  api = await startTestApi(database.url)
  chief = api.as('headquarters')
  const early = { occurredAt: '2026-01-01T02:00:00.000Z' }
  await command('publishBuiltInPlaybook', 'PlaybookPayload', { playbookId: 'HOME_IMPROVEMENT', ...early })
  const click = { utm: { source: 'douyin', medium: 'cpc', campaign: 'spring' }, cost: { amount: 500, currency: 'CNY' } }
  for (const visitorId of ['v1', 'v2'])
    expect(await command('touchVisitor', 'VisitorPayload', { visitorId, ...click, ...on(1) })).toMatchObject({
      stream: `visitor-${visitorId}`,
    })
  const source = { channel: 'website-form' }
  const contact = { phone: '13800138000' }
  for (const leadId of ['L1', 'L2'])
    await command('captureLead', 'LeadPayload', { leadId, contact, tags, source, ...on(3) })
  const referral = { direction: 'INBOUND', source: { channel: 'referral' }, cost: { amount: 200, currency: 'CNY' } }
  await command('touchLead', 'LeadPayload', { leadId: 'L2', ...referral, direct: true, system: 'nurture', ...on(4) })
  await command('mergeLeads', 'MergeLeadsPayload', { duplicateId: 'L2', survivorId: 'L1', ...on(5) })
  await api.application.dispatchAll([
    {
      target: { category: 'deal', id: 'D1' },
      command: {
        type: 'OpenDeal',
        data: {
          playbook: { id: 'home-improvement' },
          leadId: 'L1',
          source,
          value: { amount: 100_01, currency: 'CNY' },
          waive: true,
        },
      },
      envelope: { commandId: newId(), actor: { id: 'importer', role: 'import' }, ...on(6) },
    },
    {
      target: { category: 'deal', id: 'D1' },
      command: { type: 'WinDeal', data: { waive: true } },
      envelope: { commandId: newId(), actor: { id: 'importer', role: 'import' }, ...on(9) },
    },
  ])
})
afterAll(async () => {
  expect(api.faults).toEqual([])
  await api.stop()
  await database.drop()
})

const asked = { models: ['FIRST', 'LAST_NON_DIRECT'], conversion: 'WON', by: 'CHANNEL', currency: 'CNY' }
const rows = 'result { same conversions value persons cost rows { key cost credits { model conversions value } } }'
const taking = (input: object, take: string, ask = chief) =>
  run(ask, 'runAttribution', 'AttributionRunPayload', { ...asked, ...input }, `run { key position digest ${take} }`)

describe('attribution', () => {
  test('takes in what was there before anybody knew who it was, as soon as somebody says so', async () => {
    const before = await taking({}, rows)
    expect(before.run.result).toMatchObject({ same: true, conversions: 1, value: 100_01, persons: 3, cost: 12_00 })
    const credit = (made: typeof before) =>
      made.run.result.rows.map((row: { key: string; credits: { value: number }[] }) => [
        row.key,
        ...row.credits.map(({ value }) => value),
      ])
    expect(credit(before)).toEqual([
      ['douyin-ads', 0, 0],
      ['referral', 0, 0],
      ['website-form', 100_01, 100_01],
    ])
    await command('identifyVisitor', 'VisitorPayload', { visitorId: 'v1', leadId: 'L2', ...on(10) })
    const after = await taking({}, rows)
    expect(credit(after)).toEqual([
      ['douyin-ads', 100_01, 0],
      ['referral', 0, 0],
      ['website-form', 0, 100_01],
    ])
    expect(after.run.result.persons).toBe(2)
    const again = await taking({ position: before.run.position }, rows)
    expect(again.run).toMatchObject({ digest: before.run.digest, result: before.run.result })
  })

  test('is a record: sent again it is the same run, and lists show it', async () => {
    const commandId = newId()
    const [one, two] = [await taking({ commandId }, ''), await taking({ commandId }, '')]
    expect(two).toEqual(one)
    const list = '{ attributionRuns(first: 1) { edges { node { key models digest recordedBy } } } }'
    expect((await chief(list)).data.attributionRuns.edges[0].node).toEqual({
      key: one.run.key,
      models: asked.models,
      digest: one.run.digest,
      recordedBy: 'the-headquarters',
    })
  })

  test('leads to the journeys behind a number, by pseudonym', async () => {
    const { run: made } = await taking({}, '')
    const question = `{ attributionJourneys(run: "${made.key}", model: FIRST, key: "douyin-ads") {
      edges { node { person successId value share touches { channel campaign direct } } } pageInfo { hasNextPage } } }`
    const { data } = await api.as('analyst')(question)
    expect(data.attributionJourneys.edges.map(({ node }: { node: object }) => node)).toEqual([
      {
        person: 'lead/L1',
        successId: 'D1',
        value: 100_01,
        share: 1,
        touches: [
          { channel: 'douyin-ads', campaign: 'spring', direct: false },
          { channel: 'website-form', campaign: null, direct: false },
          { channel: 'website-form', campaign: null, direct: false },
          { channel: 'referral', campaign: null, direct: true },
        ],
      },
    ])
  })

  test('is the same after a person was forgotten', async () => {
    const made = await taking({}, rows)
    const { contact } = (await chief('{ lead(id: "L1") { contact { subject } } }')).data.lead
    await run(api.as('administrator'), 'forgetPerson', 'ForgetPersonPayload', {
      subject: contact.subject,
      reason: 'asked',
    })
    expect((await taking({ position: made.run.position }, rows)).run.digest).toBe(made.run.digest)
  })

  test('is for who analyses the organisation', async () => {
    expect(await taking({}, '', api.as('rep'))).toMatchObject({ code: 'forbidden' })
    const { errors } = await api.as('rep')('{ attributionRuns { edges { node { key } } } }')
    expect(errors![0]!.extensions.code).toBe('FORBIDDEN')
  })

  test('says what is wrong with the question', async () => {
    const wrong = await taking({ currency: 'yuan', lookBackDays: 0, order: 9 }, '')
    expect(wrong).toMatchObject({ code: 'invalid-command' })
    expect(wrong.fieldErrors.map(({ path }: { path: string[] }) => path.join('.'))).toEqual([
      'input.settings.order',
      'input.lookBackDays',
      'input.currency',
    ])
    expect(await taking({ position: '9'.repeat(16) }, '')).toMatchObject({ code: 'no-such-position' })
    expect(
      (await chief('{ attributionJourneys(run: "x", model: FIRST, key: "a") { edges { cursor } } }')).errors![0],
    ).toMatchObject({
      message: 'there is no attribution run x.',
    })
  })
})
