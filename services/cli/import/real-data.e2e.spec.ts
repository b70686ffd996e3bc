// The public data sets through the command line, against figures that somebody else has counted.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type CommandLine, commandLine } from '../testing/command-line.ts'

const folder = process.env.HEADWATER_DATASETS ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url))

interface Stage {
  readonly stage: string
  readonly reached: number
  readonly lost: number
  readonly dwellToNext: { readonly mean: number; readonly median: number }
  readonly lossReasons: readonly { readonly reason: string; readonly count: number }[]
}
interface Funnel {
  readonly stages: readonly Stage[]
  readonly won: number
  readonly lost: number
  readonly flaggedCases: number
  readonly groups: readonly {
    readonly key: { readonly channel: string | null }
    readonly stages: readonly Stage[]
    readonly won: number
  }[]
}

if (existsSync(join(folder, 'bpi2012.xes.gz'))) {
  let cli: CommandLine
  beforeAll(async () => {
    cli = await commandLine()
  })
  afterAll(() => cli.remove())

  it('bpi2012, killed in the middle of the import and imported again, has exactly the counted figures', async () => {
    const args = ['import', join(folder, 'bpi2012.xes.gz'), '--map', 'bpi2012']
    const import_ = cli.start(...args)
    await cli.logHolds(10_000)
    import_.process.kill('SIGKILL')
    expect((await import_.ended).code).toBeNull()

    const report = await cli.json<Record<string, unknown>>(...args)
    expect(report).toMatchObject({ rows: 262_200, cases: 13_087, badRows: { count: 0 } })
    const { stages, won, lost } = await cli.json<Funnel>('funnel', '--playbook', 'bpi2012')
    expect(stages.map(({ stage, reached }) => [stage, reached])).toEqual([
      ['submitted', 13_087],
      ['preaccepted', 7_367],
      ['accepted', 5_113],
      ['finalized', 5_015],
      ['approved', 2_246],
    ])
    const reasons = new Map<string, number>()
    for (const { lossReasons } of stages)
      for (const { reason, count } of lossReasons) reasons.set(reason, (reasons.get(reason) ?? 0) + count)
    expect(Object.fromEntries(reasons)).toEqual({ declined: 7_635, cancelled: 2_807 })
    expect([won, lost]).toEqual([2_246, 10_442])
    const dwell = (name: string) => {
      const { mean, median } = stages.find(({ stage }) => stage === name)!.dwellToNext
      return [mean.toFixed(2), median.toFixed(2)]
    }
    expect(dwell('preaccepted')).toEqual(['67267.40', '14832.52'])
    expect(dwell('finalized')).toEqual(['1382204.21', '1194617.52'])
  }, 300_000)

  it('olist has exactly the counted figures, and imported once more adds nothing', async () => {
    const files = ['olist_leads.csv', 'olist_closed_deals.csv'].map((name) => join(folder, name))
    const args = ['import', ...files, '--map', 'olist']
    const report = await cli.json<{ flagged: { byCode: Record<string, number> } }>(...args)
    expect(report).toMatchObject({
      leads: { captured: 8_000 },
      deals: { opened: 8_000, won: 842 },
      badRows: { count: 0 },
    })
    expect(Object.values(report.flagged.byCode)).toContain(60)

    const funnel = await cli.json<Funnel>('funnel', '--playbook', 'olist', '--group-by', 'channel')
    expect(funnel).toMatchObject({ won: 842, flaggedCases: 1 })
    expect(funnel.stages[0]).toMatchObject({ stage: 'lead', reached: 8_000 })
    const channel = (name: string | null) => {
      const { stages, won } = funnel.groups.find(({ key }) => key.channel === name)!
      return [stages[0]!.reached, won]
    }
    expect(channel('paid_search')).toEqual([1_586, 195])
    expect(channel('social')).toEqual([1_350, 75])
    expect(channel(null)[0]).toBe(60)

    const head = await cli.json('log', 'head')
    expect(await cli.json(...args)).toMatchObject({ eventsWritten: 0 })
    expect(await cli.json('log', 'head')).toEqual(head)
  }, 120_000)
} else {
  it('needs the public data sets', () => {
    process.stderr.write(
      `real data is not checked through the command line: ${folder} is not there (set HEADWATER_DATASETS)\n`,
    )
  })
}
