// Scalars: how instants, amounts and free data are written on the wire.
import { Instant } from '@headwater/schema'
import { GraphQLError, Kind, type ValueNode, valueFromASTUntyped } from 'graphql'
import { builder } from './builder.ts'

const malformed = (type: string, rule: string, value: unknown) =>
  new GraphQLError(`${type}: ${JSON.stringify(value)} is not ${rule}.`, { extensions: { code: 'BAD_USER_INPUT' } })

const instant = (value: unknown): Instant => {
  const parsed = Instant.safeParse(value)
  if (!parsed.success)
    throw malformed('DateTime', 'an instant from 1900 up to 2200, such as 2026-11-22T06:00:00.000Z', value)
  return parsed.data
}
builder.scalarType('DateTime', {
  description: 'An instant as ISO 8601 in UTC with milliseconds and the letter Z: `2026-11-22T06:00:00.000Z`.',
  serialize: (value) => value,
  parseValue: instant,
  parseLiteral: (node) => instant(node.kind === Kind.STRING ? node.value : valueFromASTUntyped(node)),
})

const wholeNumber = (value: unknown): number => {
  if (!Number.isSafeInteger(value)) throw malformed('MinorUnits', 'a whole number within ±9007199254740991', value)
  return value as number
}
builder.scalarType('MinorUnits', {
  description:
    'A whole number of minor units of a currency (fen, cents) as a JSON number, exact within ±9007199254740991 (2^53 − 1), so wider than Int.',
  serialize: wholeNumber,
  parseValue: wholeNumber,
  parseLiteral: (node) => wholeNumber(node.kind === Kind.INT ? Number(node.value) : valueFromASTUntyped(node)),
})

builder.scalarType('JSON', {
  description:
    'Any JSON value. Used only for data whose shape something else defines: an event type, a playbook, an offline command.',
  serialize: (value) => value,
  parseValue: (value) => value,
  parseLiteral: (node: ValueNode, variables) => valueFromASTUntyped(node, variables) as never,
})
