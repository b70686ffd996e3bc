import type { Actor, Aggregate, DomainEvent, Instant, Position, Refusal } from '@headwater/schema'

/** Who asks, under which command id, and when it happened. */
export interface CommandEnvelope {
  /** Chosen by the client: the same id is the same command, and is answered with its first result. */
  readonly commandId: string
  readonly actor: Actor
  /** Business time; now, where it is left out. */
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

export interface Loaded<State> {
  readonly state: State
  /** −1 for a stream that does not exist. */
  readonly revision: number
}

/** Load, fold, decide, append: once for all aggregates. */
export interface Shell {
  /** Carries a command out on one stream; retries on conflict. */
  execute(aggregate: AnyAggregate, id: string, command: { type: string; data: unknown }, envelope: CommandEnvelope): Promise<Answer>
  /** Several commands on one stream, in order: one load, one append; each with its own answer. */
  executeAll(
    aggregate: AnyAggregate,
    id: string,
    items: readonly { command: { type: string; data: unknown }; envelope: CommandEnvelope }[],
  ): Promise<readonly Answer[]>
  load<State>(aggregate: Aggregate<State, never, never, never>, id: string): Promise<Loaded<State>>
}
