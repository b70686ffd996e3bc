// Two months through the command line: closed by several people, explained, exported, reproduced, proven, and tampered with.
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { statementOf as repStatement } from '@headwater/projections'
import { type Headwater, openHeadwater } from '@headwater/runtime'
import { closeMonth, receive, refund, tellMay, tiersPlan } from '@headwater/runtime/testing'
import { instantOf } from '@headwater/schema'
import exceljs from 'exceljs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operator } from '../session.ts'
import { type CommandLine, commandLine } from '../testing/command-line.ts'

let cli: CommandLine
/** On the data of the command line. */
let headwater: Headwater
beforeAll(async () => {
  cli = await commandLine()
  headwater = await openHeadwater({ ...cli, masterKey: undefined })
  await tellMay(headwater)
})
afterAll(async () => {
  await headwater.close()
  await cli.remove()
})

const step = (name: string, period: string, as: string) =>
  cli.run('commission', name, '--period', period, '--as', as, '--json')

const statementOf = async (period: string) => {
  await headwater.readModels.catchUp()
  const asked = { repId: 'R1', period, now: instantOf(Date.now()) }
  return (await repStatement(headwater.db, operator, asked)).statement
}

describe('a month', () => {
  it('is closed by several people', async () => {
    expect(await step('prepare', '2024-05', 'anna')).toMatchObject({ code: 0 })
    const own = await step('approve', '2024-05', 'anna')
    expect([own.code, own.stderr]).toEqual([
      1,
      expect.stringMatching(/^headwater: anna prepared it and may not approve/),
    ])
    expect(await step('approve', '2024-05', 'bob')).toMatchObject({ code: 0 })
    const { stdout } = await step('close', '2024-05', 'carl')
    expect(JSON.parse(stdout)).toMatchObject({ stage: 'closed', lines: 3, total: 33_000_00 })
  })

  it('stays as it was closed; what comes later is an adjustment in the next one that names its lines', async () => {
    const may = await statementOf('2024-05')
    await refund(headwater, 'P2', 60_000, '2024-06-12T02:00:00.000Z')
    await receive(headwater, 'P4', 10_000, '2024-06-20T02:00:00.000Z')
    expect(await closeMonth(headwater, '2024-06')).toMatchObject({ total: -7_200_00 + 500_00 })
    expect(await statementOf('2024-05')).toEqual(may)
    const june = await statementOf('2024-06')
    expect(june).toMatchObject({ earned: 500_00, adjusted: -7_200_00, opening: 0, payable: 0, closing: -6_700_00 })
    const originals = new Set(may.lines.map(({ id }) => id))
    expect(june.adjustments.map(({ id }) => id.split('@')[0]!).every((id) => originals.has(id))).toBe(true)
  })

  it('is listed with its seal', async () => {
    expect((await cli.run('commission', 'periods')).stdout).toMatch(
      /^2024-05 +closed +carl +1 +3 +CNY 33,000\.00 +\w{64}/m,
    )
  })
})

describe('a line', () => {
  it('is explained in sentences and as a tree', async () => {
    const [line] = (await statementOf('2024-06')).adjustments
    const [tree, { stdout }, unknown] = await Promise.all([
      cli.json('commission', 'explain', line!.id),
      cli.run('commission', 'explain', line!.id, '--lang', 'zh-CN'),
      cli.run('commission', 'explain', 'tiers/R1/2024-05/nothing'),
    ])
    expect(tree).toMatchObject({ explanation: { kind: 'adjustment', before: { kind: 'line' } } })
    expect(stdout).toMatch(/2024-05/)
    expect(stdout).toMatch(/阶梯提成/)
    expect([unknown.code, unknown.stderr]).toEqual([
      1,
      'headwater: No statement has a line "tiers/R1/2024-05/nothing"\n',
    ])
  })

  it('is exported with its explanation and the seal', async () => {
    const args = 'commission statement --rep R1 --period 2024-05 --csv may.csv --xlsx may.xlsx'.split(' ')
    await cli.json(...args)
    expect(await readFile(join(cli.folder, 'may.csv'), 'utf8')).toMatch(/,250000\.00,24000\.00,CNY,/)
    const workbook = await new exceljs.Workbook().xlsx.readFile(join(cli.folder, 'may.xlsx'))
    expect(workbook.worksheets.map(({ name, rowCount }) => [name, rowCount > 3])).toEqual([
      ['statement', false],
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
    const unclear = await cli.run('audit', 'prove', '--line', line!.id, '--rep', 'R1')
    expect(unclear).toMatchObject({ code: 2, stderr: expect.stringContaining('name one --line, or a --statement') })
  })
})

it('a statement is proven to who has the seal, and nobody can alter what it pays', async () => {
  const args = 'audit prove --statement --rep R1 --period 2024-06'.split(' ')
  const { seal } = await cli.json<{ seal: string }>(...args)
  const check = () => promisify(execFile)(process.execPath, ['verify.mjs', 'proof.json', seal], { cwd: cli.folder })
  expect((await check()).stdout).toMatch(/^statement {2}\{.*"closing":-670000,.*"payable":0,/m)
  const file = join(cli.folder, 'proof.json')
  await writeFile(file, (await readFile(file, 'utf8')).replace('"payable": 0', '"payable": 1'))
  await expect(check()).rejects.toMatchObject({ code: 1, stderr: expect.stringMatching(/^NOT PROVEN/) })
})

it('a draft over real history leaves the log as it is', async () => {
  await writeFile(join(cli.folder, 'draft.yaml'), JSON.stringify(tiersPlan(['0.10', '0.10', '0.10'])))
  const head = await headwater.log.head()
  const args = 'commission whatif --plan draft.yaml --for tiers --from 2024-05 --to 2024-06'.split(' ')
  const { reps } = await cli.json<{ reps: object[] }>(...args)
  expect(reps).toEqual([{ repId: 'R1', old: 25_800_00 + 500_00, new: 35_000_00, difference: 8_700_00 }])
  expect(await headwater.log.head()).toEqual(head)
  await writeFile(join(cli.folder, 'gap.yaml'), JSON.stringify(tiersPlan(), null, 1).replace('"100000"', '"100001"'))
  const broken = await cli.run('commission', 'plan', 'submit', 'tiers', '--plan', 'gap.yaml', '--as', 'anna')
  expect([broken.code, broken.stderr]).toEqual([
    1,
    expect.stringMatching(/^headwater: gap\.yaml, line \d+: rules\.0\.tiers/),
  ])
})

it('a plan is approved by somebody else', async () => {
  await writeFile(join(cli.folder, 'next.yaml'), JSON.stringify(tiersPlan(['0.06', '0.08', '0.12'], '2024-07-01')))
  const submit = 'commission plan submit tiers --plan next.yaml --as anna'.split(' ')
  expect(await cli.json(...submit)).toEqual({ planId: 'tiers', version: 2, status: 'pending' })
  expect(await cli.json('commission', 'plan', 'approve', 'tiers@2', '--as', 'bob')).toMatchObject({
    status: 'approved',
  })
})

describe('an auditor', () => {
  it('has a closed month come out again from the log', async () => {
    expect(await cli.json('audit', 'reproduce', '--period', '2024-05')).toMatchObject({ reproduced: true, differs: [] })
  })

  it('finds a restored backup as intact as what it was made of', async () => {
    const other = await commandLine()
    try {
      const file = join(cli.folder, 'whole.gz')
      await cli.json('backup', file, '--with-master-key')
      await other.json('restore', file)
      expect(await other.json('audit', 'verify')).toEqual(await cli.json('audit', 'verify'))
      expect(await other.json('audit', 'reproduce', '--period', '2024-05')).toMatchObject({ reproduced: true })
    } finally {
      await other.remove()
    }
  })

  it('finds an event that was altered, and its place', async () => {
    expect(await cli.run('audit', 'verify')).toMatchObject({ code: 0, stdout: expect.stringMatching(/: intact\n$/) })
    const [, payment] = await headwater.log.readStream('contract-K1')
    const { id, position } = payment!
    await headwater.db.pool.query(
      `update log.events set body = replace(body::text, '9000000', '8000000') where id = $1`,
      [id],
    )
    const { code, stdout } = await cli.run('audit', 'verify')
    expect([code, stdout.trimEnd().split('\n')]).toEqual([
      1,
      [expect.stringMatching(new RegExp(`^position ${position}: event \\d+ \\(counted from 0\\): \\S+ was altered$`))],
    ])
  })
})
