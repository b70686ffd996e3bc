// The one way of a mutation: the role is checked, the input read, the command carried out, the answer shown as data.
import { onlyOnes } from '@headwater/application'
import { deriveId } from '@headwater/schema'
import type { AnyAggregate, CommandEnvelope } from '@headwater/shell'
import { forbidden } from '../authorize.ts'
import type { Context } from '../context.ts'
import { builder } from './builder.ts'
import { type InputFields, readInput } from './input.ts'
import { malformed } from './refusal.ts'
import { type ResultRef, shown } from './result.ts'

type Data = Readonly<Record<string, unknown>>
// biome-ignore lint/suspicious/noExplicitAny: the fields' types are checked by GraphQL, and again by the command's own schema
type FieldMap = Record<string, any>

export interface MutationSpec {
  readonly description: string
  readonly fields: (t: InputFields) => FieldMap
  readonly result: ResultRef
  readonly run: (data: Data, envelope: CommandEnvelope, context: Context) => Promise<object>
}

/** A mutation with its input type `<Name>Input`. */
export function defineMutation(name: string, spec: MutationSpec): void {
  const Input = builder.inputType(`${name[0]!.toUpperCase()}${name.slice(1)}Input`, {
    description: `Input of \`${name}\`.`,
    fields: (t) => ({ ...commandFields(t), ...spec.fields(t) }),
  })
  builder.mutationField(name, (t) =>
    t.field({
      type: spec.result,
      description: spec.description,
      args: { input: t.arg({ type: Input, required: true, description: 'What to do.' }) },
      resolve: async (_, args, context, info) => {
        const no = forbidden(context.viewer, name)
        if (no) return no
        const { value, errors } = readInput(info.parentType.getFields()[name]!.args[0]!.type, args.input)
        const { commandId, occurredAt, ...data } = value as Data & Pick<CommandEnvelope, 'commandId' | 'occurredAt'>
        if (errors.length) return malformed(errors)
        const { viewer: actor, correlationId } = context
        const result = await spec.run(data, { commandId, occurredAt, actor, correlationId }, context)
        context.refresh()
        return result
      },
    }),
  )
}

/** The mutation of each command that a client can send by itself, by the command's type. */
export const mutationOf = new Map<string, string>()

export interface CommandSpec {
  readonly description: string
  readonly aggregate: AnyAggregate
  /** The command's type, such as `AdvanceDeal`. */
  readonly command: string
  /** The input field with the id of what it is about; left out for something new, the id follows from the command id. */
  readonly target: string
  readonly fields: (t: InputFields) => FieldMap
  /** The command's data, where it is not the input as it stands. */
  readonly data?: (input: Data, about: About) => Data | Promise<Data>
  readonly result: ResultRef
}

/** What a command is about, and what there is to look it up. */
export interface About {
  readonly target: string
  readonly context: Context
}

/** A mutation that is one command on one stream. */
export function defineCommand(name: string, spec: CommandSpec): void {
  mutationOf.set(spec.command, name)
  const { aggregate, target, command: type } = spec
  defineMutation(name, {
    description: spec.description,
    fields: spec.fields,
    result: spec.result,
    run: async (input, envelope, context) => {
      const key = (input[target] as string | undefined) ?? deriveId(envelope.commandId, target)
      const { [target]: _, ...rest } = input
      // Where there is one of its kind, what it is about is in the command's data.
      const only = onlyOnes[aggregate.category]
      const data = only === undefined ? rest : { ...rest, [target]: key }
      const command = { type, data: (await spec.data?.(data, { target: key, context })) ?? data }
      const on = { category: aggregate.category, id: only ?? key }
      return shown(await context.application.dispatch(on, command, envelope), key)
    },
  })
}

/** What every mutation takes. */
const commandFields = (t: InputFields) => ({
  commandId: t.id({
    required: true,
    description:
      'Chosen by the client, best a fresh UUID: the same id is the same command, and is answered with its first result.',
  }),
  occurredAt: t.field({
    type: 'DateTime',
    description: 'Business time: when it happened. Now, where it is left out; never in the future.',
  }),
})
