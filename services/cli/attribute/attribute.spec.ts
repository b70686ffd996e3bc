// Files of paths through the command, in this process: no log is there, and none is asked for.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { modelNames } from '@headwater/analytics'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AttributeOptions, attribute, type ChannelCredit } from './attribute.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headwater paths '))
})
afterAll(() => rm(folder, { recursive: true }))

const defaults = {
  order: 1,
  halfLife: 7,
  weights: [0.4, 0.2, 0.4],
  direct: 'direct',
  separator: ' > ',
  format: 'json',
} as const

async function results(content: string | Buffer, options: Partial<AttributeOptions> = {}) {
  const [paths, out] = [join(folder, 'paths.csv'), join(folder, 'out.json')]
  await writeFile(paths, content)
  await attribute({ ...defaults, paths, out, ...options })
  return JSON.parse(await readFile(out, 'utf8')) as { results: ChannelCredit[]; markov: unknown }
}

const header = 'path,total_conversions,total_conversion_value,total_null\n'
const small = `${header}A > B > C,1,10,0\nA > C,1,5.5,0\nB,0,0,1\n`

describe('a file of paths', () => {
  it.each([
    ['as it is', small],
    ['gzip', gzipSync(small)],
    ['with a byte order mark, CRLF and quotes', `\ufeff${small.replaceAll('\n', '\r\n').replace('A > C', '"A > C"')}`],
  ])('gives credits to the millionth: %s', async (_, content) => {
    const { results: credits, markov } = await results(content, { models: ['position', 'markov'] })
    const rows = credits.map(({ model, channel, conversions, value }) => [model, channel, conversions, value])
    // Removal effects are 3/4, 1/2 and 1 of 9/4; what rounding down leaves goes to the largest remainder.
    expect(rows).toEqual([
      ['position', 'A', 0.9, 6.75],
      ['position', 'B', 0.2, 2],
      ['position', 'C', 0.9, 6.75],
      ['markov', 'A', 0.666667, 5.166667],
      ['markov', 'B', 0.444444, 3.444444],
      ['markov', 'C', 0.888889, 6.888889],
    ])
    expect(markov).toMatchObject({ order: 1 })
    expect(markov).toHaveProperty('transitions', expect.arrayContaining([{ from: [], to: ['A'], probability: 2 / 3 }]))
  })

  it('needs neither values nor paths that ended in nothing', async () => {
    const { results: credits } = await results('path,total_conversions\nA,2\n', { models: ['first'] })
    expect(credits).toEqual([{ model: 'first', channel: 'A', conversions: 2, value: 0 }])
  })

  const step = fc.constantFrom('a', 'b', 'c', 'direct')
  const path = fc.record({
    steps: fc.array(step, { minLength: 1, maxLength: 5 }),
    conversions: fc.integer({ min: 1, max: 9 }),
    value: fc.integer({ min: 0, max: 99_999 }),
    nulls: fc.integer({ min: 0, max: 9 }),
  })
  const csv = (paths: readonly (readonly [string, number, number, number])[]) =>
    header + paths.map((cells) => `${cells.join()}\n`).join('')

  it('conserves all of it in every model, whatever the order of its rows and however they are split', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(path, { minLength: 1, maxLength: 8 }), async (paths) => {
        const rows = paths.map(
          ({ steps, conversions, value, nulls }) => [steps.join(' > '), conversions, value / 100, nulls] as const,
        )
        const halves = rows.map(
          ([name, ...amounts]) => [name, ...amounts.map((n) => n / 2)] as [string, number, number, number],
        )
        const whole = await results(csv(rows))
        expect(await results(csv([...halves, ...halves].reverse()))).toEqual(whole)
        const sum = (of: readonly number[]) => of.reduce((total, n) => total + Math.round(n * 1e6), 0)
        for (const model of modelNames) {
          const own = whole.results.filter((credit) => credit.model === model)
          expect(sum(own.map(({ conversions }) => conversions))).toBe(sum(rows.map((row) => row[1])))
          expect(sum(own.map(({ value }) => value))).toBe(sum(rows.map((row) => row[2])))
        }
      }),
      { numRuns: 25 },
    )
  })
})

describe('a file that cannot be read', () => {
  it.each([
    ['an empty path', `${header}A,1,1,0\n,1,1,0\n`, /line 3: the path is empty/],
    ['a step without a name', `${header}A >  > B,1,1,0\n`, /line 2: the path has a step without a name/],
    ['a channel named like the arrow', `${header}A > > > B,1,1,0\n`, /line 2: a channel .* named like the separator/],
    ['an unknown column', 'path,total_conversions,cost\nA,1,1\n', /line 1: there is no column cost/],
    ['a missing column', 'path\nA\n', /line 1: the column total_conversions is missing/],
    ['a column twice', 'path,path,total_conversions\nA,A,1\n', /the header names path more than once/],
    ['a negative count', `${header}A,-1,0,0\n`, /line 2: total_conversions is "-1"/],
    ['a count that is no number', `${header}A,1,0,some\n`, /line 2: total_null is "some"/],
    ['a value without a conversion', `${header}A,0,5,1\n`, /line 2: total_conversion_value has an amount/],
    ['a short row', `${header}A,1\n`, /line 2: there are 2 cells/],
    ['10 MB in one cell', `${header}${'A'.repeat(10_000_000)},1,1,0\n`, /longer than/],
    ['a quote that does not end', `${header}"A,1,1,0\n`, /line \d+/],
    ['a truncated gzip', gzipSync(small).subarray(0, 40), /truncated/],
    ['bytes that are no text', Buffer.from([1, 2, 0, 255, 254, 7]), /text/],
    ['nothing', '', /empty/],
  ])('%s is refused with its place, and nothing is written', async (_, content, message) => {
    await rm(join(folder, 'out.json'), { force: true })
    await expect(results(content)).rejects.toThrow(message)
    expect(await readdir(folder)).toEqual(['paths.csv'])
  })
})
