// Columns against the SQL that they stand in for, on the same tables at the same time.
import { randomBytes } from 'node:crypto'
import { MessageChannel, Worker } from 'node:worker_threads'
import { openPostgresEventLog } from '@headwater/infra/event-log'
import { openKeyVault } from '@headwater/infra/keys'
import { freshDatabase, type TestDatabase } from '@headwater/infra/testing'
import { deriveId, type Instant } from '@headwater/schema'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  catchUp,
  type FunnelQueryInput,
  type FunnelResult,
  openFunnelColumns,
  readModels,
  rebuild,
  type Sources,
  serveFunnelColumns,
  UnknownPlaybook,
} from '../../index.ts'
import { organisation, type Story, setting, stores, story, tell } from '../../testing/deals.ts'
import { type Fact, record } from '../../testing/facts.ts'
import { queryOf, question, write } from '../../testing/funnel.ts'
import { funnel } from '../funnel.ts'

const viewer = { id: 'spec', role: 'headquarters' }
let db: TestDatabase
let sources: Sources
let columns: ReturnType<typeof openFunnelColumns>

beforeAll(async () => {
  db = await freshDatabase()
  sources = { db, log: await openPostgresEventLog(db), vault: await openKeyVault(db, { masterKey: randomBytes(32) }) }
  await record(sources.log, 'organisation', organisation())
  await catchUp(sources, readModels)
})
afterAll(async () => {
  await sources.log.close()
  await db.drop()
})

// Open stays age: only the clock that they are aged by stands still, no timer does.
const noon = '2026-03-02T04:00:00.000Z'
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse(noon) })
  columns = await opened()
})
afterEach(async () => {
  await columns.close()
  vi.useRealTimers()
})

const failed = (error: unknown) => {
  throw error
}

/** What goes between the threads goes here within one: they share the clock that stands still. */
function open() {
  const start = () => {
    const { port1, port2 } = new MessageChannel()
    serveFunnelColumns(port1, sources).catch(failed)
    return port2
  }
  return openFunnelColumns({ db, start, onError: failed })
}

async function opened() {
  const fresh = open()
  await fresh.ready()
  return fresh
}

/** Means are sums of doubles, added up in some order. */
const rounded = (result: FunnelResult) =>
  JSON.parse(JSON.stringify(result), (_, value) => (typeof value === 'number' ? Math.round(value * 1e6) / 1e6 : value))

async function expectSame(query: FunnelQueryInput, of = columns) {
  expect(rounded(await of.funnel(viewer, query))).toEqual(rounded(await funnel(db, viewer, query)))
  // It was the columns that answered.
  expect(await of.bytes()).toBeGreaterThan(0)
}

describe('over any history', () => {
  test('columns answer as SQL does; brought up to date as well as loaded at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(story, { minLength: 1, maxLength: 30, size: 'max' }),
        fc.array(question, { minLength: 8, maxLength: 12, size: 'max' }),
        async (stories, questions) => {
          const { playbook, events } = await write(sources, stories)
          const atOnce = await opened()
          for (const each of questions) {
            const query = queryOf(playbook, events, each)
            await expectSame(query)
            await expectSame(query, atOnce)
          }
          await atOnce.close()
        },
      ),
      { numRuns: 20 },
    )
  }, 240_000)

  test('what has been derived follows a deal step by step', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(story, { minLength: 4, maxLength: 8, size: 'max' }),
        fc.nat(),
        async (stories, seed) => {
          const playbook = deriveId('step by step', `${seed} ${stories.length} ${JSON.stringify(stories)}`)
          const deals = stories.map((each, i) =>
            tell(`${playbook}-${i}`, playbook, i % 2 === 0 ? each : reopened(each)),
          )
          await record(sources.log, playbook, setting(playbook))
          const questions: FunnelQueryInput[] = [
            { playbook: { id: playbook }, groupBy: ['store', 'channel'] },
            { playbook: { id: playbook, version: 2 }, conversionWindow: 'PT60H' },
            { playbook: { id: playbook }, groupBy: ['bucket'], bucket: { unit: 'week' }, asOf: { businessTime: noon } },
          ]
          for (let step = 0; step < 6; step++) {
            const facts = deals.flatMap((deal) => deal.slice(step * 4, step * 4 + 4))
            const gone = forgotten(`${playbook}-${step}`)
            await record(sources.log, `${playbook} ${step}`, [...facts, gone], { together: true })
            await catchUp(sources, readModels)
            for (const query of questions) await expectSame(query)
          }
        },
      ),
      { numRuns: 5 },
    )
  }, 120_000)
})

/** Lost when all that comes at the first step is told, and open again at the second. */
function reopened({ steps, ...rest }: Story): Story {
  const move = { to: 0, wait: 3_600_000, text: 'price', dice: 5 } as const
  const begin = (['forward', 'forward', 'lose', 'back'] as const).map((kind) => ({ ...move, kind }))
  return { ...rest, steps: [...begin, ...steps] }
}

const forgotten = (person: string): Fact => ({
  stream: `person-${person}`,
  at: noon,
  event: { type: 'PersonForgotten', data: { subject: person, reason: 'spec' } },
})

const told = (playbook: string, deals: number): Fact[] =>
  Array.from({ length: deals }, (_, i) =>
    tell(`${playbook}-${i}`, playbook, {
      start: i * 60_000,
      store: stores[i % 2]!,
      rep: 'r1',
      channel: i % 3 === 0 ? null : 'web',
      segment: undefined,
      stage: 'a',
      steps: [{ kind: 'forward', to: 0, wait: i * 1_000, text: 'price', dice: i % 10 }],
    }),
  ).flat()

const deal = (playbook: string, n: number, at: Instant): Fact => ({
  stream: `deal-${playbook}-${n}`,
  at,
  event: { type: 'DealLost', data: { stage: 'b', reason: 'price' } },
})

test('rows may change while they are loaded', async () => {
  const playbook = 'moving'
  await record(sources.log, playbook, [...setting(playbook), ...told(playbook, 400)], { together: true })
  await catchUp(sources, readModels)
  for (let round = 0; round < 4; round++) {
    const loading = open()
    const lost = Array.from({ length: 100 }, (_, i) => deal(playbook, round * 100 + i, '2026-02-02T00:00:00.000Z'))
    const writing = (async () => {
      for (let i = 0; i < lost.length; i += 10) {
        await record(sources.log, `${playbook} ${round} ${i}`, lost.slice(i, i + 10), { together: true })
        await catchUp(sources, readModels)
      }
    })()
    await Promise.all([loading.ready(), writing])
    const query = { playbook: { id: playbook }, groupBy: ['store' as const] }
    await expectSame(query, loading)
    const [group] = (await loading.funnel(viewer, { playbook: { id: playbook } })).groups
    expect(group?.lost).toBe((round + 1) * 100)
    await loading.close()
  }
})

test('an answer is never older than what the read models had taken in when it was asked for', async () => {
  const playbook = 'fresh'
  await record(sources.log, playbook, [...setting(playbook), ...told(playbook, 60)], { together: true })
  await catchUp(sources, readModels)
  for (let n = 0; n < 60; n++) {
    const question = () => columns.funnel(viewer, { playbook: { id: playbook } })
    const before = [question(), question()]
    await record(sources.log, `${playbook} ${n}`, [deal(playbook, n, '2026-02-02T00:00:00.000Z')])
    await catchUp(sources, readModels)
    expect((await question()).groups[0]?.lost).toBe(n + 1)
    for (const { groups } of await Promise.all(before)) expect(groups[0]?.lost).toBeGreaterThanOrEqual(n)
  }
})

test('a kept answer goes on ageing, and is that of the time it names', async () => {
  const { playbook } = await write(sources, fc.sample(story, { numRuns: 40, seed: 7 }))
  const query: FunnelQueryInput = { playbook: { id: playbook }, groupBy: ['store'] }
  for (const time of ['2026-03-02T04:00:00.000Z', '2026-03-02T04:00:07.250Z', '2026-03-06T23:10:00.000Z']) {
    vi.setSystemTime(Date.parse(time))
    await expectSame(query)
    expect((await columns.funnel(viewer, query)).asOf.businessTime).toBe(time)
  }
})

test('stores that move and tables that are built anew are noticed', async () => {
  const { playbook } = await write(sources, fc.sample(story, { numRuns: 30, seed: 3 }))
  const query: FunnelQueryInput = { playbook: { id: playbook }, groupBy: ['region'] }
  await expectSame(query)
  const moved = { storeId: 's2', fromRegionId: 'north', toRegionId: 'south' }
  await record(sources.log, 'another move', [
    { stream: 'organisation-main', at: '2026-01-20T00:00:00.000Z', event: { type: 'StoreMoved', data: moved } },
  ])
  await catchUp(sources, readModels)
  await expectSame(query)
  for (const model of readModels) await rebuild(sources, model)
  expect(rounded(await columns.funnel(viewer, query))).toEqual(rounded(await funnel(db, viewer, query)))
  await columns.ready()
  await expectSame(query)
})

test('where the thread of the columns ends, SQL answers; a thread that always does is started ever later, and then no more', async () => {
  const faults: unknown[] = []
  let starts = 0
  const dying = openFunnelColumns({
    db,
    start: () => {
      starts++
      return new Worker('throw new Error("no room")', { eval: true })
    },
    onError: (error) => faults.push(error),
  })
  const { playbook } = await write(sources, fc.sample(story, { numRuns: 5, seed: 2 }))
  const query: FunnelQueryInput = { playbook: { id: playbook } }
  for (let seconds = 0; seconds < 90; seconds++) {
    vi.setSystemTime(Date.parse(noon) + seconds * 1000)
    const answer = await dying.funnel(viewer, query)
    if (seconds % 30 === 0) expect(rounded(answer)).toEqual(rounded(await funnel(db, viewer, query)))
  }
  await dying.close()
  expect(starts).toBe(6)
  expect(faults).toEqual([
    expect.objectContaining({ message: 'no room' }),
    expect.objectContaining({ name: 'FunnelColumnsGivenUp', cause: expect.objectContaining({ message: 'no room' }) }),
  ])
})

test('a playbook that does not exist is an error of its own', async () => {
  await expect(columns.funnel(viewer, { playbook: { id: 'nowhere' } })).rejects.toThrow(UnknownPlaybook)
})
