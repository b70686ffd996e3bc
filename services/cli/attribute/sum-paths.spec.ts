import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readPaths } from './paths-file.ts'
import { sumPaths } from './sum-paths.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "headwater's sums "))
})
afterAll(() => rm(folder, { recursive: true }))

const columns = ['path', 'total_conversions', 'total_conversion_value', 'total_null']
const path = () => join(folder, 'paths.csv')
const sums = async (rows: string, gzip = false) => {
  const text = `${columns.join(',')}\n${rows}`
  await writeFile(path(), gzip ? gzipSync(text) : text)
  return sumPaths({ path: path(), gzip }, columns)
}

it('adds up to the same as reading row by row', async () => {
  const amount = fc.tuple(fc.nat(10_000), fc.nat(999_999)).map(([whole, part]) => `${whole}.${part || 1}`)
  const row = fc.tuple(fc.array(fc.constantFrom('a', '"b"', '搜索', 'x y'), { minLength: 1, maxLength: 3 }), amount)
  const rows = fc.array(fc.tuple(row, fc.constantFrom('0', '1', '2.5')), { minLength: 1, maxLength: 20 })
  await fc.assert(
    fc.asyncProperty(rows, fc.boolean(), async (given, gzip) => {
      const lines = given.map(([[steps, value], conversions]) => {
        const cell = `"${steps.join(' > ').replaceAll('"', '""')}"`
        return `${cell},${conversions},${conversions === '0' ? '0' : value},3`
      })
      const quick = await sums(`${lines.join('\n')}\n`, gzip)
      const slow = await readPaths(path(), ' > ')
      const key = (steps: readonly string[]) => steps.join(' > ')
      const bySteps = slow.map(({ steps, ...amounts }) => ({ text: key(steps), ...amounts }))
      expect(quick).toEqual(bySteps.sort((a, b) => Buffer.compare(Buffer.from(a.text), Buffer.from(b.text))))
    }),
    { numRuns: 15 },
  )
})

it.each([
  ['a negative amount', 'a,-1,0,0'],
  ['a text', 'a,many,0,0'],
  ['an exponent', 'a,1e3,0,0'],
  ['seven decimals', 'a,0.1234567,0,0'],
  ['no digit before the point', 'a,.5,0,0'],
  ['nothing', 'a,,0,0'],
  ['a value without a conversion', 'a,0,5,0'],
  ['a cell too few', 'a,1,0'],
  ['a cell too many', 'a,1,0,0,0'],
  ['a quote that does not end', '"a,1,0,0'],
])('leaves a file with %s to whoever reads row by row', async (_, row) => {
  expect(await sums(`b,1,0,0\n${row}\n`)).toBeUndefined()
})
