// The documented plans: each is read as people write it and pays a small story.
import { readdirSync, readFileSync } from 'node:fs'
import { CommissionPlanDefinition, type CommissionPlanInput } from '@headwater/schema'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import type { Statement } from './line.ts'
import { type Story, tell, yuan } from './testing/story.ts'

const folder = new URL('../../../schema/commission-plan/examples/', import.meta.url)
const example = (name: string) => parse(readFileSync(new URL(`${name}.yaml`, folder), 'utf8')) as CommissionPlanInput

const line = (lineId: string, productLine: string, amount: string) => ({ lineId, productLine, amount: yuan(amount) })
const told = (story: Story, through: string, repId = 'A') =>
  story.statements(through).filter((statement) => statement.repId === repId)
const parts = (statements: readonly Statement[]) =>
  statements.flatMap(({ period, lines }) => lines.map(({ ruleId, amount }) => [period, ruleId, amount]))

it('all examples are right, and told here', () => {
  const names = readdirSync(folder).map((file) => file.replace('.yaml', ''))
  expect(names.sort()).toEqual(['draw-and-holds', 'flat', 'ltv-dividend', 'team', 'tiers'])
  for (const name of names) expect(CommissionPlanDefinition.safeParse(example(name)).error).toBeUndefined()
})

it('flat: 5 % of 10,000.00 kitchen, a fifth more of 10,000.00 bath', () => {
  const lines = [line('k', 'kitchen', '10,000.00'), line('b', 'bath', '10,000.00')]
  const story = tell().plan(example('flat')).contract('2026-01-02', { contractId: 'c1', lines })
  story.pay('c1', 'p1', yuan('10,000.00'), '2026-01-03', 'k').pay('c1', 'p2', yuan('10,000.00'), '2026-01-04', 'b')
  expect(parts(told(story, '2026-01'))).toEqual([
    ['2026-01', 'base', yuan('500.00')],
    ['2026-01', 'base', yuan('600.00')],
  ])
})

it('tiers: by the month, and a bonus on all of the year at two million', () => {
  const story = tell().plan(example('tiers')).contract('2026-01-02', { contractId: 'c1' })
  story.pay('c1', 'p1', yuan('1,900,000.00'), '2026-01-03').pay('c1', 'p2', yuan('100,000.00'), '2026-02-03')
  expect(parts(told(story, '2026-02'))).toEqual([
    ['2026-01', 'monthly', yuan('213,000.00')],
    ['2026-01', 'yearly-bonus', 0],
    ['2026-02', 'monthly', yuan('5,000.00')],
    ['2026-02', 'yearly-bonus', yuan('10,000.00')],
  ])
})

it('long-term dividend: a rate by the year, a quarter of it for a year to whoever handed over', () => {
  const story = tell('2024-01').plan(example('ltv-dividend')).owner('c', 'A', '2024-01-01')
  story.contract('2024-01-10', { contractId: 'c1' }).owner('c', 'B', '2025-01-01')
  story.pay('c1', 'p1', yuan('100,000.00'), '2025-03-01').pay('c1', 'p2', yuan('100,000.00'), '2026-03-01')
  expect(parts(told(story, '2026-03'))).toEqual([['2025-03', 'dividend', yuan('1,500.00')]])
  expect(parts(told(story, '2026-03', 'B'))).toEqual([
    ['2025-03', 'dividend', yuan('4,500.00')],
    ['2026-03', 'dividend', yuan('8,000.00')],
  ])
})

it('store team: floor, cap, allowance and a shared pool', () => {
  const story = tell().rep('A').rep('B').rep('elsewhere', 's2').certify('A', 'designer', '2026-01-15')
  story.plan(example('team')).contract('2026-01-02', { contractId: 'c1' })
  story.pay('c1', 'p1', yuan('600,000.00'), '2026-01-03')
  expect(parts(told(story, '2026-01'))).toEqual([
    ['2026-01', 'base', yuan('24,000.00')],
    ['2026-01', 'cap', -yuan('4,000.00')],
    ['2026-01', 'designer', yuan('500.00')],
    ['2026-01', 'store-pool', yuan('3,600.00')],
  ])
  expect(parts(told(story, '2026-01', 'B'))).toEqual([
    ['2026-01', 'floor', yuan('3,000.00')],
    ['2026-01', 'store-pool', yuan('2,400.00')],
  ])
  expect(told(story, '2026-01', 'elsewhere')).toEqual([])
})

it('draw and holds: paid in advance, taken back when what was held is released', () => {
  const lines = [line('k', 'kitchen', '100,000.00'), line('b', 'bath', '20,000.00')]
  const story = tell().rep('A').plan(example('draw-and-holds')).contract('2026-01-02', { contractId: 'c1', lines })
  story.pay('c1', 'p1', yuan('100,000.00'), '2026-01-03', 'k').pay('c1', 'p2', yuan('5,000.00'), '2026-01-04', 'b')
  story.pay('c1', 'p3', yuan('15,000.00'), '2026-02-04', 'b').milestone('c1', 'installation-accepted', '2026-03-05')
  const statements = told(story, '2026-03')
  expect(parts(statements)).toEqual([
    ['2026-02', 'base', yuan('500.00')],
    ['2026-02', 'base', yuan('1,500.00')],
    ['2026-03', 'base', yuan('10,000.00')],
  ])
  expect(statements.map(({ opening, advance, payable, closing }) => [opening, advance, payable, closing])).toEqual([
    [0, yuan('5,000.00'), yuan('5,000.00'), -yuan('5,000.00')],
    [-yuan('5,000.00'), yuan('5,000.00'), yuan('5,000.00'), -yuan('8,000.00')],
    [-yuan('8,000.00'), yuan('3,000.00'), yuan('5,000.00'), -yuan('3,000.00')],
  ])
})
