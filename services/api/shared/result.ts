// What mutations answer with: a payload per entity, or a refusal.
import type { StepRefused } from '@headwater/application'
import type { Accepted, Answer } from '@headwater/shell'
import type { ObjectRef, UnionRef } from '@pothos/core'
import type { Context } from '../context.ts'
import { builder, type Types } from './builder.ts'
import { type CommandRefused, CommandRefusedRef, isRefused, located } from './refusal.ts'

/** A command that was carried out, and the key of what it was about. */
export interface Done {
  readonly accepted: Accepted
  readonly key: string
}

/** An answer as a mutation shows it; `path` is where its command is in the mutation's arguments. */
export function shown(answer: Answer, key: string, path?: readonly string[]): Done | CommandRefused {
  return answer.status === 'refused' ? located(answer.refusal, path) : { accepted: answer, key }
}

/** The refusal of one step of several; what was done before it stays done. */
export function shownStep({ refusal, step, done }: StepRefused<string>, path?: readonly string[]): CommandRefused {
  return located({ ...refusal, details: { ...refusal.details, step, done } }, path)
}

export const CommandAccepted = builder.interfaceRef<Done>('CommandAccepted').implement({
  description: 'A command that was carried out, or whose wish held already.',
  fields: (t) => ({
    stream: t.string({ description: 'The stream that holds it.', resolve: ({ accepted }) => accepted.stream }),
    revision: t.int({
      description:
        'The stream’s revision with it: hand `stream` and `revision` to `atLeast` of a query to read your own write.',
      resolve: ({ accepted }) => accepted.revision,
    }),
    repeated: t.boolean({
      description: 'True when a command of this id had been carried out before: this is its first answer again.',
      resolve: ({ accepted }) => accepted.repeated,
    }),
  }),
})

/** A union of a payload and `CommandRefused`. */
export type ResultRef = UnionRef<Types, object, object>

/** `<Name>Result`: the payload `<Name>Payload`, or a refusal. */
// biome-ignore lint/suspicious/noExplicitAny: variance: any payload will do
export function resultOf(payload: ObjectRef<Types, any, any>): ResultRef {
  return builder.unionType(payload.name.replace(/Payload$/, 'Result'), {
    description: `\`${payload.name}\` where the command was carried out, \`CommandRefused\` where not.`,
    types: [payload, CommandRefusedRef],
    resolveType: (value) => (isRefused(value) ? CommandRefusedRef : payload),
  }) as ResultRef
}

/** The result of commands on one entity: its payload shows the entity as the command left it. */
export function entityResult(
  // biome-ignore lint/suspicious/noExplicitAny: variance: any entity will do
  ref: ObjectRef<Types, any, any>,
  field: string,
  load: (context: Context, key: string) => Promise<object | undefined>,
): ResultRef {
  const payload = builder.objectRef<Done>(`${ref.name}Payload`).implement({
    description: `A command on a ${field} was carried out.`,
    interfaces: [CommandAccepted],
    fields: (t) => ({
      [field]: t.field({
        type: ref as ObjectRef<Types, object>,
        nullable: true,
        description: `The ${field}, as fresh as this answer or fresher.`,
        resolve: async ({ accepted, key }, _, context) => {
          await context.waitFor(accepted)
          return load(context, key)
        },
      }),
    }),
  })
  return resultOf(payload)
}
