import type { Actor, Aggregate, DomainEvent, Instant, Position, Refusal } from '@headwater/schema'

/** Who asks, under which command id, and when it happened. */
export interface CommandEnvelope {
  /** Chosen by the client: the same id is the same command, and is answered with its first result. */
  readonly commandId: string
  readonly actor: Actor
  /** Business time; where it is left out, now, or when the last event of the stream happened if that is later. */
  readonly occurredAt?: Instant | undefined
  readonly correlationId?: string | undefined
  readonly causationId?: string | undefined
}

export interface Accepted {
  readonly status: 'accepted'
  readonly stream: string
  /** Of the stream's last event that this command wrote (or of its last event, where there was nothing to do): ask a read model to be at least this fresh. */
  readonly revision: number
  readonly position: Position | undefined
  /** True when the command had been carried out before. */
  readonly repeated: boolean
  /** What this command wrote, opened. */
  readonly events: readonly DomainEvent[]
}

export interface Refused {
  readonly status: 'refused'
  readonly refusal: Refusal
}

export type Answer = Accepted | Refused

/** Any aggregate, for code that does not care which. */
// biome-ignore lint/suspicious/noExplicitAny: variance: a registry holds aggregates of every state, command and event
export type AnyAggregate = Aggregate<any, any, any, any>

/** A command and who sent it. */
export interface Item {
  readonly command: { readonly type: string; readonly data: unknown }
  readonly envelope: CommandEnvelope
}

export interface Clock {
  now(): Instant
}

/**
 * A look-up that `needs` of an aggregate asks for by name; its staleness must be harmless. `read` gives the state of any
 * aggregate, read from the log once per decision.
 */
export type Lookup = (input: unknown, read: StateReader) => Promise<unknown>

/**
 * The state of another aggregate as it is now. It is folded without keys: personal values read as `Forgotten`, as nothing may be decided
 * on another stream's.
 */
export type StateReader = (category: string, id: string) => Promise<unknown>

/** What of an aggregate it takes to fold a stream. */
export type Foldable<State> = Pick<Aggregate<State, never, never, never>, 'category' | 'initialState' | 'evolve'>

export interface Loaded<State> {
  readonly state: State
  /** −1 for a stream that does not exist. */
  readonly revision: number
}

/** Load, fold, decide, append: once for all aggregates. */
export interface Shell {
  /**
   * Carries a command out on one stream; decides again when others wrote to the stream in between.
   * @throws Contention, LogUnavailable: the command may be sent again under its id.
   */
  execute(aggregate: AnyAggregate, id: string, command: Item['command'], envelope: CommandEnvelope): Promise<Answer>
  /** Several commands on one stream, in order: one load, one append; each with its own answer. @throws as `execute` */
  executeAll(aggregate: AnyAggregate, id: string, items: readonly Item[]): Promise<readonly Answer[]>
  /** What `execute` would answer now; nothing is appended (a key for a new person may be made). */
  preview(aggregate: AnyAggregate, id: string, command: Item['command'], envelope: CommandEnvelope): Promise<Answer>
  /** The state of a stream, opened. @throws WrongStreamKind */
  load<State>(aggregate: Foldable<State>, id: string): Promise<Loaded<State>>
}
