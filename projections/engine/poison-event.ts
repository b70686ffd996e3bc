import type { RecordedEvent } from '@headwater/schema'

/** An event that the read model cannot take in: going on without it would make wrong tables. */
export class PoisonEvent extends Error {
  override readonly name = 'PoisonEvent'
  constructor(
    readonly model: string,
    readonly event: RecordedEvent,
    override readonly cause: unknown,
  ) {
    super(
      `${model}: ${event.type} at position ${event.position} (${event.stream}, revision ${event.revision}): ` +
        `${cause instanceof Error ? cause.message : String(cause)}`,
    )
  }
}
