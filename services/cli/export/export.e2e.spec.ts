// Exports against what they were made from: whole, killed in the middle, as of a position, with and without personal data; and what is refused.
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Database, openDatabase } from '@headwater/infra/database'
import { dumpTables, leadsModel, listReplays, replay } from '@headwater/projections'
import type { RecordedEvent } from '@headwater/schema'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { forget } from '../forget.ts'
import { withSession } from '../session.ts'
import { simulate } from '../simulate/simulate.ts'
import { ask } from '../sql/sql.ts'
import { type CommandLine, commandLine } from '../testing/command-line.ts'
import { type ExportCommand, exportTo } from './export.ts'
import type { Manifest } from './folder.ts'

let cli: CommandLine
let db: Database
const log: RecordedEvent[] = []
beforeAll(async () => {
  cli = await commandLine()
  // What is called here works on the same data as the processes that are started.
  vi.stubEnv('DATABASE_URL', cli.databaseUrl)
  vi.stubEnv('HEADWATER_DATA', cli.dataDir)
  db = await openDatabase({ url: cli.databaseUrl })
  await simulate({ stores: 3, days: 20, endsAt: '2026-11-22T08:00:00.000Z' })
  await withSession(async (session) => {
    for await (const { events } of session.log.readAll()) log.push(...events)
  })
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await db.close()
  await cli.remove()
})

const at = (folder: string) => join(cli.folder, folder)
const manifest = async (folder: string): Promise<Manifest> =>
  JSON.parse(await readFile(join(at(folder), 'manifest.json'), 'utf8'))
const { signal } = new AbortController()
const exported = (to: string, what: readonly string[], command: Partial<ExportCommand> = {}) =>
  exportTo(
    what,
    { to: at(to), format: 'parquet', role: 'administrator', partSize: 250_000, json: true, ...command },
    signal,
  )

/** Rows as objects. */
async function rows(folder: string, query: string): Promise<Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = []
  await ask(at(folder), query, async ({ names, pages }) => {
    for await (const page of pages)
      found.push(...page.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]]))))
  })
  return found
}

describe('an export of everything', () => {
  const formats = ['parquet', 'csv', 'jsonl'] as const
  beforeAll(async () => {
    for (const format of formats) await exported(format, ['all'], { format, partSize: 500 })
  })

  it.each(formats)('holds every event of the log, as %s', async (format) => {
    const found = await rows(format, 'select position, event_id, stream, occurred_at from events order by position')
    expect(found).toEqual(
      log.map(({ position, id, stream, meta }) => ({ position, event_id: id, stream, occurred_at: meta.occurredAt })),
    )
  })

  it('holds what the read models hold, in every format', async () => {
    const dump = await dumpTables(db, leadsModel)
    const columns =
      'lead_id, touch_no, touch_id, direction, channel, campaign, content, landing_page, occurred_at, recorded_at'
    const touches = dump.lead_touches!.map((row) => [...row])
    const key = (row: readonly unknown[]) => `${row[0]} ${row[1]}`.padStart(60)
    const sorted = (all: (readonly unknown[])[]) => all.sort((a, b) => (key(a) < key(b) ? -1 : 1))
    for (const format of formats) {
      const found = (await rows(format, `select ${columns} from lead_touches`)).map((row) =>
        Object.values(row).map((cell) => (typeof cell === 'number' ? String(cell) : cell)),
      )
      expect(sorted(found)).toEqual(sorted(touches))
    }
    const deals = `select count(*) as n, md5(string_agg(row(deal_id, revision, value_amount, opened_at, closed_at, flags::json, month)::varchar, '|' order by deal_id)) as digest from deals`
    const [first, ...others] = await Promise.all(formats.map((format) => rows(format, deals)))
    expect(others).toEqual([first, first])
  })

  it('types the events of each type', async () => {
    const won = log.filter(({ type }) => type === 'DealOpened') as RecordedEvent<{ value?: { amount: number } }>[]
    const amount = won.reduce((sum, { data }) => sum + (data.value?.amount ?? 0), 0)
    const query = 'select count(*) as n, coalesce(sum(value.amount::bigint), 0)::bigint as amount from "DealOpened"'
    for (const format of ['parquet', 'csv']) expect(await rows(format, query)).toEqual([{ n: won.length, amount }])
  })

  it('leaves personal data out, wherever it is', async () => {
    const { files, tables } = await manifest('jsonl')
    for (const { path } of files)
      expect(await readFile(join(at('jsonl'), path), 'utf8'), path).not.toContain('"sealed"')
    const identities = tables.find(({ name }) => name === 'lead_identities')!
    expect(identities.columns.map(({ name }) => name)).not.toContain('token')
    const contacts = await rows(
      'parquet',
      `select distinct json_keys(to_json(contact)) as fields from "LeadCaptured" where contact is not null`,
    )
    expect(contacts).toEqual([{ fields: ['subject'] }])
  })

  it('says what is in it, and answers the questions that come with it', async () => {
    const readme = await readFile(join(at('parquet'), 'README.md'), 'utf8')
    expect(readme).toContain('| `value_amount` | BIGINT | in minor units (fen, cents) of the currency beside it |')
    const answers: number[] = []
    await ask(at('parquet'), await readFile(join(at('parquet'), 'questions.sql'), 'utf8'), async ({ pages }) => {
      let n = 0
      for await (const page of pages) n += page.length
      answers.push(n)
    })
    expect(answers.length).toBeGreaterThanOrEqual(5)
    expect(answers).not.toContain(0)
  })

  it('is not done twice, and no other into its folder', async () => {
    const before = await manifest('parquet')
    await exported('parquet', ['all'])
    expect(await manifest('parquet')).toEqual(before)
    await expect(exported('parquet', ['log'])).rejects.toThrow(/holds another export/)
  })
})

it('killed in the middle goes on after the last part, and ends as one that was not', async () => {
  await exported('whole', ['log', 'leads'], { format: 'jsonl', partSize: 300 })
  const words = ['export', 'log', 'leads', '--format', 'jsonl', '--part-size', '300', '--to', 'killed']
  const killed = cli.start(...words)
  await killed.says(/exporting the log: /)
  killed.process.kill('SIGKILL')
  await killed.ended
  const { complete, files } = await manifest('killed')
  expect(complete).toBe(false)
  for (const { path } of files) expect(existsSync(join(at('killed'), path))).toBe(true)
  // Of a part that did not come to count.
  const stale = join(at('killed'), 'events', 'month=1999-01', 'part-000001.jsonl')
  await mkdir(join(stale, '..'), { recursive: true })
  await writeFile(stale, 'stale')
  expect(await cli.run(...words)).toMatchObject({ code: 0 })
  expect(existsSync(stale)).toBe(false)
  const [one, other] = [await manifest('whole'), await manifest('killed')]
  expect(other).toEqual({ ...one, begunAt: other.begunAt })
})

it('of a read model as it was is the replay to that place', async () => {
  const { position } = log[Math.floor(log.length / 2)]!
  await exported('then', ['leads'], { until: position })
  await withSession((session) => replay(session, leadsModel, { name: 'then', until: { position } }), {
    upToDate: false,
  })
  const dump = await dumpTables(db, leadsModel, 'replay_then')
  const { sources, tables } = await manifest('then')
  expect(sources).toMatchObject([{ name: 'leads', position, complete: true }])
  expect(tables.map(({ name, rows }) => [name, rows])).toEqual(
    Object.entries(dump).map(([name, held]) => [name, held.length]),
  )
  // The one that it was made from is gone.
  expect(await listReplays({ db })).toMatchObject([{ name: 'then' }])
})

it('with personal data shows it to who may, but for who was forgotten', async () => {
  const [forgotten, known] = (await rows('parquet', 'select lead_id from leads order by 1 limit 2')).map(
    (row) => row.lead_id as string,
  )
  await forget(undefined, { lead: forgotten!, reason: 'asked' })
  const personal = { withPersonal: true, as: 'anna' }
  await exported('personal', ['log', 'leads'], personal)
  const named = (from: string, id: string) =>
    rows(
      'personal',
      `select contact->>'name' as name from ${from} where ${id} in ('${forgotten}', '${known}') order by ${id}`,
    )
  const shown = [{ name: null }, { name: expect.stringMatching(/./) }]
  expect(await named('leads', 'lead_id')).toEqual(shown)
  expect(await named('(select stream_id, to_json(contact) as contact from "LeadCaptured")', 'stream_id')).toEqual(shown)
  expect((await manifest('personal')).by).toBe('anna (administrator)')
  await expect(exported('no', ['log'], { ...personal, role: 'rep' })).rejects.toThrow('the role rep may not export')
  await expect(exported('no', ['log'], { withPersonal: true })).rejects.toThrow('--as <actorId>')
})

describe('what is refused', () => {
  it.each<[string[], Partial<ExportCommand>, RegExp]>([
    [['dealz'], {}, /^there is no read model dealz; there are: organisation,/],
    [['log'], { until: '2026-02-30' }, /^--until: .*a day that the calendar does not have/],
    [['log'], { until: '0000000000999999' }, /^the log does not go as far as/],
    [['log'], { until: 'tomorrow' }, /"tomorrow" is no position in this log/],
    [['deals'], { from: '2026-03-01' }, /^--from is for the log alone/],
  ])('an export of %j %j', (what, command, message) =>
    expect(exported('refused', what, command)).rejects.toThrow(message),
  )

  it('a folder with other things in it', async () => {
    await mkdir(at('other'))
    await writeFile(join(at('other'), 'mine.txt'), 'mine')
    await expect(exported('other', ['log'])).rejects.toThrow(/is not empty: it holds mine.txt/)
  })

  it.each([
    ['create table t (a int)', /^only a SELECT/],
    ["copy (select 1) to 'x'", /^Permission Error: Cannot access file/],
    ['select colour from deals', /"colour" not found/],
    ["select * from read_csv('/etc/passwd')", /^Permission Error: Cannot access file/],
    ["select * from 'https://example.com/a.parquet'", /^Permission Error: Cannot access file/],
    ['set enable_external_access = true', /^only a SELECT/],
  ])('the question %s', (query, message) => expect(rows('parquet', query)).rejects.toThrow(message))

  it('a question about no export', () => expect(rows('nowhere', 'select 1')).rejects.toThrow(/nowhere holds no export/))
})
