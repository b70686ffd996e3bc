// From an advertising tool's table to a run that comes out again, by the command line alone.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CommandLine, commandLine } from '../testing/command-line.ts'

const mapping = `source: crm
zone: Asia/Shanghai
playbook: { id: home-improvement }
gates: waive
leads: waive
files:
  - match: leads*
    case: id
    lead: { capturedAt: created, organisation: firm, source: { channel: channel } }
    deal: { value: { column: amount, currency: CNY } }
    win: { at: won }
  - match: clicks*
    rows: touch
    case: cookie
    at: time
    utm: { source: source, medium: medium, campaign: campaign }
    cost: { column: price, currency: CNY }
    lead: { case: lead }
`
const leads = `id,created,firm,channel,amount,won
1,2026-03-02 10:00,Aoki,website-form,900.01,2026-03-20 10:00
2,2026-03-03 10:00,Bell,store-walk-in,,
`
const clicks = `cookie,time,source,medium,campaign,price,lead
c1,2026-03-01 09:00,douyin,cpc,spring,3.50,
c1,2026-03-02 09:59,baidu,cpc,brand,8.20,1
c2,2026-03-05 12:00,douyin,cpc,spring,3.50,
c3,2026-03-06 12:00,xhs,feed,spring,x,
`

let cli: CommandLine
const at = (name: string) => join(cli.folder, name)
beforeAll(async () => {
  cli = await commandLine()
  for (const [name, text] of Object.entries({ 'map.yaml': mapping, 'leads.csv': leads, 'clicks.csv': clicks }))
    await writeFile(at(name), text)
  const imported = await cli.run('import', at('leads.csv'), at('clicks.csv'), '--map', at('map.yaml'))
  expect(imported.stdout).toContain('"x"')
})
afterAll(() => cli.remove())

interface Made {
  readonly runId: string
  readonly position: string
  readonly digest: string
  readonly same: boolean
  readonly result: {
    readonly rows: readonly { readonly key: string; readonly cost: number; readonly credits: object[] }[]
  }
}

describe('headwater attribute', () => {
  let made: Made

  it('shows models side by side with what was spent', async () => {
    made = await cli.json<Made>('attribute', '--model', 'first,linear', '--csv', at('out.csv'))
    expect(made.result).toMatchObject({ conversions: 1, value: 900_01, persons: 3, notConverted: 2, cost: 15_20 })
    expect(made.result.rows.map(({ key, cost, credits }) => [key, cost, credits])).toMatchObject([
      ['baidu-search', 8_20, [{ conversions: 0 }, { value: 300_01 }]],
      ['douyin-ads', 7_00, [{ conversions: 1, value: 900_01, costPerConversion: 7_00 }, { value: 300_00 }]],
      ['store-walk-in', 0, [{ conversions: 0 }, { value: 0 }]],
      ['website-form', 0, [{ conversions: 0 }, { value: 300_00 }]],
    ])
    expect((await readFile(at('out.csv'), 'utf8')).split(/\r?\n/)[3]).toBe(
      'douyin-ads,2,700,first,1,90001,700,128.5729,CNY',
    )
  })

  it('makes a run again to the byte, whatever came since', async () => {
    const more = 'cookie,time,source,medium,campaign,price,lead\nc1,2026-03-10 09:00,xhs,feed,spring,1.00,\n'
    await writeFile(at('clicks-2.csv'), more)
    expect((await cli.run('import', at('clicks-2.csv'), '--map', at('map.yaml'))).code).toBe(0)
    expect(await cli.json('attribute', 'verify', made.runId)).toMatchObject({ same: true, digest: made.digest })
    const [then, now] = [
      await cli.json<Made>('attribute', '--model', 'first,linear', '--at', made.position),
      await cli.json<Made>('attribute', '--model', 'first,linear'),
    ]
    expect(then).toMatchObject({ digest: made.digest, result: made.result })
    expect(now.digest).not.toBe(made.digest)
    const { runs } = await cli.json<{ runs: { runId: string }[] }>('attribute', 'list')
    expect(runs.map(({ runId }) => runId)).toEqual([now.runId, then.runId, made.runId])
  })

  it('leads from a number to the journeys behind it', async () => {
    const { stdout } = await cli.run('attribute', 'journeys', made.runId, 'douyin-ads', '--model', 'first')
    expect(stdout).toMatch(/1\.000 {2}douyin-ads > baidu-search > website-form/)
    expect(stdout).not.toContain('Aoki')
  })

  it.each([
    [['attribute', '--model', 'guess'], 2, 'there is no model guess'],
    [['attribute', '--from', 'spring'], 2, '--from: '],
    [['attribute', '--at', '2001-01-01'], 1, 'nothing was recorded by 20'],
    [['attribute', 'verify', 'nope'], 1, 'there is no attribution run nope'],
  ])('%j says in one line what is wrong', async (args, code, text) => {
    const ended = await cli.run(...args)
    expect(ended).toMatchObject({ code, stdout: '' })
    expect(ended.stderr).toContain(text)
  })
})
