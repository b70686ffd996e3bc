import { buildSchema, getIntrospectionQuery, parse, validate } from 'graphql'
import { expect, test } from 'vitest'
import { limits, sizeLimits } from './limits.ts'

const schema = buildSchema('type Query { a: Query b: Int }')
const errors = (document: string) => validate(schema, parse(document), [sizeLimits]).map(({ message }) => message)
const nested = (depth: number) => `${'{ a '.repeat(depth - 1)}{ b }${' }'.repeat(depth - 1)}`

test('a document may be as deep as the limit and no deeper', () => {
  expect(errors(nested(limits.depth))).toEqual([])
  expect(errors(nested(limits.depth + 1))).toEqual([expect.stringContaining('levels')])
})

test('aliases are counted, at the top and all together', () => {
  const top = (n: number) => `{ ${Array.from({ length: n }, (_, i) => `x${i}: b`).join(' ')} }`
  expect(errors(top(limits.rootFields))).toEqual([])
  expect(errors(top(limits.rootFields + 1))).toEqual([expect.stringContaining('at the top')])
  expect(errors(`{ a ${top(limits.fields)} }`)).toEqual([expect.stringContaining('fields')])
})

test('a fragment counts wherever it is spread, and a tower of fragments is measured at once', () => {
  const tower = Array.from(
    { length: 12 },
    (_, i) => `fragment F${i} on Query { x: a { ...F${i + 1} } y: a { ...F${i + 1} } }`,
  )
  expect(errors(`{ ...F0 } ${tower.join(' ')} fragment F12 on Query { b }`)).toEqual([
    expect.stringContaining('fields'),
  ])
})

test('a fragment within itself ends the count', () => {
  expect(errors('{ ...F } fragment F on Query { a { ...F } }')).toEqual([])
})

test('the introspection of tools is let through', () => {
  expect(errors(getIntrospectionQuery())).toEqual([])
})
