import { isDeepStrictEqual } from 'node:util'
import type { z } from 'zod'
import type { Actor, Instant } from './envelope.ts'
import type { MissingItem } from './events/deal.ts'

/** A command that is not carried out, as a value: why, and what would be right. */
export interface Refusal {
  readonly refused: true
  /** Stable, kebab-case, for programs. */
  readonly code: string
  /** One sentence for people. */
  readonly message: string
  /** Every unmet condition of the gate, where the gate refused. */
  readonly missing?: readonly MissingItem[]
  readonly details?: Readonly<Record<string, unknown>>
}

/** Makes a refusal. */
export const refuse = (
  code: string,
  message: string,
  more: { missing?: readonly MissingItem[]; details?: Readonly<Record<string, unknown>> } = {},
): Refusal => ({ refused: true, code, message, ...more })

/** Makes refusals of one aggregate, whose codes are the type's. */
export const refusing =
  <Code extends string>() =>
  (
    code: Code,
    message: string,
    details?: Readonly<Record<string, unknown>>,
    missing?: readonly MissingItem[],
  ): Refusal =>
    refuse(code, message, { ...(details && { details }), ...(missing && { missing }) })

/** Do both say the same once they are in the log, where keys that hold undefined are none? */
export const sameData = (a: unknown, b: unknown): boolean => isDeepStrictEqual(asStored(a), asStored(b))

const asStored = (value: unknown): unknown => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)))

/** What happened; nothing where the command's wish holds already; or why not. */
export type Decision<Event> = readonly Event[] | Refusal

export const isRefusal = (decision: unknown): decision is Refusal =>
  typeof decision === 'object' && decision !== null && 'refused' in decision

/** An event as `evolve` sees it: with the business time it carries, and who did it. */
export type Dated<Event> = Event & { readonly occurredAt: Instant; readonly actor: Actor }

/** The part of the world that a decision may use, besides its command and state. */
export interface DecisionContext {
  /** The id in the stream's name, `<category>-<id>`. */
  readonly streamId: string
  /** When the command is decided, by the shell's clock. */
  readonly now: Instant
  /** Business time of the facts that the command states. */
  readonly occurredAt: Instant
  readonly actor: Actor
  readonly commandId: string
  /** An id that depends on nothing but the command and the name: the same whenever the command is decided again. */
  id(name: string): string
}

/** What a decision needs to see besides its own stream: the state of another aggregate, or a named look-up whose staleness is harmless. */
export type Need =
  | { readonly kind: 'state'; readonly as: string; readonly category: string; readonly id: string }
  | { readonly kind: 'lookup'; readonly as: string; readonly name: string; readonly input: unknown }

/**
 * An aggregate: the events of one stream, folded into a state that decides commands. Everything is pure.
 * `Needs` is what `needs` asks for, by the names in `as`.
 */
export interface Aggregate<
  State,
  Command extends { readonly type: string; readonly data: unknown },
  Event extends { readonly type: string; readonly data: unknown },
  Needs extends object = object,
> {
  /** Streams are named `<category>-<id>`. */
  readonly category: string
  readonly command: z.ZodType<Command>
  readonly initialState: State
  evolve(state: State, event: Dated<Event>): State
  decide(command: Command, state: State, context: DecisionContext & Needs): Decision<Event>
  /** Types of commands that begin a stream. They are decided on the initial state before anybody reads the stream, which is mostly not there. */
  readonly begins?: readonly Command['type'][]
  /** Asked before each decision. */
  needs?(command: Command, state: State, context: DecisionContext): readonly Need[]
  /** The story an event belongs to, from the state after it. */
  caseId(id: string, state: State): string
}
