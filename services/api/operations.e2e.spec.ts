// What whoever runs the server sees of it: correlation, readiness, metrics, and a trace from the mutation to the visible row.
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { silent, type Telemetry } from '@headwater/infra/ports'
import { createMetrics, logLines, type Tracing, tellAll, traceIfWanted } from '@headwater/infra/telemetry'
import { freshDatabase, type TestDatabase } from '@headwater/infra/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run, startTestApi, type TestApi } from './testing.ts'

interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[]
}

/** An OTLP/HTTP endpoint on loopback that keeps what it is sent. */
async function otlpReceiver(): Promise<{ url: string; spans: Span[]; server: Server }> {
  const spans: Span[] = []
  const server = createServer(async (request, response) => {
    const body = (await json(request)) as { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] }
    spans.push(...body.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)))
    response.setHeader('content-type', 'application/json').end('{}')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, spans, server }
}

const caller = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' }
const traceparent = `00-${caller.traceId}-${caller.spanId}-01`

let database: TestDatabase
let receiver: Awaited<ReturnType<typeof otlpReceiver>>
let tracing: Tracing
let api: TestApi
const lines: { message: string; correlationId?: string; correlationIds?: string[] }[] = []
beforeAll(async () => {
  database = await freshDatabase()
  receiver = await otlpReceiver()
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = receiver.url
  tracing = (await traceIfWanted(process.env, 'test'))!
  const metrics = createMetrics()
  const log = logLines({ debug: (fields, message) => void lines.push({ ...fields, message }) })
  let visible = () => {}
  const projected = new Promise<void>((resolve) => {
    visible = resolve
  })
  const last: Telemetry = { ...silent, projected: () => visible() }
  const telemetry = tellAll([metrics.telemetry, tracing.telemetry, log, last])
  api = await startTestApi(database.url, { telemetry, metricsOf: metrics.page })
  await run(api.as('administrator', 'a', { traceparent }), 'openRegion', 'RegionPayload', { regionId: 'r', name: 'R' })
  await projected
})
afterAll(async () => {
  await api.stop()
  receiver.server.close()
  delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT
  await database.drop()
})

const page = async (path: string) => {
  const response = await fetch(`${api.url}${path}`)
  return { status: response.status, text: await response.text() }
}

describe('correlation', () => {
  test('the id of a request is in its answer, its events and every line of the log on its way', async () => {
    const [event] = await api.log.readStream('organisation-main')
    expect(event!.meta.correlationId).toBe(caller.traceId)
    for (const message of ['command', 'append'])
      expect(lines.find((line) => line.message === message)).toMatchObject({ correlationId: caller.traceId })
    expect(lines.find((line) => line.message === 'projected')).toMatchObject({ correlationIds: [caller.traceId] })
  })

  test.each([
    ['a caller without traces names one', { 'x-correlation-id': 'order-17' }, /^order-17$/],
    ['what is not fit to be one is replaced', { 'x-correlation-id': '{"a": 1}' }, /^[\da-f]{32}$/],
    ['else it is a fresh one', {}, /^[\da-f]{32}$/],
  ])('%s', async (_, headers, id) => {
    const response = await fetch(`${api.url}/graphql`, { method: 'POST', headers, body: '{}' })
    expect(response.headers.get('x-correlation-id')).toMatch(id)
  })
})

describe('readiness', () => {
  test('it is ready when all of its parts are', async () => {
    const { status, text } = await page('/readyz')
    expect([status, JSON.parse(text)]).toMatchObject([
      200,
      { status: 'ready', parts: { database: { ready: true }, eventLog: { ready: true }, readModels: { ready: true } } },
    ])
  })

  test('it is not where a read model has failed, and it says which one and why', async () => {
    const set = `update read.checkpoints set failure = $1 where model = 'deals'`
    await database.pool.query(set, [JSON.stringify({ position: null, message: 'a value too long' })])
    const { status, text } = await page('/readyz')
    await database.pool.query(set, [null])
    const parts = { readModels: { ready: false, leads: { ready: true }, deals: { failure: 'a value too long' } } }
    expect([status, JSON.parse(text)]).toMatchObject([503, { status: 'not ready', parts }])
  })
})

describe('metrics', () => {
  test('tell of commands, refusals, appends, batches, lag and the process', async () => {
    const again = { regionId: 'r', name: 'Another' }
    await run(api.as('administrator'), 'openRegion', 'RegionPayload', again)
    const { text } = await page('/metrics')
    expect(text).toMatch(/^headwater_command_seconds_count\{command="OpenRegion",outcome="accepted"\} 1$/m)
    expect(text).toMatch(/^headwater_command_seconds_count\{command="OpenRegion",outcome="refused"\} 1$/m)
    expect(text).toMatch(/^headwater_refusals_total\{code="[\w-]+"\} 1$/m)
    expect(text).toMatch(/^headwater_append_seconds_count 1$/m)
    expect(text).toMatch(/^headwater_log_group_appends_sum 1$/m)
    expect(text).toMatch(/^headwater_projection_batch_events_sum\{model="organisation"\} 1$/m)
    expect(text).toMatch(/^headwater_projection_lag_events\{model="deals"\} 0$/m)
    expect(text).toMatch(/^headwater_projection_failed\{model="deals"\} 0$/m)
    expect(text).toMatch(/^nodejs_eventloop_lag_seconds /m)
  })

  test('names that clients choose make no labels', async () => {
    const ask = api.as('administrator')
    for (let n = 0; n < 5; n++) await ask(`query Mine${n} { alias${n}: logHead }`)
    for (let n = 0; n < 5; n++) await ask(`query { nothing${n} }`)
    const { text } = await page('/metrics')
    expect(text).toMatch(/_count\{kind="query",operation="logHead",outcome="ok"\} 5$/m)
    expect(text).not.toMatch(/Mine|alias|nothing/)
  })
})

test('one mutation makes one trace: the request, its command, the append, the row that shows it', async () => {
  const [event] = await api.log.readStream('organisation-main')
  const other = { ...event!, meta: { ...event!.meta, commandId: 'another', correlationId: 'order-17' } }
  tracing.telemetry.projected({ model: 'of two', events: [event!, other], ms: 1 })
  await tracing.close()
  const spans = receiver.spans.filter(({ traceId }) => traceId === caller.traceId)
  const [request, command, append, row] = ['mutation openRegion', 'OpenRegion', 'append', 'project organisation'].map(
    (name) => spans.find((span) => span.name === name),
  )
  expect(request).toMatchObject({ parentSpanId: caller.spanId })
  expect(command).toMatchObject({ parentSpanId: request!.spanId })
  expect(append).toMatchObject({ parentSpanId: command!.spanId })
  expect(row).toMatchObject({ parentSpanId: command!.spanId })
  expect(spans).toHaveLength(4)
  // A batch of several requests has a trace of its own, and leads to theirs.
  const batch = receiver.spans.find(({ name }) => name === 'project of two')!
  expect(batch.links).toHaveLength(2)
  expect(batch.links![0]).toMatchObject({ traceId: caller.traceId, spanId: command!.spanId })
  expect(batch.traceId).not.toBe(caller.traceId)
})
