// The public data sets against figures that somebody else has counted.
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openPostgresEventLog } from '@headwater/infra/event-log'
import { openKeyVault } from '@headwater/infra/keys'
import { freshDatabase } from '@headwater/infra/testing'
import type { OpenedEvent } from '@headwater/schema'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { importFiles, readMapping } from './index.ts'
import { openWorld, type World } from './testing/world.ts'

/** In a database of its own. */
async function freshWorld(): Promise<World & { close(): Promise<void> }> {
  const db = await freshDatabase()
  const log = await openPostgresEventLog(db)
  const close = async () => {
    await log.close()
    await db.drop()
  }
  return { ...openWorld(log, await openKeyVault(db, { masterKey: randomBytes(32) })), close }
}

const folder = process.env.HEADWATER_DATASETS ?? fileURLToPath(new URL('../../../shared/data', import.meta.url))
const there = existsSync(join(folder, 'bpi2012.xes.gz'))

let world: Awaited<ReturnType<typeof freshWorld>>
beforeEach(async () => {
  world = await freshWorld()
})
afterEach(() => world.close())

const run = async (name: string, files: string[]) =>
  importFiles({
    application: world.application,
    mapping: await readMapping(name),
    files: files.map((file) => join(folder, file)),
  })

const countBy = <T>(items: readonly T[], key: (item: T) => string | null) => {
  const counts: Record<string, number> = {}
  for (const item of items) counts[String(key(item))] = (counts[String(key(item))] ?? 0) + 1
  return counts
}

/** Seconds from the entry of one stage to the entry of the next. */
function dwell(events: readonly OpenedEvent[], from: string, to: string) {
  const entered = new Map<string, number>()
  const seconds: number[] = []
  for (const { stream, type, data, meta } of events) {
    const stage = type === 'DealOpened' ? data.stage : type === 'DealAdvanced' ? data.to : undefined
    const at = Date.parse(meta.occurredAt)
    if (stage === from) entered.set(stream, at)
    if (stage === to) seconds.push((at - entered.get(stream)!) / 1000)
  }
  seconds.sort((a, b) => a - b)
  const middle = seconds.length / 2
  const median = (seconds[Math.ceil(middle) - 1]! + seconds[Math.floor(middle)]!) / 2
  return { mean: (seconds.reduce((sum, s) => sum + s, 0) / seconds.length).toFixed(2), median: median.toFixed(2) }
}

if (!there)
  it(`is left out: ${folder} with the public data sets is not there (set HEADWATER_DATASETS)`, () => {
    console.warn(`Left out: imports of the public data sets, as ${folder} is not there.`)
  })
else
  describe('the public data sets', () => {
    it('bpi2012 gives the counts and dwell times of its funnel', async () => {
      const report = await run('bpi2012', ['bpi2012.xes.gz'])
      expect(report).toMatchObject({
        rows: 262_200,
        cases: 13_087,
        leads: { captured: 13_087 },
        deals: { opened: 13_087, won: 2_246, lost: 10_442 },
        badRows: { count: 0 },
        unmapped: { columns: {}, activities: { 'W_Completeren aanvraag': 54_850, O_CREATED: 7_030 } },
      })
      const events = await world.events()
      expect(events.length).toBe(report.eventsWritten)
      const stages = events.flatMap(({ type, data }) =>
        type === 'DealOpened' ? [data.stage] : type === 'DealAdvanced' ? [data.to] : [],
      )
      expect(countBy(stages, (stage) => stage)).toEqual({
        submitted: 13_087,
        preaccepted: 7_367,
        accepted: 5_113,
        finalized: 5_015,
        approved: 2_246,
      })
      const lost = events.flatMap(({ type, data }) => (type === 'DealLost' ? [data.reason] : []))
      expect(countBy(lost, (reason) => reason)).toEqual({ declined: 7_635, cancelled: 2_807 })
      expect(dwell(events, 'preaccepted', 'accepted')).toEqual({ mean: '67267.40', median: '14832.52' })
      expect(dwell(events, 'finalized', 'approved')).toEqual({ mean: '1382204.21', median: '1194617.52' })
    }, 240_000)

    it('olist gives leads and deals by channel, its blank origins and its impossible row', async () => {
      const report = await run('olist', ['olist_closed_deals.csv', 'olist_leads.csv'])
      expect(report).toMatchObject({
        rows: 8_842,
        leads: { captured: 8_000 },
        deals: { opened: 8_000, won: 842 },
        reps: { hired: 22 },
        badRows: { count: 0 },
      })
      expect(report.flagged.byCode).toEqual({
        'missing-tag:firstContactChannel': 60,
        'before-stage-entry': 1,
        'won-before-first-contact': 1,
      })
      const impossible = report.flagged.first.filter(({ code }) => !code.startsWith('missing-tag'))
      expect(impossible.map(({ line, caseId }) => [line, caseId])).toEqual([
        [669, 'b91cf8812365f50ff4bda4bcd6206b05'],
        [669, 'b91cf8812365f50ff4bda4bcd6206b05'],
      ])
      const events = await world.events()
      const opened = events.flatMap(({ type, data, stream }) =>
        type === 'DealOpened' ? [{ stream, channel: data.source.channel }] : [],
      )
      const wonStreams = new Set(events.flatMap(({ type, stream }) => (type === 'DealWon' ? [stream] : [])))
      expect(countBy(opened, ({ channel }) => channel)).toMatchObject({ paid_search: 1_586, social: 1_350, null: 60 })
      const won = opened.filter(({ stream }) => wonStreams.has(stream))
      expect(countBy(won, ({ channel }) => channel)).toMatchObject({ paid_search: 195, social: 75 })
      expect(won.length).toBe(842)
    }, 240_000)
  })
