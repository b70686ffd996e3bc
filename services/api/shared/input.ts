// From a mutation's input to a command's data: keys out of ids, and what was left out left out.
import { type GraphQLInputType, isInputObjectType, isListType, isNonNullType } from 'graphql'
import type { Types } from './builder.ts'
import { readKey } from './global-id.ts'
import type { FieldError } from './refusal.ts'

/** What input types are built with. */
export type InputFields = PothosSchemaTypes.InputFieldBuilder<Types, 'InputObject'>

/** An id of a type: global (`Deal/D-1`) or the bare key (`D-1`). */
export const idOf = <const Required extends boolean = false>(
  t: InputFields,
  typename: string,
  description: string,
  options: { required?: Required } = {},
) => t.id({ required: (options.required ?? false) as Required, description, extensions: { typename } })

export interface ReadInput {
  readonly value: Readonly<Record<string, unknown>>
  readonly errors: readonly FieldError[]
}

/** The input as a command's data has it: each id as its key, and null the same as left out. */
export function readInput(type: GraphQLInputType, input: unknown): ReadInput {
  const errors: FieldError[] = []
  const value = read(type, input, ['input'], undefined, errors)
  return { value: value as ReadInput['value'], errors }
}

function read(
  type: GraphQLInputType,
  value: unknown,
  path: readonly string[],
  /** Where it is an id: of what. */
  typename: string | undefined,
  errors: FieldError[],
): unknown {
  if (value === null || value === undefined) return undefined
  if (isNonNullType(type)) return read(type.ofType, value, path, typename, errors)
  if (isListType(type)) {
    return (value as unknown[]).map((item, i) => read(type.ofType, item, [...path, String(i)], typename, errors))
  }
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).map((field) => {
      const given = (value as Record<string, unknown>)[field.name]
      const of = field.extensions.typename as string | undefined
      return [field.name, read(field.type, given, [...path, field.name], of, errors)]
    })
    return Object.fromEntries(fields.filter(([, v]) => v !== undefined))
  }
  if (typename === undefined) return value
  const id = readKey(typename, value as string)
  if ('key' in id) return id.key
  errors.push({ path, message: id.wrong })
  return value
}
