// What makes a command unfit before anybody looks at a stream: as refusals, so that a sender sees all of it as data.
import { Actor, Id, Instant, instantOf, msOf, type Refusal, refuse } from '@headwater/schema'
import { z } from 'zod'
import type { AnyAggregate, CommandEnvelope, Item } from './types.ts'

/** How far the clock of a sender may be ahead of ours. */
const SKEW_MS = 5 * 60_000
/** Of the command's data as JSON. */
const MAX_BYTES = 1024 * 1024

const MessageId = z.string().min(1).max(200)
const Envelope = z.object({
  commandId: Id,
  actor: Actor,
  occurredAt: Instant.optional(),
  correlationId: MessageId.optional(),
  causationId: MessageId.optional(),
})

interface Sent {
  readonly id: string
  readonly envelope: z.infer<typeof Envelope>
  readonly command: Item['command']
}

/** A command in the form that its aggregate decides, and its envelope complete but for the business time, where none was given. */
export interface Checked {
  readonly command: { readonly type: string; readonly data: unknown }
  readonly envelope: Sender & { readonly occurredAt: Instant | undefined }
}

type Sender = { readonly [K in Exclude<keyof CommandEnvelope, 'occurredAt'>]-?: NonNullable<CommandEnvelope[K]> }

/** Checks for the commands of some aggregates: what is not right with a command comes back as a refusal. */
export function checker(aggregates: readonly AnyAggregate[]) {
  const categories = new Map(
    aggregates.flatMap((aggregate) => commandTypes(aggregate).map((type) => [type, aggregate.category])),
  )

  // A schema is compiled when it is first used, which takes longer than using it.
  const schemas = new Map<AnyAggregate, z.ZodType<Sent>>()
  const schemaOf = (aggregate: AnyAggregate): z.ZodType<Sent> => {
    const known = schemas.get(aggregate)
    if (known) return known
    const schema = z.object({ id: Id, envelope: Envelope, command: aggregate.command })
    schemas.set(aggregate, schema)
    return schema
  }

  return (aggregate: AnyAggregate, id: string, { command, envelope }: Item, now: Instant): Checked | Refusal => {
    const category = categories.get(command.type)
    if (category !== undefined && category !== aggregate.category) return wrongKind(command.type, category, aggregate)
    const parsed = schemaOf(aggregate).safeParse({ id, envelope, command })
    if (!parsed.success) return invalid(parsed.error)
    const { actor, occurredAt, commandId, correlationId = commandId, causationId = commandId } = parsed.data.envelope
    const valid = parsed.data.command
    return (
      unfit({ command: valid, actor, correlationId, causationId }) ??
      inFuture(occurredAt, now) ?? {
        command: valid,
        envelope: { commandId, actor, occurredAt, correlationId, causationId },
      }
    )
  }
}

/** The types of the commands that an aggregate knows. */
export function commandTypes({ command }: AnyAggregate): string[] {
  return [...((command as z.ZodType)._zod.propValues?.type ?? [])].map(String)
}

function wrongKind(type: string, category: string, aggregate: AnyAggregate): Refusal {
  return refuse('wrong-stream-kind', `${type} is a command of a ${category}, not of a ${aggregate.category}.`, {
    details: { command: type, expected: category, actual: aggregate.category },
  })
}

function invalid(error: z.ZodError): Refusal {
  const issues = error.issues.map(({ path, message }) => ({
    // As the sender wrote it: `data.tags.type`, `occurredAt`.
    path: path.slice(path.length > 1 ? 1 : 0).map(String),
    message,
  }))
  const text = issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
  return refuse('invalid-command', `The command is not as it should be: ${text}.`, { details: { issues } })
}

/** A half of a surrogate pair is no character and cannot be said in UTF-8; U+0000 cannot be kept by Postgres. */
const unfitCharacter = /[\p{Cs}\0]/u
/** How JSON writes those (and a backslash before a `u`, which is fine). */
const perhapsUnfit = /\\u(?:0000|d[89a-f])/

interface Texts {
  readonly command: { readonly data: unknown }
  readonly [name: string]: unknown
}

/** The whole as one JSON text is quicker to look through than its parts, which are only gone into where there is a need. */
function unfit(texts: Texts): Refusal | undefined {
  const json = JSON.stringify(texts)
  const problem = perhapsUnfit.test(json) ? unfitText(texts) : undefined
  return problem ?? (3 * json.length > MAX_BYTES ? tooLarge(texts.command.data) : undefined)
}

function unfitText(texts: Texts): Refusal | undefined {
  const path = findUnfit(texts)
  if (!path) return undefined
  const field = path.slice(path[0] === 'command' ? 1 : 0)
  return refuse('invalid-text', `${field.join('.')} holds what is no character: was it read in the right encoding?`, {
    details: { path: field },
  })
}

function findUnfit(value: unknown): string[] | undefined {
  if (typeof value === 'string') return unfitCharacter.test(value) ? [] : undefined
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, inner] of Object.entries(value)) {
    const path = unfitCharacter.test(name) ? [] : findUnfit(inner)
    if (path) return [name, ...path]
  }
  return undefined
}

function tooLarge(data: unknown): Refusal | undefined {
  const bytes = Buffer.byteLength(JSON.stringify(data))
  if (bytes <= MAX_BYTES) return undefined
  return refuse('payload-too-large', `The command has ${bytes} bytes; ${MAX_BYTES} may be sent.`, {
    details: { bytes, limit: MAX_BYTES },
  })
}

function inFuture(occurredAt: Instant | undefined, now: Instant): Refusal | undefined {
  if (occurredAt === undefined || occurredAt <= now || occurredAt <= instantOf(msOf(now) + SKEW_MS)) return undefined
  return refuse('occurred-in-future', `${occurredAt} has not come yet; it is ${now}.`, { details: { occurredAt, now } })
}
