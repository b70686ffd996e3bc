import { readModels, tablesOf } from '@headwater/projections'
import { eventDefinitions } from '@headwater/schema'
import { describe, expect, test } from 'vitest'
import { ofPostgres, typedColumns } from './columns.ts'
import { monthOf } from './tables.ts'

const ofType = (type: string, personal = false) => {
  const { columns } = typedColumns(type, personal)
  return Object.fromEntries(columns.slice(12).map((column) => [column.name, column.type]))
}

describe("the columns of an event's table", () => {
  test('are typed as the schema says', () => {
    expect(ofType('DealWon')).toEqual({
      stage: 'VARCHAR',
      value: 'STRUCT("amount" BIGINT, "currency" VARCHAR)',
      skipped: 'VARCHAR[]',
      waived: expect.stringMatching(/^STRUCT\("gate" VARCHAR, .*"present" BIGINT\)\[\]$/),
      flags: 'STRUCT("code" VARCHAR, "detail" VARCHAR)[]',
    })
    // A playbook's fields are of any type.
    expect(ofType('DealFieldsSet')).toEqual({ fields: 'MAP(VARCHAR, JSON)' })
    expect(ofType('LeadMarkedValid')).toEqual({})
  })

  test('leave personal fields out, unless they are asked for', () => {
    expect(ofType('LeadCaptured').contact).toBe('STRUCT("subject" VARCHAR)')
    expect(ofType('LeadCaptured', true).contact).toBe(
      'STRUCT("subject" VARCHAR, "name" VARCHAR, "phone" VARCHAR, "email" VARCHAR, "wechat" VARCHAR)',
    )
  })

  test('have names of their own where the log has a column of that name', () => {
    expect(ofType('RepHired')).toMatchObject({ data_position: 'VARCHAR' })
    for (const type of eventDefinitions.keys()) {
      const names = typedColumns(type, true).columns.map(({ name }) => name)
      expect(new Set(names).size, type).toBe(names.length)
    }
  })
})

test('every column of a read model has a type in DuckDB', () => {
  for (const model of readModels)
    for (const [, { name, list }] of tablesOf(model))
      for (const [column, { sql }] of list) expect(ofPostgres[sql], `${name}.${column}`).toBeDefined()
})

test('every table that is divided into months has the column, always with a value', () => {
  const tables = readModels.flatMap((model) => tablesOf(model).map(([, table]) => table))
  for (const [name, column] of Object.entries(monthOf)) {
    const [, found] = tables.find((table) => table.name === name)!.list.find(([property]) => property === column)!
    expect(found, name).toMatchObject({ sql: 'timestamptz', nullable: false })
  }
})
