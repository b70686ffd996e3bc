import { readFileSync } from 'node:fs'
import {
  type GraphQLField,
  type GraphQLInputField,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedScalarType,
  isUnionType,
  printSchema,
} from 'graphql'
import { describe, expect, test } from 'vitest'
import { permissions } from './authorize.ts'
import { roles } from './http/identity.ts'
import { schema } from './schema.ts'
import { nodeTypes } from './shared/global-id.ts'

const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'))
const mutations = Object.values(schema.getMutationType()!.getFields())

test('schema.graphql is the schema; `npm run schema -w @headwater/api` writes it anew', () => {
  expect(readFileSync(new URL('schema.graphql', import.meta.url), 'utf8')).toBe(`${printSchema(schema)}\n`)
})

test('every type, field, argument and value is documented', () => {
  const without: string[] = []
  const check = (path: string, part: { description?: string | null | undefined }) => {
    if (!part.description?.trim()) without.push(path)
  }
  for (const type of types) {
    if (isSpecifiedScalarType(type)) continue
    check(type.name, type)
    if (isEnumType(type)) for (const value of type.getValues()) check(`${type.name}.${value.name}`, value)
    if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) continue
    for (const field of Object.values<GraphQLField<unknown, unknown> | GraphQLInputField>(type.getFields())) {
      const path = `${type.name}.${field.name}`
      check(path, field)
      for (const arg of 'args' in field ? field.args : []) check(`${path}(${arg.name}:)`, arg)
    }
  }
  expect(without).toEqual([])
})

test('every node has a global id that is understood', () => {
  const node = schema.getType('Node')
  const found = isInterfaceType(node) ? schema.getPossibleTypes(node).map(String) : []
  expect(found.sort()).toEqual([...nodeTypes].sort())
})

describe('every mutation', () => {
  test('has its roles, and the table names no other', () => {
    expect(Object.keys(permissions).sort()).toEqual(mutations.map(({ name }) => name).sort())
    for (const allowed of Object.values(permissions)) {
      expect(allowed).toContain('administrator')
      expect(roles).toEqual(expect.arrayContaining([...allowed]))
    }
  })

  test.each(mutations.map((field) => [field.name, field] as const))(
    '%s takes one input and answers with a union',
    (_, field) => {
      expect(field.args.map(({ name, type }) => `${name}: ${type}`)).toEqual([
        `input: ${field.name[0]!.toUpperCase()}${field.name.slice(1)}Input!`,
      ])
      const result = schema.getType(String(field.type).replace('!', ''))
      const members = isUnionType(result) ? result.getTypes().map(String) : []
      expect(members).toHaveLength(2)
      expect(members).toEqual(expect.arrayContaining(['CommandRefused', expect.stringMatching(/Payload$/)]))
    },
  )

  test('takes a command id and the time it happened', () => {
    for (const { name, args } of mutations) {
      const input = schema.getType(String(args[0]!.type).replace('!', ''))
      const fields = isInputObjectType(input) ? input.getFields() : {}
      expect([name, String(fields.commandId?.type), String(fields.occurredAt?.type)]).toEqual([name, 'ID!', 'DateTime'])
    }
  })
})
