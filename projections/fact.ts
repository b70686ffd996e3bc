// Facts as read models keep them for commission: when each was so, and where the log learnt of it.
import type { Instant, Position, RecordedEvent } from '@headwater/schema'
import { instant, position, text } from './engine/table.ts'

/** An event, without its data. */
export interface Fact {
  readonly eventId: string
  readonly position: Position
  readonly occurredAt: Instant
  readonly recordedAt: Instant
}

export const factColumns = { eventId: text(), position, occurredAt: instant, recordedAt: instant }

export const factOf = ({ id, position, recordedAt, meta }: RecordedEvent): Fact => ({
  eventId: id,
  position,
  occurredAt: meta.occurredAt,
  recordedAt,
})

/** A fact, and the id of who made it so. */
export interface ActedFact extends Fact {
  readonly actorId: string
}

export const actedFactOf = (event: RecordedEvent): ActedFact => ({ ...factOf(event), actorId: event.meta.actor.id })
