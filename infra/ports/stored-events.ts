import type { Position } from '@headwater/schema'

/**
 * Events as the log stores them, in its order. By columns and end to end: an object for each would cost more than hashing it.
 *
 * The bytes of an event are all that the log knows of it but its position, which belongs to the adapter, in UTF-8:
 * stream, revision, recordedAt in milliseconds since 1970, id in lower case, type, and the JSON text of
 * `{id, type, version, data, meta}` as it was appended, personal fields sealed; a line feed between them, which none of them can hold.
 */
export interface StoredPage {
  readonly count: number
  /** 16 bytes an event. */
  readonly ids: Buffer
  readonly bytes: Buffer
  /** How many of the bytes belong to each event. */
  readonly sizes: readonly number[]
  /** Of the event at this place of the page. */
  positionOf(index: number): Position
}

/** The stored bytes of a log, for seals. */
export interface StoredEvents {
  /** Pages from after `after` (default: from the beginning) up to and including `until` (default: the end as it is now). None is empty. */
  readStored(options?: { after?: Position | undefined; until?: Position | undefined }): AsyncIterable<StoredPage>
}
