// Anomalies and coaching cases from the first deal to the last word, over the API.
import { freshDatabase, type TestDatabase } from '@headwater/infra/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Ask, run, startTestApi, type TestApi } from './testing.ts'

let database: TestDatabase
let api: TestApi
let chief: Ask
let sent = 0

const actor = { id: 'importer', role: 'import' }
const at = (occurredAt: string) => ({ commandId: `anomaly-${++sent}`, actor, occurredAt })
const stores = ['S1', 'S2', 'S3'] as const
/** Of the forty deals of each store, opened on 2 March, so many go on to the contact, four days later. */
const goOn = { S1: 30, S2: 28, S3: 10 }

beforeAll(async () => {
  database = await freshDatabase()
  api = await startTestApi(database.url)
  chief = api.as('headquarters')
  const command = (...[mutation, payload, input]: [string, string, object]) => run(chief, mutation, payload, input)
  const early = { occurredAt: '2026-01-01T02:00:00.000Z' }
  await command('publishBuiltInPlaybook', 'PlaybookPayload', { playbookId: 'HOME_IMPROVEMENT', ...early })
  await command('openRegion', 'RegionPayload', { regionId: 'east', name: 'East', ...early })
  for (const storeId of stores) {
    await command('openStore', 'StorePayload', { storeId, regionId: 'east', name: storeId, ...early })
    await command('hireRep', 'RepPayload', { repId: `R-${storeId}`, name: 'Zhang', storeId, ...early })
  }
  const deals = stores.flatMap((storeId) =>
    Array.from({ length: 40 }, (_, i) => ({ storeId, i, id: `${storeId}-${i}` })),
  )
  const told = await api.application.dispatchAll(
    deals.flatMap(({ storeId, i, id }) => {
      const target = { category: 'deal', id }
      const data = { playbook: { id: 'home-improvement' }, repId: `R-${storeId}`, source: { channel: 'walk-in' } }
      const open = { target, command: { type: 'OpenDeal', data }, envelope: at('2026-03-02T02:00:00.000Z') }
      const move = { type: 'AdvanceDeal', data: { waive: true } }
      const late = i % 2 ? '2026-03-06T02:00:00.000Z' : '2026-03-05T02:00:00.000Z'
      return i < goOn[storeId] ? [open, { target, command: move, envelope: at(late) }] : [open]
    }),
  )
  expect(told.filter(({ status }) => status === 'refused')).toEqual([])
  await api.readModels.waitFor({ stream: 'deal-S3-9', revision: 1 })
})
afterAll(async () => {
  expect(api.faults).toEqual([])
  await api.stop()
  await database.drop()
})

const question = `query ($at: DateTime) { anomalies(playbook: "home-improvement", at: $at) {
  from to thresholds { difference quiet { stage days } }
  steps { store { key } stage entered converted low }
  anomalies { store { key } anomaly {
    ... on LowConversion { stage entered converted observed others qValue estimate { from to } } ... on Quiet { stage last days } } }
} }`

describe('anomalies', () => {
  test('are the store that loses far more than the others, and stores without a new design', async () => {
    const { data } = await chief(question, { at: '2026-05-01T02:00:00.000Z' })
    const { steps, anomalies, ...rest } = data.anomalies
    expect(rest).toEqual({
      // Whole days in Shanghai: ninety of them, and the thirty that a deal has to go on.
      from: '2025-12-31T16:00:00.000Z',
      to: '2026-03-31T16:00:00.000Z',
      thresholds: { difference: 0.05, quiet: { stage: 'design', days: 14 } },
    })
    expect(steps.filter((step: { stage: string }) => step.stage === 'lead')).toEqual(
      stores.map((key) => ({ store: { key }, stage: 'lead', entered: 40, converted: goOn[key], low: key === 'S3' })),
    )
    const [low, ...quiet] = anomalies
    expect(low).toMatchObject({
      store: { key: 'S3' },
      anomaly: { stage: 'lead', entered: 40, converted: 10, observed: 0.25, others: 58 / 80 },
    })
    expect(low.anomaly.qValue).toBeLessThan(0.001)
    expect(quiet).toEqual(stores.map((key) => ({ store: { key }, anomaly: { stage: 'design', last: null, days: 14 } })))
  })

  test('are none before a deal has had its time', async () => {
    const { data } = await chief(question, { at: '2026-03-31T02:00:00.000Z' })
    expect(data.anomalies.steps).toEqual([])
  })

  test('are for those who may see figures of everybody', async () => {
    for (const role of ['rep', 'store-manager', 'service'] as const)
      expect((await api.as(role)(question)).errors![0]!.extensions.code).toBe('FORBIDDEN')
    expect((await api.as('analyst')(question)).errors).toBeUndefined()
    const { errors } = await chief('{ anomalies(playbook: "none") { from } }')
    expect(errors![0]!.extensions.code).toBe('BAD_USER_INPUT')
  })
})

describe('conformance', () => {
  const question = `query ($by: CoachedKind, $rep: ID) { conformance(playbook: "home-improvement", by: $by, rep: $rep) {
    all { deals conforming deviations { kind stage item count } behaviours { id expected met } }
    members { store { key } rep { key } deals conforming deviations { count deals { key } } }
  } }`

  test('says who did not follow up in time, and of which deals', async () => {
    const activity = { dealId: 'S3-0', kind: 'call', occurredAt: '2026-03-05T20:00:00.000Z' }
    const { stream, revision } = await run(chief, 'logDealActivity', 'DealPayload', activity)
    await api.readModels.waitFor({ stream, revision })
    const { data } = await chief(question)
    expect(data.conformance.all).toEqual({
      ...{ deals: 120, conforming: 53 },
      deviations: [{ kind: 'MISSED_BEHAVIOUR', stage: 'contact', item: 'personal-follow-up', count: 67 }],
      behaviours: [{ id: 'personal-follow-up', expected: 68, met: 1 }],
    })
    const S3 = data.conformance.members.find((each: { store: { key: string } }) => each.store.key === 'S3')
    expect(S3).toMatchObject({ rep: null, deals: 40, conforming: 31, deviations: [{ count: 9 }] })
    expect(S3.deviations[0].deals).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => ({ key: `S3-${n}` })))
  })

  test('is by rep as well, of one rep, and not for everybody', async () => {
    const { data } = await chief(question, { by: 'REP', rep: 'R-S2' })
    expect(data.conformance.members.map(({ rep, deals }: { rep: object; deals: number }) => ({ rep, deals }))).toEqual([
      { rep: { key: 'R-S2' }, deals: 40 },
    ])
    expect((await api.as('rep')(question)).errors![0]!.extensions.code).toBe('FORBIDDEN')
  })
})

test('thresholds are data, and a case goes from what was seen to what came of it', async () => {
  // The deals are of March: a cohort of ten years holds them whenever this runs.
  const thresholds = { cohort: 'P3650D', ignoreQuiet: true }
  const published = await run(
    chief,
    'publishCoachingThresholds',
    'CoachingThresholdsPayload',
    thresholds,
    'thresholds { cohort quiet { days } }',
  )
  expect(published).toEqual({ thresholds: { cohort: 'P3650D', quiet: null } })

  const open = (opened: string) =>
    run(
      chief,
      'openCoachingCases',
      'OpenCoachingCasesPayload',
      { playbook: 'home-improvement' },
      `results { ${opened} coachingCase { id status openings store { key } deals { key } } }`,
    )
  const { results } = await open('opened')
  expect(results).toHaveLength(1)
  const [{ opened, coachingCase }] = results
  expect({ opened, ...coachingCase, deals: coachingCase.deals.length }).toMatchObject({
    ...{ opened: true, status: 'OPEN', openings: 1, store: { key: 'S3' }, deals: 30 },
  })
  expect((await open('opened')).results[0].opened).toBe(false)

  const take = { coachingCase: coachingCase.id, plan: 'visit on Monday' }
  const shown = 'coachingCase { status acknowledgedBy plan outcome }'
  const manager = api.as('store-manager', 'the-manager')
  expect(await run(manager, 'acknowledgeCoachingCase', 'CoachingCasePayload', take, shown)).toEqual({
    coachingCase: { status: 'ACKNOWLEDGED', acknowledgedBy: 'the-manager', plan: 'visit on Monday', outcome: null },
  })
  expect((await run(chief, 'acknowledgeCoachingCase', 'CoachingCasePayload', take)).code).toBe(
    'coaching-case-acknowledged',
  )
  expect((await run(api.as('rep'), 'acknowledgeCoachingCase', 'CoachingCasePayload', take)).code).toBe('forbidden')
  const end = { coachingCase: coachingCase.id, outcome: 'IMPROVED', note: 'a new first call' }
  expect((await run(manager, 'closeCoachingCase', 'CoachingCasePayload', end, shown)).coachingCase).toMatchObject({
    status: 'CLOSED',
    outcome: 'IMPROVED',
  })
  // The same deals are no fresh evidence.
  const again = (await open('opened')).results[0]
  expect(again).toMatchObject({ opened: false, coachingCase: { status: 'CLOSED', openings: 1 } })

  const { data } = await api.as('analyst')(
    '{ coachingCases(filter: { status: CLOSED, store: "S3" }) { edges { node { outcome } } } }',
  )
  expect(data.coachingCases.edges).toEqual([{ node: { outcome: 'IMPROVED' } }])
  const hidden = await api.as('rep')('query ($id: ID!) { node(id: $id) { id } }', { id: coachingCase.id })
  expect(hidden.data?.node ?? null).toBeNull()
})
