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
  options: { required?: Required; keepNull?: boolean } = {},
) =>
  t.id({
    required: (options.required ?? false) as Required,
    description,
    extensions: { typename, keepNull: options.keepNull },
  })

export interface ReadInput {
  readonly value: Readonly<Record<string, unknown>>
  readonly errors: readonly FieldError[]
}

/**
 * The input as a command's data has it: each id as its key, null as left out, unless the field says that null means
 * something.
 */
export function readInput(type: GraphQLInputType, input: unknown): ReadInput {
  const errors: FieldError[] = []
  const value = read(type, input, ['input'], {}, errors)
  return { value: value as ReadInput['value'], errors }
}

interface Marks {
  readonly typename?: string
  readonly keepNull?: boolean
}

function read(
  type: GraphQLInputType,
  value: unknown,
  path: readonly string[],
  marks: Marks,
  errors: FieldError[],
): unknown {
  if (value === null || value === undefined) return marks.keepNull ? value : undefined
  if (isNonNullType(type)) return read(type.ofType, value, path, marks, errors)
  if (isListType(type)) {
    return (value as unknown[]).map((item, i) => read(type.ofType, item, [...path, String(i)], marks, errors))
  }
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).map((field) => {
      const given = (value as Record<string, unknown>)[field.name]
      return [field.name, read(field.type, given, [...path, field.name], field.extensions, errors)]
    })
    return Object.fromEntries(fields.filter(([, v]) => v !== undefined))
  }
  if (marks.typename === undefined) return value
  const id = readKey(marks.typename, value as string)
  if ('key' in id) return id.key
  errors.push({ path, message: id.wrong })
  return value
}
