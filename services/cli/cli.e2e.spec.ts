import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CommandLine, commandLine } from './testing/command-line.ts'
import { crmMapping, crmRows } from './testing/crm.ts'

let cli: CommandLine
beforeAll(async () => {
  cli = await commandLine()
  await write('map.yaml', [crmMapping])
  await write('leads.csv', crmRows)
  await write('leads-bad.csv', [...crmRows, 'A3,someday,韩梅,13800138002,hotline,,'])
})
afterAll(() => cli.remove())

const write = (name: string, lines: readonly string[]) => writeFile(join(cli.folder, name), `${lines.join('\n')}\n`)

describe('import and what follows from it', () => {
  it('checks without writing, and lists every bad row with what would be right', async () => {
    const { code, stdout, stderr } = await cli.run('import', 'leads-bad.csv', '--map', 'map.yaml', '--dry-run')
    expect([code, stderr]).toEqual([1, ''])
    expect(stdout).toMatch(/^Checked; nothing was written\.$/m)
    expect(stdout).toMatch(/leads-bad\.csv +4 +\S*A3/)
    expect(await cli.json('log', 'head')).toEqual({ position: null })
  })

  it('writes nothing where it is to be strict and a row is bad', async () => {
    const { code } = await cli.run('import', 'leads-bad.csv', '--map', 'map.yaml', '--strict')
    expect([code, await cli.json('log', 'head')]).toEqual([1, { position: null }])
  })

  it('brings leads and deals in, counts columns that nobody asked for, and adds nothing the second time', async () => {
    const args = ['import', 'leads.csv', '--map', 'map.yaml']
    const first = await cli.json<Record<string, unknown>>(...args)
    expect(first).toMatchObject({ status: 'imported', leads: { captured: 2 }, deals: { opened: 2 } })
    expect(first).toMatchObject({ unmapped: { columns: { colour: 2 } }, badRows: { count: 0 } })
    const head = await cli.json('log', 'head')
    expect(await cli.json(...args)).toMatchObject({ eventsWritten: 0, leads: { captured: 0, alreadyThere: 2 } })
    expect(await cli.json('log', 'head')).toEqual(head)
  })

  it('shows in the funnel at once', async () => {
    const funnel = await cli.json('funnel', '--playbook', 'sales', '--group-by', 'channel')
    expect(funnel).toMatchObject({
      stages: [
        { stage: 'new', reached: 2, converted: 1, open: 1, dwellToNext: { mean: 172_800, median: 172_800 } },
        { stage: 'visited', reached: 1, open: 1 },
      ],
      groups: [{ key: { channel: 'hotline' } }, { key: { channel: 'referral' } }],
    })
    const { stdout } = await cli.run('funnel', '--playbook', 'sales')
    expect(stdout).toMatch(/^new +2 +50\.0 % +100\.0 %/m)
  })

  it('can be followed from the lead to its events, with the name readable until the person is forgotten', async () => {
    const { leads } = await cli.json<{ leads: { leadId: string; subject: string; contact: { name: unknown } }[] }>(
      'lead',
      'list',
    )
    const { leadId } = leads.find(({ contact }) => contact.name === '王芳')!
    expect((await cli.run('lead', 'show', leadId)).stdout).toMatch(/王芳/)
    const funnel = await cli.json('funnel', '--playbook', 'sales', '--as-of', '2026-03-10')

    expect(await cli.json('forget', '--lead', leadId, '--reason', 'asked for it')).toMatchObject({ already: false })
    expect((await cli.run('lead', 'show', leadId)).stdout).toMatch(/\(forgotten\)/)
    expect((await cli.run('log', 'read', '--all', '--json')).stdout).not.toMatch(/王芳/)
    expect(await cli.json('funnel', '--playbook', 'sales', '--as-of', '2026-03-10')).toEqual(funnel)
    expect(await cli.json('forget', '--lead', leadId, '--reason', 'again')).toMatchObject({ already: true })
  })

  it('lists and shows deals', async () => {
    const { deals } = await cli.json<{ deals: { dealId: string; stage: string }[] }>(
      'deal',
      'list',
      '--stage',
      'visited',
    )
    expect(deals).toHaveLength(1)
    const { stdout } = await cli.run('deal', 'show', deals[0]!.dealId)
    expect(stdout).toMatch(/^new +.*2 d/m)
    expect(stdout).toMatch(/DealAdvanced/)
  })

  it('reads the log in pages, as JSON lines', async () => {
    const lines = async (...args: string[]) =>
      (await cli.run('log', 'read', '--json', ...args)).stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { position: string; type: string })
    const [first, second] = await lines('--limit', '2')
    expect(await lines('--after', first!.position, '--limit', '1')).toEqual([second])
    const captured = await lines('--all', '--type', 'LeadCaptured')
    expect(captured.map(({ type }) => type)).toEqual(['LeadCaptured', 'LeadCaptured'])
  })

  it('gives the same figures after a rebuild', async () => {
    const funnel = await cli.json('funnel', '--playbook', 'sales', '--as-of', '2026-03-10')
    const { rebuilt } = await cli.json<{ rebuilt: { model: string }[] }>('rebuild')
    expect(rebuilt.map(({ model }) => model)).toContain('deals')
    expect(await cli.json('funnel', '--playbook', 'sales', '--as-of', '2026-03-10')).toEqual(funnel)
  })
})

describe('a replay', () => {
  it('holds one read model as it was, until a position or a date', async () => {
    const { position } = await cli.json<{ position: string }>('log', 'head')
    const whole = await cli.json<{ events: number }>('replay', 'deals', '--into', 'now')
    expect(whole).toMatchObject({ model: 'deals', position, tables: [{ table: 'replay_now.deals', rows: 2 }, {}, {}] })
    const past = await cli.json('replay', 'deals', '--until', '2026-03-10', '--zone', 'UTC', '--into', 'past')
    expect(past).toMatchObject({ until: '2026-03-10T23:59:59.999Z', position: null, events: 0 })
    expect(await cli.json('replay', 'deals', '--until', position, '--into', 'past', '--replace')).toMatchObject({
      ...{ position, events: whole.events, tables: [{ rows: 2 }, {}, {}] },
    })
  })

  it('shows how far it is, unless it is for programs', async () => {
    const told = await cli.run('replay', 'leads', '--into', 'told')
    expect(told.stderr).toMatch(/^replaying leads: 100\.0 %, [\d,]+ events, [\d,]+ events\/s, 0 s left$/m)
    expect(told.stdout).toMatch(/replay_told\.leads +2 rows/)
    expect((await cli.run('rebuild')).stderr).toMatch(/^rebuilding: 100\.0 %/m)
    expect((await cli.run('rebuild', '--json')).stderr).toBe('')
  })

  it('is listed and dropped', async () => {
    const names = async () => {
      const { replays } = await cli.json<{ replays: { name: string }[] }>('replay', 'list')
      return replays.map(({ name }) => name)
    }
    expect(await names()).toEqual(['now', 'past', 'told'])
    expect((await cli.run('replay', 'list')).stdout).toMatch(/^past +deals \d+ +\d{16} +– +\d{16}/m)
    expect(await cli.json('replay', 'drop', 'past')).toEqual({ dropped: 'past' })
    expect(await names()).toEqual(['now', 'told'])
    expect((await cli.run('doctor')).stdout).toMatch(/^ok +replays +now, told$/m)
  })
})

describe('what is wrong', () => {
  it.each([
    [2, /unknown option '--groupby'/, ['funnel', '--playbook', 'x', '--groupby', 'store']],
    [2, /required option '--playbook/, ['funnel']],
    [2, /unknown command/, ['fly']],
    [2, /--limit/, ['log', 'read', '--limit', 'many']],
    [2, /--group-by: choose from/, ['funnel', '--playbook', 'sales', '--group-by', 'shop']],
    [2, /name either the data subject or --lead/, ['forget', '--reason', 'x']],
    [2, /there is no read model nope/, ['rebuild', 'nope']],
    [2, /there is no read model nope/, ['replay', 'nope', '--into', 'x']],
    [2, /--into <name>/, ['replay', 'deals']],
    [2, /is no name for a replay/, ['replay', 'deals', '--into', 'A-1']],
    [2, /--until: "2026-13-01" is a day that/, ['replay', 'deals', '--into', 'x', '--until', '2026-13-01']],
    [2, /"yesterday" is no position/, ['replay', 'deals', '--into', 'x', '--until', 'yesterday']],
    [1, /does not go as far as/, ['replay', 'deals', '--into', 'x', '--until', '9000000000000000']],
    [1, /there is a replay now already/, ['replay', 'deals', '--into', 'now']],
    [1, /there is no replay x; there are: now, told/, ['replay', 'drop', 'x']],
    [2, /is no position in this log/, ['log', 'read', '--after', 'nowhere']],
    [1, /there is no playbook nope; there are:/, ['funnel', '--playbook', 'nope']],
    [1, /there is no deal nope/, ['deal', 'show', 'nope']],
    [1, /there is no lead nope/, ['lead', 'show', 'nope']],
    [1, /the log is not empty/, ['simulate']],
    [2, /--ends-at/, ['simulate', '--ends-at', 'soon']],
    [1, /nope\.yaml/, ['import', 'x.csv', '--map', 'nope.yaml']],
    [1, /nope\.csv/, ['import', 'nope.csv', '--map', 'map.yaml']],
  ])('ends with %i and says so in one line: %s', async (code, message, args) => {
    const ended = await cli.run(...args)
    expect(ended.stderr).toMatch(message)
    expect(ended).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(/^[^\n]+\n$/) })
  })

  it('shows where an error came from on request', async () => {
    const { stderr } = await cli.run('--debug', 'deal', 'show', 'nope')
    expect(stderr).toMatch(/\n\s+at /)
  })

  it('explains itself', async () => {
    const { code, stdout } = await cli.run('--help')
    expect([code, stdout]).toEqual([0, expect.stringMatching(/Exit codes: 0 done/)])
  })
})
