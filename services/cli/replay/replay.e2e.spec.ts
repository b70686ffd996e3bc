// The worked example of README.md, and an analyst's own file from the command line.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Database, openDatabase } from '@headwater/infra/database'
import type { RowDifference } from '@headwater/projections'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type CommandLine, commandLine } from '../testing/command-line.ts'
import { crmMapping } from '../testing/crm.ts'
import { cancel, type ReplayCommand, replay } from './replay.ts'

const example = join(import.meta.dirname, 'examples/wins-by-day.ts')
const zone = 'Asia/Shanghai'
const head = 'id,at,name,phone,channel,visited'
const [first, second] = [
  'A1,2026-02-02 10:00,王芳,13800138000,hotline',
  'A2,2026-02-03 10:00,李雷,13800138001,referral',
]

let cli: CommandLine
let db: Database
beforeAll(async () => {
  cli = await commandLine()
  vi.stubEnv('DATABASE_URL', cli.databaseUrl)
  vi.stubEnv('HEADWATER_DATA', cli.dataDir)
  db = await openDatabase({ url: cli.databaseUrl })
  await writeFile(join(cli.folder, 'mapping.yaml'), crmMapping)
  const imported = async (file: string, ...rows: string[]) => {
    await writeFile(join(cli.folder, file), [head, ...rows].join('\n'))
    expect(await cli.run('import', file, '--map', 'mapping.yaml')).toMatchObject({ code: 0 })
  }
  await imported('leads-1.csv', `${first},2026-02-05 10:00`, `${second},`)
  await db.pool.query('update log.events set recorded_at = $1', [Date.parse('2026-02-20T00:00:00Z')])
  // Learnt later: a visit of February, a lead of February, and a lead of March.
  await imported(
    'leads-2.csv',
    `${second},2026-02-10 10:00`,
    'A3,2026-02-27 10:00,韩梅,13800138002,web,',
    'A4,2026-03-05 10:00,吴,13800138003,web,',
  )
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await db.close()
  await cli.remove()
})

const replayed = async (what: string, into: string, command: ReplayCommand = {}) =>
  (await replay(what, { into, zone, json: true, ...command })).json
const diff = async (...args: string[]) => {
  const { code, stdout } = await cli.run('replay', 'diff', ...args, '--format', 'json')
  return {
    code,
    lines: stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  }
}

describe('what was known on 1 March about February, and what is known now', () => {
  it('is two replays and their difference', async () => {
    await replayed('deals', 'then', { until: '2026-03-01', occurredUntil: '2026-02-28' })
    await replayed('deals', 'now', { occurredUntil: '2026-02-28' })
    const words = ['--table', 'deals', '--columns', 'stage,channel']
    const { code, lines } = await diff('then', 'now', ...words)
    expect(code).toBe(1)
    const differences: RowDifference[] = lines.slice(0, -1)
    const told = differences.map(({ kind, before, after }) => ({ kind, before, after }))
    expect(told).toHaveLength(2)
    expect(told).toContainEqual({ kind: 'changed', before: { stage: 'new' }, after: { stage: 'visited' } })
    expect(told).toContainEqual({ kind: 'added', before: null, after: { stage: 'new', channel: 'web' } })
    const counts = { table: 'deals', rowsBefore: 2, rowsAfter: 3, added: 1, removed: 0, changed: 1 }
    expect(lines.at(-1)).toEqual({ tables: [counts] })
    expect(await diff('now', 'now', ...words)).toMatchObject({ code: 0, lines: [{ tables: [{ changed: 0 }] }] })
  })

  it('is shown to people and to spreadsheets, too', async () => {
    const columns = ['--table', 'deals', '--columns', 'stage']
    const table = await cli.run('replay', 'diff', 'then', 'now', ...columns)
    expect(table.stdout).toMatch(/changed +\S+ +stage +new +visited\n/)
    expect(table.stdout).toMatch(/deals +2 +3 +1 +0 +1\n$/)
    const csv = await cli.run('replay', 'diff', 'then', 'now', ...columns, '--format', 'csv')
    expect(csv.stdout).toMatch(/^table,kind,key,column,before,after\r\n/)
    expect(csv.stdout).toMatch(/deals,changed,"\{""deal_id"":""[^"]+""\}",stage,new,visited\r\n/)
    expect(await cli.run('replay', 'diff', 'then', 'nope')).toMatchObject({
      code: 2,
      stderr: 'headwater: there is no replay nope; there are: now, then\n',
    })
  })
})

describe("an analyst's own file", () => {
  it('such as the example is replayed', async () => {
    expect(await replayed(example, 'wins', { occurredUntil: '2026-02-28' })).toMatchObject({ model: 'wins-by-day.ts' })
    const { rows } = await db.pool.query(
      'select day, opened, won, won_minor_units from replay_wins.wins_by_day order by day',
    )
    expect(rows).toEqual(
      ['02', '03', '27'].map((day) => ({ day: `2026-02-${day}`, opened: 1, won: 0, won_minor_units: '0' })),
    )
  })

  it('that is wrong says where, in one line', async () => {
    const file = join(cli.folder, 'mine.ts')
    const source = await readFile(example, 'utf8')
    const written = (text: string) => writeFile(file, text)
    await written('export const table = {')
    await expect(replayed(file, 'mine')).rejects.toThrow(/^mine.ts: the file cannot be loaded: .*Unexpected/)
    await written(source.replace('export function evolve', 'function evolve'))
    await expect(replayed(file, 'mine')).rejects.toThrow('mine.ts: evolve: must be a function of a row')
    await written(source.replace('opened: day.opened + 1', 'opend: 1'))
    await expect(replayed(file, 'mine')).rejects.toThrow(
      /^mine.ts: DealOpened at position \d+ \(deal-\S+, revision 0\): evolve returned the column opend, which the table/,
    )
    expect((await cancel('mine')).json).toEqual({ cancelled: 'mine' })
    await expect(replayed(join(cli.folder, 'none.ts'), 'mine')).rejects.toThrow(/none.ts: the file cannot be read/)
  })
})
