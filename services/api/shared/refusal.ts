// A command that is not carried out, as data.
import type { Refusal } from '@headwater/schema'
import { z } from 'zod'
import { builder } from './builder.ts'
import { MissingItemRef } from './values.ts'

export interface FieldError {
  /** From the mutation's argument on: `['input', 'tags', 'type']`. */
  readonly path: readonly string[]
  readonly message: string
}

/** A refusal as the API shows it. */
export interface CommandRefused extends Refusal {
  readonly fieldErrors?: readonly FieldError[]
}

export const isRefused = (answer: object): answer is CommandRefused => 'refused' in answer

export const malformed = (fieldErrors: readonly FieldError[]): CommandRefused => ({
  refused: true,
  code: 'invalid-command',
  message: `The command is not as it should be: ${fieldErrors.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}.`,
  fieldErrors,
})

export const tooMany = (field: string, most: number): CommandRefused =>
  malformed([{ path: ['input', field], message: `at most ${most} at once` }])

/** A refusal whose issues are at `path` in the mutation's arguments. */
export function located(refusal: Refusal, path: readonly string[] = ['input']): CommandRefused {
  const parsed = Issues.safeParse(refusal.details)
  if (!parsed.success) return refusal
  const fieldErrors = parsed.data.issues.map((issue) => ({
    // The command's data is the input itself.
    path: [...path, ...issue.path.slice(issue.path[0] === 'data' ? 1 : 0)],
    message: issue.message,
  }))
  return { ...refusal, fieldErrors }
}

/** What the shell says of a command that is not as it should be. */
const Issues = z.object({ issues: z.array(z.object({ path: z.array(z.string()), message: z.string() })) })

const FieldErrorRef = builder.objectRef<FieldError>('FieldError').implement({
  description: 'What is wrong with one field of the input.',
  fields: (t) => ({
    path: t.stringList({
      description: 'The way to the field, such as `["input", "tags", "type"]`; places in lists count from 0.',
      resolve: ({ path }) => [...path],
    }),
    message: t.exposeString('message', { description: 'What would be right.' }),
  }),
})

export const CommandRefusedRef = builder.objectRef<CommandRefused>('CommandRefused').implement({
  description:
    'The command was not carried out and nothing was written. To try again after a correction, take a new command id.',
  fields: (t) => ({
    code: t.exposeString('code', { description: 'Why, for programs: stable, kebab-case, such as `gate-not-met`.' }),
    message: t.exposeString('message', { description: 'Why, in one sentence for people.' }),
    missing: t.field({
      type: [MissingItemRef],
      description: 'Every unmet condition, where a gate of the playbook refused.',
      resolve: ({ missing }) => [...(missing ?? [])],
    }),
    details: t.field({
      type: 'JSON',
      nullable: true,
      description: 'What else the refusal knows, by its code.',
      resolve: ({ details }) => details,
    }),
    fieldErrors: t.field({
      type: [FieldErrorRef],
      description: 'What is wrong with the input, where that is the reason.',
      resolve: ({ fieldErrors }) => [...(fieldErrors ?? [])],
    }),
  }),
})
