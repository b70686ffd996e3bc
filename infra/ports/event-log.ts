import type { Instant, NewEvent, Position, RecordedEvent } from '@headwater/schema'

/** What a writer believes of a stream: anything, not there yet, there, or exactly at this revision (of its last event). */
export type Expected = 'any' | 'none' | 'exists' | number

export interface Appended {
  readonly stream: string
  /** Revision and position of the last event of this append. */
  readonly revision: number
  readonly position: Position
  /** True when these very events were there already, at the same place: nothing was written. */
  readonly repeated: boolean
}

export interface EventFilter {
  /** Only these event types. */
  readonly types?: readonly string[]
  /** Only streams whose name starts with one of these, e.g. `deal-`. */
  readonly streamPrefixes?: readonly string[]
}

export interface ReadAllOptions {
  /** Exclusive; from the beginning without it. */
  readonly after?: Position | undefined
  /** Inclusive; to the end of the log, as it is when the read begins, without it. */
  readonly until?: Position | undefined
  readonly filter?: EventFilter | undefined
  readonly signal?: AbortSignal | undefined
}

export interface SubscribeOptions {
  readonly after?: Position | undefined
  readonly filter?: EventFilter | undefined
  /** Closes the subscription: the iteration then ends without an error. */
  readonly signal: AbortSignal
}

/** Events in log order, and how far the log was looked through (which is further than the last event where a filter passes some by). */
export interface EventBatch {
  readonly events: readonly RecordedEvent[]
  readonly position: Position
}

/**
 * The event log: the only truth. Positions follow commit order, so a reader that has seen position p never meets an
 * earlier one later. All adapters run `eventLogContract`.
 */
export interface EventLog {
  /**
   * Appends all events or none.
   * @throws WrongExpectedRevision when the stream is not as `expected`, unless these very event ids are already at that place: that is a success which changes nothing.
   * @throws StreamDeleted
   * @throws InvalidAppend
   */
  append(stream: string, events: readonly NewEvent[], options: { expected: Expected }): Promise<Appended>
  /** The stream's events from revision `from` (default 0); an unknown stream is empty. @throws StreamDeleted */
  readStream(stream: string, options?: { from?: number }): Promise<readonly RecordedEvent[]>
  /** The log in order, in pages, up to its end as it is now. */
  readAll(options?: ReadAllOptions): AsyncIterable<EventBatch>
  /** The log in order, and then whatever comes, until the signal. Delivers at least once after a reconnect. */
  subscribe(options: SubscribeOptions): AsyncIterable<EventBatch>
  /** Position of the last event, undefined for an empty log. */
  head(): Promise<Position | undefined>
  /** Position of the last event that was recorded at this instant or before; undefined where there is none. */
  positionAt(recorded: Instant): Promise<Position | undefined>
  /**
   * How much of the log up to `until` lies at or before `position`, from 0 to 1: never falls as positions rise, and is 1 from `until` on. Computed
   * from the positions alone, so it counts what a filter passes by. @throws ForeignPosition
   */
  share(position: Position, until: Position): number
  /** No event can be appended to the stream, or read from it, any more; the events stay in the log. Deleting it again changes nothing. */
  deleteStream(stream: string, options: { expected: Expected }): Promise<void>
  close(): Promise<void>
}

export class WrongExpectedRevision extends Error {
  override readonly name = 'WrongExpectedRevision'
  constructor(
    readonly stream: string,
    readonly expected: Expected,
    /** Revision of the last event, or undefined where the stream does not exist. */
    readonly actual: number | undefined,
  ) {
    super(`stream ${stream}: expected ${expected}, is at ${actual ?? 'none'}`)
  }
}

export class StreamDeleted extends Error {
  override readonly name = 'StreamDeleted'
  constructor(readonly stream: string) {
    super(`stream ${stream} was deleted`)
  }
}

/** Nothing that any log could hold: no events, an id that is not a UUID, a name with control characters, too large ... Nothing was written. */
export class InvalidAppend extends Error {
  override readonly name = 'InvalidAppend'
  constructor(
    readonly stream: string,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`cannot append to ${JSON.stringify(stream)}: ${reason}`, options)
  }
}

/** The position comes from another kind of log. */
export class ForeignPosition extends Error {
  override readonly name = 'ForeignPosition'
  constructor(readonly position: string) {
    super(`${JSON.stringify(position)} is no position in this log`)
  }
}

/** The log cannot be reached just now; the same call may succeed later. An append may or may not have happened: repeat it with the same event ids. */
export class LogUnavailable extends Error {
  override readonly name = 'LogUnavailable'
}
