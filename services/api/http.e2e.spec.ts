// How the API answers what is no good: nothing of it is a fault of ours.
import { freshDatabase, type TestDatabase } from '@headwater/infra/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApi, type TestApi } from './testing.ts'

let database: TestDatabase
let api: TestApi
beforeAll(async () => {
  database = await freshDatabase()
  api = await startTestApi(database.url)
})
afterAll(async () => {
  expect(api.faults).toEqual([])
  await api.stop()
  await database.drop()
})

const post = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  fetch(`${api.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body })

describe('without a token', () => {
  test('a query is unauthenticated, with HTTP 401', async () => {
    const { status, data, errors } = await api.as(undefined)('{ logHead }')
    expect(status).toBe(401)
    expect(data ?? null).toBeNull()
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }])
  })

  test('a wrong token is no better', async () => {
    const response = await post('{"query":"{ logHead }"}', { authorization: 'Bearer nonsense' })
    expect(response.status).toBe(401)
  })

  test('the schema may be read, and nothing beside it', async () => {
    const guest = api.as(undefined)
    expect((await guest('{ __schema { queryType { name } } }')).data).toEqual({
      __schema: { queryType: { name: 'Query' } },
    })
    expect((await guest('{ __typename logHead }')).status).toBe(401)
    expect((await guest('{ ...F } fragment F on Query { __typename logHead }')).status).toBe(401)
  })

  test('the page to try things out opens', async () => {
    const page = await fetch(`${api.url}/graphql`, { headers: { accept: 'text/html' } })
    expect(page.status).toBe(200)
    const html = await page.text()
    expect(html).toContain('Bearer <token>')
    expect(html).not.toContain('unpkg.com')
  })

  test('health is told', async () => {
    const response = await fetch(`${api.url}/healthz`)
    expect([response.status, await response.json()]).toEqual([200, { status: 'ok', version: 'test' }])
  })
})

describe('a bad request', () => {
  let ask: ReturnType<TestApi['as']>
  beforeAll(() => {
    ask = api.as('administrator')
  })

  test.each([
    ['an unknown field', '{ nothing }'],
    ['broken syntax', '{ logHead'],
    [
      'too deep',
      `{ deals { edges { node { ${'customer { deals { edges { node { '.repeat(4)} key ${'} } } }'.repeat(4)} } } } }`,
    ],
    ['too many aliases', `{ ${Array.from({ length: 100 }, (_, i) => `a${i}: logHead`).join(' ')} }`],
    ['a date that is none', '{ leadQualityOverlap(from: "yesterday") { leads } }'],
    ['a date before all business', '{ leadQualityOverlap(from: "0000-01-01T00:00:00.000Z") { leads } }'],
    [
      'a date after all business',
      '{ funnel(query: { playbook: { id: "p" }, asOf: { businessTime: "9999-12-31T23:59:59.999Z" } }) { version } }',
    ],
    ['an unknown enum value', '{ deals(filter: { status: MAYBE }) { edges { cursor } } }'],
  ])('%s: 400', async (_, query) => {
    const { status, errors } = await ask(query)
    expect(status).toBe(400)
    expect(errors).not.toHaveLength(0)
  })

  test.each([
    ['a page that is too large', '{ deals(first: 201) { edges { cursor } } }'],
    ['a cursor of elsewhere', '{ deals(after: "x") { edges { cursor } } }'],
    ['a funnel of no playbook', '{ funnel(query: { playbook: { id: "none" } }) { version } }'],
    [
      'a funnel split twice by one thing',
      '{ funnel(query: { playbook: { id: "p" }, groupBy: [STORE, STORE] }) { version } }',
    ],
    ['a text that cannot be an id', '{ deal(id: "../etc") { key } }'],
    ['a global id of no type', '{ node(id: "Nothing/1") { id } }'],
    ['a global id that is none', '{ nodes(ids: ["1"]) { id } }'],
    ['the id of something else', '{ deal(id: "Lead/L1") { key } }'],
    ['freshness of no stream', '{ deals(atLeast: { stream: "nonsense", revision: 1 }) { edges { cursor } } }'],
    ['a character that no database takes', '{ deals(filter: { channel: "\\u0000" }) { edges { cursor } } }'],
  ])('%s: a typed error', async (_, query) => {
    const { errors } = await ask(query)
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
  })

  test.each([
    ['not JSON', '{', 400],
    ['not an object', '[]', 400],
    ['no query', '{}', 400],
    ['invalid UTF-8', Uint8Array.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), 400],
    ['too large', JSON.stringify({ query: ' '.repeat(1_100_000) }), 413],
  ])('a body that is %s', async (_, body, status) => {
    const response = await post(body)
    expect(response.status).toBe(status)
    expect(await response.json()).toBeTypeOf('object')
  })

  test('a body of parts is not taken', async () => {
    expect((await post('x', { 'content-type': 'multipart/form-data; boundary=x' })).status).toBe(415)
  })

  test('elsewhere there is nothing', async () => {
    const response = await fetch(`${api.url}/elsewhere`)
    expect([response.status, await response.json()]).toEqual([
      404,
      { error: expect.objectContaining({ code: 'NOT_FOUND' }) },
    ])
  })
})

describe('a malformed command', () => {
  test('is refused as data, field by field', async () => {
    const { data } = await api.as('administrator')(`mutation {
      captureLead(input: {
        commandId: "has spaces"
        leadId: "Deal/D1"
        tags: { type: "x", region: "y", firstContactChannel: "z" }
        source: { channel: "" }
      }) { ... on CommandRefused { code fieldErrors { path message } } }
    }`)
    expect(data.captureLead).toMatchObject({ code: 'invalid-command' })
    expect(data.captureLead.fieldErrors).toEqual([
      { path: ['input', 'leadId'], message: expect.stringContaining('Lead/X1') },
    ])
  })

  test('is refused by the command’s own schema as well', async () => {
    const { data } = await api.as('administrator')(`mutation {
      openDeal(input: { commandId: "has spaces", playbook: { id: "p", version: -1 }, source: { channel: "" }, value: { amount: 1, currency: "XXX" } }) {
        ... on CommandRefused { code fieldErrors { path } }
      }
    }`)
    expect(data.openDeal.code).toBe('invalid-command')
    expect(data.openDeal.fieldErrors.map(({ path }: { path: string[] }) => path.join('.')).sort()).toEqual([
      'input.commandId',
      'input.playbook.version',
      'input.source.channel',
      'input.value.currency',
    ])
  })

  test('of a device, of a kind that objects are born with, is refused', async () => {
    const item = `{ sequence: 1, commandId: "c3", stream: "deal-D1", type: "constructor", data: {}, occurredAt: "2026-01-01T00:00:00.000Z" }`
    const { data } = await api.as('administrator')(`mutation {
      submitOfflineBatch(input: { commandId: "b1", deviceId: "p1", items: [${item}] }) { ... on CommandRefused { code } }
    }`)
    expect(data.submitOfflineBatch).toEqual({ code: 'forbidden' })
  })

  test('what happened in the future is refused', async () => {
    const { data } = await api.as('administrator')(`mutation {
      openRegion(input: { commandId: "c2", occurredAt: "2199-01-01T00:00:00.000Z", name: "Mars" }) { ... on CommandRefused { code } }
    }`)
    expect(data.openRegion).toEqual({ code: expect.stringContaining('future') })
  })
})
