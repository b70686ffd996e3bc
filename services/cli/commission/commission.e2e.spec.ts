// Two months through the command line: closed by several people, explained, exported, reproduced, proven, and tampered with.
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Headwater, openHeadwater } from '@headwater/runtime'
import { receive, refund, tellMay, tiersPlan } from '@headwater/runtime/testing'
import exceljs from 'exceljs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CommandLine, commandLine } from '../testing/command-line.ts'

let cli: CommandLine
beforeAll(async () => {
  cli = await commandLine()
  await inside(tellMay)
})
afterAll(() => cli.remove())

/** On the data of the command line. */
async function inside<T>(use: (headwater: Headwater) => Promise<T>): Promise<T> {
  const dataDir = join(cli.folder, 'data')
  const headwater = await openHeadwater({ databaseUrl: undefined, dataDir, masterKey: undefined })
  return use(headwater).finally(() => headwater.close())
}

const step = (name: string, period: string, as: string) =>
  cli.run('commission', name, '--period', period, '--as', as, '--json')

async function closed(period: string) {
  expect(await step('prepare', period, 'anna')).toMatchObject({ code: 0 })
  expect(await step('approve', period, 'bob')).toMatchObject({ code: 0 })
  const { code, stdout } = await step('close', period, 'carl')
  expect(code).toBe(0)
  return JSON.parse(stdout)
}
const statementOf = async (period: string) =>
  (
    await cli.json<{ statement: { lines: { id: string }[]; adjustments: { id: string }[] } }>(
      ...['commission', 'statement', '--rep', 'R1', '--period', period],
    )
  ).statement

describe('a month', () => {
  it('is closed by several people', async () => {
    expect((await step('prepare', '2024-05', 'anna')).code).toBe(0)
    const own = await step('approve', '2024-05', 'anna')
    expect([own.code, own.stderr]).toEqual([
      1,
      expect.stringMatching(/^headwater: anna prepared it and may not approve/),
    ])
    expect(await closed('2024-05')).toMatchObject({ stage: 'closed', lines: 3, total: 33_000_00 })
  })

  it('stays as it was closed; what comes later is an adjustment in the next one that names its lines', async () => {
    const may = await statementOf('2024-05')
    await inside((headwater) => refund(headwater, 'P2', 60_000, '2024-06-12T02:00:00.000Z'))
    await inside((headwater) => receive(headwater, 'P4', 10_000, '2024-06-20T02:00:00.000Z'))
    expect(await closed('2024-06')).toMatchObject({ stage: 'closed', total: -7_200_00 + 500_00 })
    expect(await statementOf('2024-05')).toEqual(may)
    const june = await statementOf('2024-06')
    expect(june).toMatchObject({ earned: 500_00, adjusted: -7_200_00, opening: 0, payable: 0, closing: -6_700_00 })
    const originals = new Set(may.lines.map(({ id }) => id))
    expect(june.adjustments.map(({ id }) => id.split('@')[0]!).every((id) => originals.has(id))).toBe(true)
  })

  it('is listed with its seal', async () => {
    const { periods } = await cli.json<{ periods: object[] }>('commission', 'periods')
    expect(periods).toMatchObject([
      { period: '2024-06', stage: 'closed' },
      { period: '2024-05', stage: 'closed', previousSeal: null },
    ])
    expect((await cli.run('commission', 'periods')).stdout).toMatch(
      /^2024-05 +closed +carl +1 +3 +CNY 33,000\.00 +\w{64}/m,
    )
  })
})

describe('a line', () => {
  it('is explained in sentences and as a tree', async () => {
    const [line] = (await statementOf('2024-06')).adjustments
    const { explanation } = await cli.json<{ explanation: object }>('commission', 'explain', line!.id)
    expect(explanation).toMatchObject({ kind: 'adjustment', before: { kind: 'line' } })
    const { stdout } = await cli.run('commission', 'explain', line!.id, '--lang', 'zh-CN')
    expect(stdout).toMatch(/2024-05/)
    expect(stdout).toMatch(/阶梯提成/)
    const unknown = await cli.run('commission', 'explain', 'tiers/R1/2024-05/nothing')
    expect([unknown.code, unknown.stderr]).toEqual([
      1,
      'headwater: No statement has a line "tiers/R1/2024-05/nothing"\n',
    ])
  })

  it('is exported with its explanation and the seal', async () => {
    const args = [
      'commission',
      'statement',
      '--rep',
      'R1',
      '--period',
      '2024-05',
      '--csv',
      'may.csv',
      '--xlsx',
      'may.xlsx',
    ]
    await cli.json(...args)
    expect(await readFile(join(cli.folder, 'may.csv'), 'utf8')).toMatch(/,250000\.00,24000\.00,CNY,/)
    const workbook = await new exceljs.Workbook().xlsx.readFile(join(cli.folder, 'may.xlsx'))
    expect(workbook.worksheets.map(({ name, rowCount }) => [name, rowCount > 3])).toEqual([
      ['lines', true],
      ['explanations', true],
      ['seal', true],
    ])
  })

  it('is proven to who has the seal, with Node alone', async () => {
    const [line] = (await statementOf('2024-05')).lines
    const { seal } = await cli.json<{ seal: string }>('audit', 'prove', '--line', line!.id)
    const check = (other = seal) =>
      promisify(execFile)(process.execPath, ['verify.mjs', 'proof.json', other], { cwd: cli.folder })
    expect((await check()).stdout).toContain(seal)
    await expect(check('0'.repeat(64))).rejects.toMatchObject({ code: 1 })
  })
})

it('a draft over real history leaves the log as it is', async () => {
  await writeFile(join(cli.folder, 'draft.yaml'), JSON.stringify(tiersPlan(['0.10', '0.10', '0.10'])))
  const head = await cli.json('log', 'head')
  const args = [
    'commission',
    'whatif',
    '--plan',
    'draft.yaml',
    '--for',
    'tiers',
    '--from',
    '2024-05',
    '--to',
    '2024-06',
  ]
  const { reps } = await cli.json<{ reps: object[] }>(...args)
  expect(reps).toEqual([{ repId: 'R1', old: 25_800_00 + 500_00, new: 35_000_00, difference: 8_700_00 }])
  expect(await cli.json('log', 'head')).toEqual(head)
  await writeFile(join(cli.folder, 'gap.yaml'), JSON.stringify(tiersPlan(), null, 1).replace('"100000"', '"100001"'))
  const broken = await cli.run('commission', 'plan', 'submit', 'tiers', '--plan', 'gap.yaml', '--as', 'anna')
  expect([broken.code, broken.stderr]).toEqual([
    1,
    expect.stringMatching(/^headwater: gap\.yaml, line \d+: rules\.0\.tiers/),
  ])
})

it('a plan is approved by somebody else', async () => {
  await writeFile(join(cli.folder, 'next.yaml'), JSON.stringify(tiersPlan(['0.06', '0.08', '0.12'], '2024-07-01')))
  const submit = ['commission', 'plan', 'submit', 'tiers', '--plan', 'next.yaml', '--as', 'anna']
  expect(await cli.json(...submit)).toEqual({ planId: 'tiers', version: 2, status: 'pending' })
  expect((await cli.run('commission', 'plan', 'approve', 'tiers', '--as', 'anna')).code).toBe(1)
  expect(await cli.json('commission', 'plan', 'approve', 'tiers@2', '--as', 'bob')).toMatchObject({
    status: 'approved',
  })
})

describe('an auditor', () => {
  it('has a closed month come out again from the log', async () => {
    expect(await cli.json('audit', 'reproduce', '--period', '2024-05')).toMatchObject({ reproduced: true, differs: [] })
    expect((await cli.run('audit', 'reproduce', '--period', '2024-06', '--as-they-are')).stdout).toMatch(
      /^2024-06 is reproduced, byte for byte: \d lines, root \w{64}$/m,
    )
    const open = await cli.run('audit', 'reproduce', '--period', '2024-07')
    expect([open.code, open.stderr]).toEqual([1, 'headwater: 2024-07 is not closed: nothing is sealed of it yet\n'])
  })

  it('finds an event that was altered, and its place', async () => {
    expect(await cli.run('audit', 'verify')).toMatchObject({ code: 0, stdout: expect.stringMatching(/: intact\n$/) })
    const position = await inside(async ({ db, log }) => {
      const [, payment] = await log.readStream('contract-K1')
      await db.pool.query(`update log.events set body = replace(body::text, '9000000', '8000000') where id = $1`, [
        payment!.id,
      ])
      return payment!.position
    })
    const { code, stdout } = await cli.run('audit', 'verify')
    expect([code, stdout.trimEnd().split('\n')]).toEqual([
      1,
      [expect.stringMatching(new RegExp(`^position ${position}: event \\d+ \\(counted from 0\\): \\S+ was altered$`))],
    ])
    expect((await cli.run('audit', 'reproduce', '--period', '2024-05')).stdout).toMatch(
      /otherwise than it was sealed: total, linesRoot, log/,
    )
  })
})
