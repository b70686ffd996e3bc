import type { EventLog, StoredEvents, StoredPage } from '@headwater/infra/ports'
import type { RecordedEvent } from '@headwater/schema'

/**
 * The stored bytes of any log, through its events: slower than an adapter of its own, and the same, as the JSON text that was appended is
 * what `JSON.stringify` makes of the event again. What an event is looked up by beside its text (columns of a table) is out of its sight.
 */
export const storedEventsOf = (log: EventLog): StoredEvents => ({
  async *readStored(options) {
    for await (const { events } of log.readAll(options)) if (events.length > 0) yield pageOf(events)
  },
})

function pageOf(events: readonly RecordedEvent[]): StoredPage {
  const texts = events.map(bytesOf)
  return {
    count: events.length,
    ids: Buffer.from(events.map(({ id }) => id.replaceAll('-', '')).join(''), 'hex'),
    bytes: Buffer.from(texts.join('')),
    sizes: texts.map((text) => Buffer.byteLength(text)),
    positionOf: (index) => events[index]!.position,
  }
}

function bytesOf({ stream, revision, recordedAt, id, type, version, data, meta }: RecordedEvent): string {
  const body = JSON.stringify({ id, type, version, data, meta })
  return [stream, revision, Date.parse(recordedAt), id.toLowerCase(), type, body].join('\n')
}
