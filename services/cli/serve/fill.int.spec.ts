import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freshDatabase, type TestDatabase } from '@headwater/infra/testing'
import { funnel } from '@headwater/projections'
import { type Headwater, openHeadwater } from '@headwater/runtime'
import { decodeEvent, subjectsOfRecorded } from '@headwater/schema'
import { findSimulation, simulate } from '@headwater/simulation'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { operator } from '../session.ts'

const small = { seed: 7, regions: 2, stores: 4, reps: 10, days: 40, leadsPerDay: 8, endsAt: '2026-11-22T08:00:00.000Z' }
const open: { db: TestDatabase; headwater: Headwater; dataDir: string }[] = []

async function system(): Promise<Headwater> {
  const [db, dataDir] = await Promise.all([freshDatabase(), mkdtemp(join(tmpdir(), 'headwater '))])
  const headwater = await openHeadwater({ databaseUrl: db.url, dataDir, masterKey: undefined })
  open.push({ db, headwater, dataDir })
  return headwater
}

/** Stops, as if killed, at the n-th call of the shell. */
async function fill({ log, application, readModels }: Headwater, stopAt = Number.POSITIVE_INFINITY): Promise<void> {
  let calls = 0
  const { shell } = application
  const mortal: typeof shell = {
    ...shell,
    executeAll(...command) {
      if (++calls >= stopAt) return Promise.reject(new Error('killed'))
      return shell.executeAll(...command)
    },
  }
  await simulate({ log, shell: mortal, settle: () => readModels.catchUp() }, small)
}

/** What the log tells, stream by stream, without what differs from one telling to the next: ids of events and when they were recorded. */
async function told({ log, vault }: Headwater) {
  const streams: Record<string, unknown[]> = {}
  for await (const { events } of log.readAll()) {
    const keys = await vault.find(events.flatMap(subjectsOfRecorded))
    for (const event of events) {
      const { stream, type, data, meta } = decodeEvent(event, keys)
      streams[stream] = [...(streams[stream] ?? []), { type, data, meta }]
    }
  }
  return streams
}

let whole: Headwater
beforeAll(async () => {
  whole = await system()
  await fill(whole)
})
afterAll(async () => {
  for (const { db, headwater, dataDir } of open) {
    await headwater.close()
    await db.drop()
    await rm(dataDir, { recursive: true })
  }
})

it('fills a log with every kind of event of an organisation at work', async () => {
  const types = new Set(
    Object.values(await told(whole))
      .flat()
      .map((event) => (event as { type: string }).type),
  )
  for (const type of [
    'StoreOpened',
    'RepMoved',
    'PlaybookPublished',
    'LeadDuplicateSuspected',
    'LeadMerged',
    'LeadAbsorbed',
  ])
    expect(types).toContain(type)
  for (const type of ['LeadConverted', 'CustomerRegistered', 'DealAdvanced', 'DealWon', 'DealLost', 'EvidenceAttached'])
    expect(types).toContain(type)
  expect(await findSimulation(whole.log)).toEqual({ ...small, complete: true })
})

it('makes a funnel that narrows from stage to stage', async () => {
  const { groups } = await funnel(whole.db, operator, { playbook: { id: 'home-improvement' } })
  const reached = groups[0]!.stages.map((stage) => stage.reached)
  expect(reached).toHaveLength(5)
  expect(reached).toEqual(reached.toSorted((a, b) => b - a))
  expect(reached.at(-1)).toBeGreaterThan(0)
})

it('told again, adds nothing', async () => {
  const head = await whole.log.head()
  await fill(whole)
  expect(await whole.log.head()).toBe(head)
})

it('interrupted anywhere and completed, is the same as told without interruption', async () => {
  const broken = await system()
  for (const stopAt of [2, 40, 170, 300]) await expect(fill(broken, stopAt)).rejects.toThrow('killed')
  expect(await findSimulation(broken.log)).toMatchObject({ complete: false })
  await fill(broken)
  expect(await told(broken)).toEqual(await told(whole))
})
