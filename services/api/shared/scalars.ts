// Scalars: how instants, amounts, dates and free data are written on the wire.
import { Instant, LocalDate } from '@headwater/schema'
import { GraphQLError, Kind, type ValueNode, valueFromASTUntyped } from 'graphql'
import type { z } from 'zod'
import { builder } from './builder.ts'

const malformed = (type: string, rule: string, value: unknown) =>
  new GraphQLError(`${type}: ${JSON.stringify(value)} is not ${rule}.`, { extensions: { code: 'BAD_USER_INPUT' } })

/** A scalar whose wire form is a text that a schema checks. */
function textScalar<T extends string>(
  name: 'DateTime' | 'Date',
  schema: z.ZodType<T>,
  rule: string,
  description: string,
) {
  const parse = (value: unknown): T => {
    const parsed = schema.safeParse(value)
    if (!parsed.success) throw malformed(name, rule, value)
    return parsed.data
  }
  builder.scalarType(name, {
    description,
    serialize: (value) => value,
    parseValue: parse,
    parseLiteral: (node) => parse(node.kind === Kind.STRING ? node.value : valueFromASTUntyped(node)),
  })
}

textScalar(
  'DateTime',
  Instant,
  'an instant such as 2026-11-22T06:00:00.000Z',
  'An instant as ISO 8601 in UTC with milliseconds and the letter Z: `2026-11-22T06:00:00.000Z`.',
)
textScalar(
  'Date',
  LocalDate,
  'a date such as 2026-11-22',
  'A calendar date without a time or zone, ISO 8601: `2026-11-22`.',
)

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
