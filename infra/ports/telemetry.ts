// What the rooms tell of their work, for whoever measures, traces or logs it.
import type { RecordedEvent } from '@headwater/schema'

/** A GraphQL request as it was carried out. `name` comes from the schema, never from the client, so there are few. */
export interface OperationDone {
  readonly kind: 'query' | 'mutation' | 'none'
  readonly name: string
  readonly outcome: 'ok' | 'error'
  readonly ms: number
}

/** A command with its answer; `failed` where there is none, because an engine did not do its part. */
export interface CommandDone {
  /** `unknown` for a type that no aggregate knows. */
  readonly command: string
  readonly outcome: 'accepted' | 'repeated' | 'refused' | 'failed'
  /** Of the refusal, else empty. */
  readonly code: string
  /** Written by it: 0 where there was nothing to do. */
  readonly events: number
  readonly commandId: string
  readonly correlationId: string
  readonly ms: number
}

/** One append, from the call to the answer: waiting for its group included. */
export interface AppendDone {
  readonly stream: string
  readonly events: number
  readonly commandId: string
  readonly correlationId: string
  readonly ms: number
}

/** One commit of the log, which may carry many appends. */
export interface GroupCommitted {
  readonly appends: number
  readonly events: number
  readonly ms: number
}

/** A batch that is visible in a live read model now. */
export interface BatchProjected {
  readonly model: string
  readonly events: readonly RecordedEvent[]
  readonly ms: number
}

/** Told after the fact, at once, on the way of the work itself: whoever listens is quick and does not throw. */
export interface Telemetry {
  operated(done: OperationDone): void
  decided(done: CommandDone): void
  appended(done: AppendDone): void
  committed(done: GroupCommitted): void
  projected(done: BatchProjected): void
}

/** Nobody listens. */
export const silent: Telemetry = { operated() {}, decided() {}, appended() {}, committed() {}, projected() {} }
