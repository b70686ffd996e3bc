import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freshDatabase, type TestDatabase } from '@headwater/infra/testing'
import { eachStatement, explainLine, funnel, listPeriods, type RepStatement } from '@headwater/projections'
import { type Headwater, openHeadwater } from '@headwater/runtime'
import { decodeEvent, subjectsOfRecorded } from '@headwater/schema'
import { openShell } from '@headwater/shell'
import { findSimulation, simulate } from '@headwater/simulation'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { operator } from '../session.ts'

const small = {
  seed: 10,
  regions: 2,
  stores: 4,
  reps: 10,
  days: 85,
  leadsPerDay: 5,
  endsAt: '2026-11-22T08:00:00.000Z',
}
const open: { db: TestDatabase; headwater: Headwater; dataDir: string }[] = []

async function system(): Promise<Headwater> {
  const [db, dataDir] = await Promise.all([freshDatabase(), mkdtemp(join(tmpdir(), 'headwater '))])
  const headwater = await openHeadwater({ databaseUrl: db.url, dataDir, masterKey: undefined })
  open.push({ db, headwater, dataDir })
  return headwater
}

interface Stop {
  /** Which call of the shell, and which step of a close, is the one before which it is killed. */
  readonly command?: number
  readonly closing?: number
}

/** @throws Error as if killed where it is to stop */
async function fill({ log, application, closing, readModels }: Headwater, stop: Stop = {}): Promise<void> {
  const left = { command: stop.command ?? Number.POSITIVE_INFINITY, closing: stop.closing ?? Number.POSITIVE_INFINITY }
  const mortal =
    <Args extends unknown[], Result>(kind: keyof Stop, call: (...args: Args) => Promise<Result>) =>
    (...args: Args) =>
      --left[kind] <= 0 ? Promise.reject(new Error('killed')) : call(...args)
  await simulate(
    {
      log,
      shellOn(draft) {
        const shell = openShell({ ...application.options, log: draft })
        return {
          executeAll: mortal('command', (...items: Parameters<typeof shell.executeAll>) => shell.executeAll(...items)),
        }
      },
      settle: () => readModels.catchUp(),
      closing: {
        preparePeriod: mortal('closing', closing.preparePeriod),
        approvePeriod: mortal('closing', closing.approvePeriod),
        closePeriod: mortal('closing', closing.closePeriod),
      },
    },
    small,
  )
}

/**
 * What the log tells, stream by stream, without what differs from one telling to the next: ids of events and when they were recorded, and so
 * the hashes over them.
 */
async function told({ log, vault }: Headwater) {
  const streams: Record<string, unknown[]> = {}
  for await (const { events } of log.readAll()) {
    const keys = await vault.find(events.flatMap(subjectsOfRecorded))
    for (const event of events) {
      const { stream, type, data, meta } = decodeEvent(event, keys)
      const { linesRoot: _, log: __, seal: ___, previousSeal: ____, ...facts } = data as Record<string, unknown>
      streams[stream] = [...(streams[stream] ?? []), { type, data: facts, meta }]
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

it('closes two months, each prepared by one and approved and closed by another, seal upon seal', async () => {
  const periods = await listPeriods(whole.db, operator)
  const ledger = (await whole.log.readStream('ledger-main')).map((event) => decodeEvent(event, new Map()))
  const closed = ledger.filter((event) => event.type === 'PeriodClosed')
  expect(closed.map(({ data }) => data.period)).toEqual(['2026-09', '2026-10'])
  expect(closed[0]!.data.previousSeal).toBeNull()
  expect(closed[1]!.data.previousSeal).toBe(closed[0]!.data.seal)
  for (const { data, meta } of closed) {
    expect(periods.find(({ period }) => period === data.period)).toMatchObject({ seal: data.seal })
    expect(data.statements).toBeGreaterThan(3)
    expect(data.total).toBeGreaterThan(0)
    const prepared = ledger.find((event) => event.type === 'PeriodPrepared' && event.data.period === data.period)
    expect(prepared!.meta.actor.id).not.toBe(meta.actor.id)
  }
})

it('pays a rep by both plans, line by line, and every line can be explained', async () => {
  const found: RepStatement[] = []
  for (const period of ['2026-10', '2026-11'])
    await eachStatement(whole.db, operator, { period, now: small.endsAt }, (statement) => void found.push(statement))
  const lines = found.flatMap(({ statement }) => statement.lines)
  expect(new Set(lines.map(({ planId }) => planId))).toEqual(new Set(['sales-tiers', 'ltv-dividend']))
  expect(found.flatMap(({ statement }) => statement.adjustments).length).toBeGreaterThan(0)
  const [line] = lines
  const explained = await explainLine(whole.db, operator, { lineId: line!.id, now: small.endsAt })
  expect(explained.line.amount).toBe(line!.amount)
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
  for (const command of [2, 40, 170, 300]) await expect(fill(broken, { command })).rejects.toThrow('killed')
  for (const closing of [2, 4]) await expect(fill(broken, { closing })).rejects.toThrow('killed')
  expect(await findSimulation(broken.log)).toMatchObject({ complete: false })
  await fill(broken)
  expect(await told(broken)).toEqual(await told(whole))
})
