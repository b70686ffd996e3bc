import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { openPostgresEventLog } from '@headwater/infra/event-log'
import { openKeyVault } from '@headwater/infra/keys'
import type { EventLog } from '@headwater/infra/ports'
import { freshDatabase } from '@headwater/infra/testing'
import type { OpenedEvent } from '@headwater/schema'
import exceljs from 'exceljs'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type BadRow, type ImportOptions, importFiles, parseMapping } from './index.ts'
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

let world: Awaited<ReturnType<typeof freshWorld>>
let folder: string
beforeEach(async () => {
  world = await freshWorld()
  folder = await mkdtemp(join(tmpdir(), 'import '))
})
afterEach(async () => {
  await world.close()
  await rm(folder, { recursive: true })
})

const playbook = (gates = '') => `playbook:
  id: sales
  definition:
    name: { en: Sales, zh-CN: 销售 }
    calendar: { zone: Asia/Shanghai, week: { mon: [{ from: '09:00', to: '18:00' }] } }
    evidenceKinds: [{ id: photo, name: { en: Photo, zh-CN: 照片 } }]
    stages:
      - { id: new, name: { en: New, zh-CN: 新 } }
      - { id: visited, name: { en: Visited, zh-CN: 已拜访 }${gates} }
`
const mapping = (text: string, gates?: string) =>
  parseMapping(`source: crm\nzone: Asia/Shanghai\n${playbook(gates)}${text}`, 'm.yaml')

const tables = (gates?: string) =>
  mapping(
    `leads: waive
organisation: { since: '2020-01-01', regions: [{ id: hubei, name: Hubei }], stores: [{ id: wuhan, name: Wuhan, region: hubei }] }
reps: { hire: { store: wuhan, since: '2020-01-01' } }
files:
  - match: leads*
    case: id
    lead:
      capturedAt: created
      contact: { name: name, phone: phone }
      tags: { type: { value: home }, region: { value: hubei }, firstContactChannel: channel }
      source: { channel: channel }
    deal: {}
  - match: deals*
    case: id
    rep: rep
    stages: { visited: visited }
    win: { at: won }
`,
    gates,
  )

const leadsCsv = `id,created,name,phone,channel,note
1,2026-01-05 09:00,Li Lei,13800000001,douyin,a
2,2026-01-06,Han Meimei,13800000002,,
3,2026-01-07,,,shop,
`
const dealsCsv = `id,rep,visited,won
1,Jim Green,2026-01-08,2026-01-20
2,Jim Green,2026-01-09,
3,Jim Green,2026-01-02,2026-01-03
`

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

const files = async () => [await file('deals.csv', dealsCsv), await file('leads.csv', leadsCsv)]

const run = (options: Pick<ImportOptions, 'files' | 'mapping'> & Partial<ImportOptions>) =>
  importFiles({ application: world.application, ...options })

/** What a log tells, whatever the order in which its streams were written. */
function story(events: readonly OpenedEvent[]): string[] {
  return events
    .map(({ stream, revision, type, data, meta: { occurredAt, caseId, commandId } }) =>
      JSON.stringify([stream, revision, type, data, occurredAt, caseId, commandId]),
    )
    .filter((line) => !line.includes('"PlaybookPublished"'))
    .sort()
}

describe('an import of tables', () => {
  it('turns rows into leads and deals with their own business time, whatever the order of the files', async () => {
    const report = await run({ files: await files(), mapping: tables() })
    expect(report).toMatchObject({
      status: 'imported',
      rows: 6,
      cases: 6,
      playbook: { id: 'sales', published: true },
      leads: { captured: 3, alreadyThere: 0 },
      deals: { opened: 3, won: 2, lost: 0 },
      reps: { hired: 1 },
      badRows: { count: 0 },
      unmapped: { columns: { note: 1 }, activities: {} },
    })
    const events = await world.events()
    expect(report.eventsWritten).toBe(events.length)
    const first = events.filter(({ meta }) => meta.caseId === 'crm:1')
    expect(first.map(({ stream, type, meta }) => [stream, type, meta.occurredAt])).toEqual([
      ['lead-crm:1', 'LeadCaptured', '2026-01-05T01:00:00.000Z'],
      ['deal-crm:1', 'DealOpened', '2026-01-05T01:00:00.000Z'],
      ['deal-crm:1', 'DealAssigned', '2026-01-07T16:00:00.000Z'],
      ['deal-crm:1', 'DealAdvanced', '2026-01-07T16:00:00.000Z'],
      ['deal-crm:1', 'DealWon', '2026-01-19T16:00:00.000Z'],
    ])
    expect(first[0]?.data).toMatchObject({ contact: { name: 'Li Lei' }, source: { channel: 'douyin' } })
  })

  it('takes a row that contradicts itself with a flag, and keeps blanks visible', async () => {
    const { flagged } = await run({ files: await files(), mapping: tables() })
    expect(flagged.byCode).toMatchObject({ 'missing-tag:firstContactChannel': 1, 'won-before-first-contact': 1 })
    expect(flagged.first.filter(({ caseId }) => caseId === '3')).toMatchObject([
      { line: 4, code: 'before-stage-entry' },
      { line: 4, code: 'won-before-first-contact' },
    ])
    const blank = (await world.events()).find(({ stream }) => stream === 'deal-crm:2')
    expect(blank?.data).toMatchObject({ source: { channel: null } })
  })

  it('adds nothing the second time', async () => {
    const paths = await files()
    const first = await run({ files: paths, mapping: tables() })
    const head = await world.head()
    const second = await run({ files: paths, mapping: tables() })
    expect(await world.head()).toBe(head)
    expect(second).toMatchObject({
      eventsWritten: 0,
      leads: { captured: 0, alreadyThere: 3 },
      deals: { opened: 0, alreadyThere: 3 },
      badRows: { count: 0 },
    })
    expect(second.flagged).toEqual(first.flagged)
  })

  it('decides everything in a dry run, the same as in earnest, and writes nothing', async () => {
    const paths = await files()
    const { status: checked, seconds, ...dry } = await run({ files: paths, mapping: tables(), dryRun: true })
    expect(checked).toBe('checked')
    expect(await world.head()).toBeUndefined()
    const { status, seconds: _, ...real } = await run({ files: paths, mapping: tables() })
    expect(status).toBe('imported')
    expect(dry).toEqual(real)
    expect(seconds).toBeGreaterThan(0)
  })

  it('reads the same from a workbook and from gzip', async () => {
    await run({ files: await files(), mapping: tables() })
    const fromCsv = story(await world.events())
    await world.close()
    world = await freshWorld()
    const book = new exceljs.Workbook()
    const sheet = book.addWorksheet('Leads')
    for (const line of leadsCsv.trim().split('\n')) sheet.addRow(line.split(','))
    sheet.getCell('B3').value = new Date(Date.UTC(2026, 0, 6))
    const paths = [
      await file('leads.data', Buffer.from(await book.xlsx.writeBuffer())),
      await file('deals.data', gzipSync(dealsCsv)),
    ]
    await run({ files: paths, mapping: tables() })
    expect(story(await world.events())).toEqual(fromCsv)
  })

  it('names every bad row and takes the others', async () => {
    const bad = `id,created,name,phone,channel,note
1,2026-01-05,a,,shop,
,2026-01-06,b,,shop,
3,6 January,c,,shop,
4,2199-01-01,d,,shop,
5,2026-01-05,e
1,2026-01-09,again,,shop,
7,2026-01-05,${'x'.repeat(201)},,shop,
`
    const seen: BadRow[] = []
    const paths = [await file('leads.csv', bad)]
    const { badRows, leads, deals } = await run({ files: paths, mapping: tables(), onBadRow: (row) => seen.push(row) })
    expect(leads.captured).toBe(1)
    expect(deals.opened).toBe(1)
    expect(badRows.first.map(({ line, code }) => [line, code])).toEqual([
      [3, 'value-missing'],
      [4, 'not-a-date'],
      [5, 'future-date'],
      [6, 'wrong-number-of-cells'],
      [7, 'id-repeated'],
      [8, 'invalid-command'],
    ])
    expect(badRows.first[4]?.reason).toContain('line 2')
    expect(badRows.first.every(({ whatWouldBeRight }) => whatWouldBeRight !== '')).toBe(true)
    expect(seen.length).toBe(badRows.count)
    const before = await world.head()
    const dry = await run({ files: paths, mapping: tables(), dryRun: true })
    expect(dry.badRows).toEqual(badRows)
    const strict = await run({
      files: [await file('leads2.csv', bad.replaceAll('\n1,', '\n9,'))],
      mapping: tables(),
      strict: true,
    })
    expect(strict.status).toBe('refused')
    expect(await world.head()).toBe(before)
  })

  it('holds deals to the gates of the playbook unless the mapping waives them', async () => {
    const gates = ', entry: { evidence: [{ kind: photo }] }'
    const { badRows, deals, flagged } = await run({ files: await files(), mapping: tables(gates) })
    expect(deals.opened).toBe(3)
    expect(badRows.first.map(({ line, code }) => [line, code])).toEqual([
      [2, 'gate-unmet'],
      [3, 'gate-unmet'],
      [4, 'gate-unmet'],
    ])
    expect(badRows.first[0]?.whatWouldBeRight).toContain('gates: waive')
    expect(flagged.byCode).toEqual({ 'missing-tag:firstContactChannel': 1 })
    const waived = await run({ files: await files(), mapping: { ...tables(gates), gates: 'waive' } })
    expect(waived).toMatchObject({ badRows: { count: 0 }, deals: { won: 2 } })
    const advanced = (await world.events()).find(({ type }) => type === 'DealAdvanced')
    expect(advanced?.data).toMatchObject({ waived: [{ item: 'photo', required: 1, present: 0 }] })
  })

  it('writes nothing when a file is not what it should be', async () => {
    const good = await file('leads.csv', leadsCsv)
    const broken: [string, string | Uint8Array, string][] = [
      ['deals1', gzipSync(dealsCsv).subarray(0, -12), 'gzip-corrupt'],
      ['deals2', Buffer.concat([Buffer.from(dealsCsv), Buffer.from([0xc3, 0x28])]), 'encoding-invalid'],
      ['deals3', `${dealsCsv}4,"Jim`, 'csv-malformed'],
      ['deals4', dealsCsv.replace('won', 'closed'), 'column-missing'],
      ['deals5', '<log/>', 'format-mismatch'],
      ['deals6', '', 'file-empty'],
      ['other', dealsCsv, 'file-not-mapped'],
    ]
    for (const [name, content, code] of broken)
      await expect(run({ files: [good, await file(name, content)], mapping: tables() })).rejects.toMatchObject({ code })
    await expect(run({ files: [good, join(folder, 'deals7')], mapping: tables() })).rejects.toMatchObject({
      code: 'file-unreadable',
    })
    expect(await world.head()).toBeUndefined()
  })

  it('says which columns there are when one is missing', async () => {
    const paths = [await file('leads.csv', leadsCsv.replace('created', 'date'))]
    await expect(run({ files: paths, mapping: tables() })).rejects.toMatchObject({
      reason: 'there is no column "created", which the mapping names',
      whatWouldBeRight: 'the columns are: id, date, name, phone, channel, note',
    })
  })

  it('needs a playbook that has the stages of the mapping', async () => {
    const paths = [await file('leads.csv', leadsCsv)]
    const without = parseMapping(
      `source: crm\nzone: UTC\nplaybook: { id: none }\nfiles: [{ case: id, win: { at: created } }]`,
      'm',
    )
    await expect(run({ files: paths, mapping: without })).rejects.toMatchObject({ code: 'playbook-missing' })
    const builtin = { ...without, playbook: { id: 'b2b-device' }, files: tables().files }
    await expect(run({ files: paths, mapping: builtin })).rejects.toMatchObject({ code: 'mapping-invalid' })
    expect(await world.head()).toBeUndefined()
  })
})

describe('an import that was interrupted', () => {
  const many = (count: number) => {
    const rows = Array.from({ length: count }, (_, i) => `${i},2026-01-05,Person ${i},,shop,`)
    return `id,created,name,phone,channel,note\n${rows.join('\n')}\n`
  }
  const ends = (count: number) => {
    const rows = Array.from(
      { length: count },
      (_, i) => `${i},Jim Green,2026-01-0${8 + (i % 2)},${i % 3 ? '' : '2026-02-01'}`,
    )
    return `id,rep,visited,won\n${rows.join('\n')}\n`
  }
  const paths = async (count: number) => [await file('leads.csv', many(count)), await file('deals.csv', ends(count))]

  it('is completed by the same import, exactly', async () => {
    const options = { files: await paths(10), mapping: tables() }
    await run(options)
    const whole = story(await world.events())
    const when = fc.constantFrom<'before' | 'after'>('before', 'after')
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 34 }),
        when,
        fc.integer({ min: 1, max: 8 }),
        async (n, at, concurrency) => {
          const other = await freshWorld()
          const dying = other.over((log) => dyingAt(log, n, at))
          await expect(importFiles({ ...options, application: dying, concurrency })).rejects.toThrow('killed')
          const report = await importFiles({ ...options, application: other.application, concurrency })
          expect(report.badRows.count).toBe(0)
          expect(story(await other.events())).toEqual(whole)
          await other.close()
        },
      ),
      { numRuns: 6 },
    )
  }, 120_000)

  it('by its signal stops between cases and can be gone on with', async () => {
    const options = { files: await paths(300), mapping: tables() }
    const abort = new AbortController()
    const onProgress: ImportOptions['onProgress'] = ({ phase, cases }) => {
      if (phase === 'writing' && cases > 0) abort.abort(new Error('enough'))
    }
    await expect(run({ ...options, signal: abort.signal, onProgress, concurrency: 4 })).rejects.toThrow('enough')
    const report = await run(options)
    expect(report.leads.captured + report.leads.alreadyThere).toBe(300)
    expect(report).toMatchObject({ badRows: { count: 0 }, deals: { alreadyThere: expect.any(Number) } })
    const types = (await world.events()).map(({ type }) => type)
    expect(types.filter((type) => type === 'DealWon').length).toBe(100)
    await expect(run({ ...options, signal: abort.signal })).rejects.toThrow('enough')
  })
})

/** A log whose writer dies at its n-th append, before the events are there or just after. */
function dyingAt(log: EventLog, n: number, when: 'before' | 'after'): EventLog {
  let appends = 0
  return {
    ...scoped(log),
    async append(...args) {
      appends++
      if (appends > n || (appends === n && when === 'before')) throw new Error('killed')
      const appended = await log.append(...args)
      if (appends >= n) throw new Error('killed')
      return appended
    },
  }
}

const scoped = (log: EventLog): EventLog => ({
  append: (...args) => log.append(...args),
  readStream: (...args) => log.readStream(...args),
  readAll: (...args) => log.readAll(...args),
  subscribe: (...args) => log.subscribe(...args),
  head: () => log.head(),
  positionAt: (recorded) => log.positionAt(recorded),
  share: (position, until) => log.share(position, until),
  deleteStream: (...args) => log.deleteStream(...args),
  close: () => log.close(),
})

describe('an import of event logs', () => {
  const activities = `
    activities:
      start: { stage: new }
      visit: { stage: visited }
      yes: { win: true }
      no: { lose: declined }
`
  const xes = (traces: [string, [string, string][]][]) => `<?xml version="1.0" encoding="UTF-8"?>
<log>
${traces
  .map(
    ([id, events]) => `<trace>
<string key="concept:name" value="${id}"/><string key="colour" value="red"/>
${events.map(([name, at]) => `<event><string key="concept:name" value="${name}"/><date key="time:timestamp" value="${at}"/></event>`).join('\n')}
</trace>`,
  )
  .join('\n')}
</log>`
  const cases: [string, [string, string][]][] = [
    [
      'a',
      [
        ['start', '2025-01-01T10:00:00.123+01:00'],
        ['W_work', '2025-01-01T11:00:00+01:00'],
        ['visit', '2025-01-02T10:00:00.456+01:00'],
        ['yes', '2025-01-03T10:00:00+01:00'],
      ],
    ],
    [
      'b',
      [
        ['start', '2025-01-01T10:00:00+01:00'],
        ['no', '2025-01-05T10:00:00+01:00'],
      ],
    ],
    [
      'c',
      [
        ['start', '2025-01-01T12:00:00+01:00'],
        ['W_work', '2025-01-01T13:00:00+01:00'],
      ],
    ],
  ]
  const traceMapping = () => mapping(`leads: waive\nfiles:\n  - rows: trace\n    lead: {}${activities}`)

  it('takes traces from XES, and counts what the mapping does not name', async () => {
    const report = await run({ files: [await file('log', gzipSync(xes(cases)))], mapping: traceMapping() })
    expect(report).toMatchObject({
      rows: 8,
      cases: 3,
      leads: { captured: 3 },
      deals: { opened: 3, won: 1, lost: 1 },
      unmapped: { activities: { W_work: 2 }, columns: { 'trace colour': 3 } },
      badRows: { count: 0 },
    })
    const dwell = (await world.events())
      .filter(({ stream }) => stream === 'deal-crm:a')
      .map(({ meta }) => Date.parse(meta.occurredAt))
    expect(dwell.slice(1).map((at, i) => at - dwell[i]!)).toEqual([86_400_333, 86_399_544])
  })

  it('takes a case once, however often its id comes', async () => {
    const twice = xes([...cases, ['a', [['start', '2025-02-01T10:00:00+01:00']]]])
    const { badRows } = await run({ files: [await file('log', twice)], mapping: traceMapping() })
    expect(badRows.first).toMatchObject([{ caseId: 'a', code: 'id-repeated' }])
  })

  it('tells the same from a table of events in the order of time, twice as well as once', async () => {
    await run({ files: [await file('log', xes(cases))], mapping: traceMapping() })
    const fromTraces = (await world.events()).filter(({ stream }) => stream.startsWith('deal-'))
    await world.close()
    world = await freshWorld()
    const rows = cases.flatMap(([id, events]) => events.map(([name, at]) => [at, id, name]))
    rows.sort(([a = ''], [b = '']) => Date.parse(a) - Date.parse(b))
    const path = await file('events.csv', `at,case,activity\n${rows.map((row) => row.join(',')).join('\n')}\n`)
    const eventMapping = mapping(
      `leads: waive\nfiles:\n  - rows: event\n    case: case\n    activity: activity\n    at: at\n    lead: {}${activities}`,
    )
    const tell = (events: readonly OpenedEvent[]) =>
      events.map(({ stream, type, meta }) => `${stream} ${type} ${meta.occurredAt}`).sort()
    const report = await run({ files: [path], mapping: eventMapping, concurrency: 1 })
    expect(report).toMatchObject({ rows: 8, deals: { opened: 3, won: 1, lost: 1 }, badRows: { count: 0 } })
    expect(tell((await world.events()).filter(({ stream }) => stream.startsWith('deal-')))).toEqual(tell(fromTraces))
    const head = await world.head()
    expect(await run({ files: [path], mapping: eventMapping })).toMatchObject({
      eventsWritten: 0,
      badRows: { count: 0 },
    })
    expect(await world.head()).toBe(head)
  })
})

describe('touches', () => {
  const touches = () =>
    mapping(`leads: waive
files:
  - match: leads*
    case: id
    lead: { capturedAt: created, organisation: firm, source: { channel: channel } }
  - match: '*'
    rows: touch
    case: cookie
    at: time
    utm: { source: source, medium: medium, campaign: campaign }
    cost: { column: price, currency: CNY }
    direct: { column: medium, is: ['(none)'] }
    lead: { case: lead }
`)
  const clicks = `cookie,time,source,medium,campaign,price,lead
c1,2026-03-01 09:00,douyin,cpc,spring,3.50,
c1,2026-03-02 09:59,,(none),,,7
c2,soon,baidu,cpc,brand,8.20,
c2,2026-03-02 09:00,baidu,cpc,brand,x,
c3,2026-03-02 09:00,baidu,cpc,brand,8.20,99
,2026-03-02 09:00,baidu,cpc,brand,8.20,
`

  it('of any tool become visitors, who are leads where a row says so; every bad row is listed', async () => {
    const files = [await file('leads.csv', 'id,created,firm,channel\n7,2026-03-02 10:00,Aoki,web\n')]
    files.push(await file('clicks.csv', clicks))
    const before = await world.head()
    const dry = await run({ files, mapping: touches(), dryRun: true })
    expect(await world.head()).toBe(before)
    const report = await run({ files, mapping: touches() })
    for (const { badRows } of [dry, report])
      expect(badRows.first.map(({ line, code }) => [line, code])).toEqual([
        [4, 'not-a-date'],
        [5, 'not-an-amount'],
        [6, 'lead-not-found'],
        [7, 'value-missing'],
      ])
    const visitors = async () => {
      const told = (await world.events()).filter(({ stream }) => stream.startsWith('visitor-'))
      return told.sort((a, b) => (a.stream < b.stream ? -1 : a.stream > b.stream ? 1 : a.revision - b.revision))
    }
    const told = await visitors()
    expect(told).toMatchObject([
      {
        stream: 'visitor-crm:c1',
        type: 'VisitorTouched',
        data: { channel: 'douyin-ads', campaign: 'spring', system: 'crm' },
      },
      { stream: 'visitor-crm:c1', type: 'VisitorTouched', data: { channel: 'direct', direct: true } },
      { stream: 'visitor-crm:c1', type: 'VisitorIdentified', data: { leadId: 'crm:7' } },
      { stream: 'visitor-crm:c3', type: 'VisitorTouched' },
    ])
    await run({ files, mapping: touches() })
    expect(await visitors()).toEqual(told)
  })
})
