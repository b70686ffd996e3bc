import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { builtinPlaybooks } from '@headwater/sales'
import { describe, expect, it } from 'vitest'
import { MappingError } from '../errors.ts'
import { checkAgainstPlaybook } from './check.ts'
import { parseMapping, readMapping, shippedMappings } from './read.ts'
import { mappingJsonSchema } from './schema.ts'

const good = `source: crm
zone: Asia/Shanghai
playbook:
  id: sales
  definition:
    name: { en: Sales, zh-CN: 销售 }
    calendar: { zone: Asia/Shanghai, week: { mon: [{ from: '09:00', to: '18:00' }] } }
    stages:
      - { id: new, name: { en: New, zh-CN: 新 } }
      - { id: visited, name: { en: Visited, zh-CN: 已拜访 } }
    lossReasons:
      - { id: price, name: { en: Price, zh-CN: 价格 } }
files:
  - match: '*.csv'
    case: id
    lead: { capturedAt: created }
    deal: { stage: new }
    stages: { visited: visited on }
    lose: { at: lost on, reason: { value: price } }
`

function issues(text: string) {
  try {
    parseMapping(text, 'm.yaml')
  } catch (error) {
    if (error instanceof MappingError) return error.issues
    throw error
  }
  throw new Error('the mapping was accepted')
}

describe('a mapping', () => {
  it('is read with its defaults', () => {
    const { gates, leads, files } = parseMapping(good, 'm.yaml')
    expect([gates, leads]).toEqual(['enforce', 'enforce'])
    expect(files[0]).toMatchObject({
      rows: 'case',
      csv: { delimiter: ',', quote: '"' },
      lead: { capturedAt: { column: 'created' } },
    })
  })

  it.each([
    [
      'a stage that the playbook does not have',
      'stages: { visited:',
      'stages: { visted:',
      'files[0].stages.visted',
      18,
      'has no stage visted: it has new, visited',
    ],
    [
      'an unknown opening stage',
      'deal: { stage: new }',
      'deal: { stage: old }',
      'files[0].deal.stage',
      17,
      'has no stage old',
    ],
    ['an unknown loss reason', 'value: price', 'value: prize', 'files[0].lose.reason', 19, 'has no loss reason prize'],
    [
      'an unknown field',
      "match: '*.csv'",
      "fields: { colour: c }\n    match: '*.csv'",
      'files[0].fields.colour',
      14,
      'has no field colour: it has none',
    ],
    ['a setting that does not exist', 'case: id', 'cas: id', 'files[0].cas', undefined, 'there is no such setting'],
    ['an unknown zone', 'zone: Asia/Shanghai\n', 'zone: Asia/Wuhan\n', 'zone', 2, 'not an IANA time zone'],
    [
      'an unknown encoding',
      'case: id',
      'case: id\n    encoding: klingon',
      'files[0].encoding',
      16,
      'not a known encoding',
    ],
    [
      'a reference of the wrong form',
      'capturedAt: created',
      'capturedAt: [created]',
      'files[0].lead.capturedAt',
      16,
      'write a column name, {column, map, default}',
    ],
    [
      'a lead without a date',
      '{ capturedAt: created }',
      '{ organisation: firm }',
      'files[0].lead.capturedAt',
      16,
      'name the column with the date of the lead',
    ],
    ['an unknown kind of rows', 'case: id', 'case: id\n    rows: month', 'files[0].rows', 16, ''],
  ])('with %s is refused, with the path, the line and what would be right', (_, from, to, path, line, message) => {
    expect(good).toContain(from)
    const found = issues(good.replace(from, to)).find((issue) => issue.path === path)
    expect(found?.message).toContain(message)
    if (line !== undefined) expect(found?.line).toBe(line)
  })

  it('lists everything that is wrong at once', () => {
    expect(
      issues(good.replace('source: crm', 'source: C R M').replace('visited on }', 'visited on, closed: closed on }'))
        .length,
    ).toBe(1)
    expect(issues(good.replace('{ visited:', '{ open: opened on, visted:')).map(({ path }) => path)).toEqual([
      'files[0].stages.open',
      'files[0].stages.visted',
    ])
  })

  it('that is not YAML is refused with the line', () => {
    expect(issues('source: "crm\nzone: x')[0]?.message).toMatch(/^not YAML: /)
    expect(issues('a: 1\na: 2')[0]).toMatchObject({ line: 2 })
    expect(issues('')[0]?.path).toBe('')
  })

  it('may not name more than a mapping is', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mapping-'))
    await writeFile(join(folder, 'binary.yaml'), Buffer.from([0xff, 0xfe, 0x00]))
    await expect(readMapping(join(folder, 'binary.yaml'))).rejects.toThrow('it is not UTF-8 text')
    await expect(readMapping(join(folder, 'none.yaml'))).rejects.toThrow('there are: bpi2012, olist')
    await expect(readMapping(folder)).rejects.toBeInstanceOf(MappingError)
    await rm(folder, { recursive: true })
  })

  it('comes with the product for the public data sets', async () => {
    expect(shippedMappings()).toEqual(['bpi2012', 'olist'])
    for (const name of shippedMappings()) expect((await readMapping(name)).source).toBe(name)
  })

  it('is in the README as an example that holds', async () => {
    const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
    const example = /```yaml\n([\s\S]*?)```/.exec(readme)![1]!
    const mapping = parseMapping(example, 'README.md')
    expect(checkAgainstPlaybook(mapping, builtinPlaybooks['home-improvement'])).toEqual([])
  })

  it('has a format that editors can be told, as JSON Schema', () => {
    expect(mappingJsonSchema()).toMatchObject({ type: 'object', required: ['source', 'zone', 'playbook', 'files'] })
  })
})
