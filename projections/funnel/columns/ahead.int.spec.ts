// What the engine of columns does before it is asked.
import { randomBytes } from 'node:crypto'
import { openPostgresEventLog } from '@headwater/infra/event-log'
import { openKeyVault } from '@headwater/infra/keys'
import type { EventLog } from '@headwater/infra/ports'
import { freshDatabase, type TestDatabase } from '@headwater/infra/testing'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { catchUp, readModels, type Sources } from '../../index.ts'
import { organisation, story, tell } from '../../testing/deals.ts'
import { record } from '../../testing/facts.ts'
import { write } from '../../testing/funnel.ts'
import { type Dimension, FunnelQuery, type FunnelQueryInput } from '../query.ts'
import { FunnelEngine } from './engine.ts'

let db: TestDatabase
let sources: Sources
let playbook: string
let engine: FunnelEngine
let readings = 0

beforeAll(async () => {
  db = await freshDatabase()
  sources = { db, log: await openPostgresEventLog(db), vault: await openKeyVault(db, { masterKey: randomBytes(32) }) }
  await record(sources.log, 'organisation', organisation())
  playbook = (await write(sources, fc.sample(story, { numRuns: 30, seed: 5 }))).playbook
})
afterAll(async () => {
  await sources.log.close()
  await db.drop()
})

beforeEach(async () => {
  const log: EventLog = {
    ...sources.log,
    readAll(options) {
      readings++
      return sources.log.readAll(options)
    },
  }
  engine = new FunnelEngine({
    db,
    log,
    onError(error) {
      throw error
    },
  })
  await engine.ready()
})
afterEach(() => engine.close())

const ask = async (input: Omit<FunnelQueryInput, 'playbook'>) => {
  const query = FunnelQuery.parse({ ...input, playbook: { id: playbook } })
  const changes = await engine.funnel({ viewer: { id: 'spec', role: 'headquarters' }, query, now: Date.now() })
  return changes!
}

test('what a dashboard begins with is there before anybody asks', async () => {
  const seldom = await ask({ groupBy: ['segment', 'store'] })
  const atStart: Dimension[][] = [[], ['channel'], ['region'], ['bucket']]
  for (const groupBy of atStart) expect((await ask({ groupBy })).panel).toBeLessThan(seldom.panel)
})

test('as long as there are questions, what is new is taken in before the next one', async () => {
  const { panel, revision } = await ask({})
  const before = readings
  await record(sources.log, 'another', tell('another', playbook, fc.sample(story, { numRuns: 1, seed: 9 })[0]!))
  await catchUp(sources, readModels)
  await vi.waitFor(() => expect(readings).toBeGreaterThan(before), { timeout: 20_000 })
  const taken = readings
  const after = await ask({})
  expect(readings).toBe(taken)
  expect(after).toMatchObject({ panel, revision: revision + 1 })
})
