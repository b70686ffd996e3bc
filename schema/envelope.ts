import { z } from 'zod'

/**
 * An instant as ISO 8601 in UTC with milliseconds, e.g. `2026-11-22T06:00:00.000Z`; such strings compare as the instants do. From 1900 up to 2200:
 * business time is counted no further, and a database may not keep what lies far beyond.
 */
export const Instant = z.iso
  .datetime({ precision: 3, offset: false })
  .refine((text) => text >= '1900' && text < '2200', { error: 'expected an instant from 1900 up to 2200' })
export type Instant = z.infer<typeof Instant>

/** Who did it: a person or a machine, in the role it acted in. */
export const Actor = z.object({ id: z.string().min(1), role: z.string().min(1) })
export type Actor = z.infer<typeof Actor>

/** What the writer knows of an event besides its data. The log adds `revision`, `position` and `recordedAt`. */
export const EventMeta = z.object({
  /** Business time: when the fact was so. `recordedAt` says when the log learnt of it. */
  occurredAt: Instant,
  actor: Actor,
  /** The lead or customer whose story this is: the partition key, so that related streams stay in order. */
  caseId: z.string().min(1),
  /** The command that produced the event: a repeat of it is answered from the stream. */
  commandId: z.string().min(1),
  /** That command's type, where one is known: an id that comes back with another type is a mistake of its sender. */
  commandType: z.string().min(1).optional(),
  /** The first message of the chain that led here. */
  correlationId: z.string().min(1),
  /** The message that directly led here: the command's id, or an event's. */
  causationId: z.string().min(1),
})
export type EventMeta = z.infer<typeof EventMeta>

/** An event on its way to the log. `data` is already in stored form: personal fields are ciphertext. */
export interface NewEvent<Data = unknown> {
  readonly id: string
  readonly type: string
  readonly version: number
  readonly data: Data
  readonly meta: EventMeta
}

/**
 * A place in the log: an opaque token, comparable as a string, ever increasing. Only the log's adapter may look inside;
 * everybody else compares with `<` and `===` and hands it back.
 */
export type Position = string & { readonly __position: unique symbol }

/** An event as the log gives it back. */
export interface RecordedEvent<Data = unknown> extends NewEvent<Data> {
  readonly stream: string
  /** Place in its stream, from 0 without gaps. */
  readonly revision: number
  readonly position: Position
  /** When the log took it; never decreases along positions. */
  readonly recordedAt: Instant
}
