// What is in the log: its head, its events, the history of one stream.
import type { EventLog } from '@headwater/infra/ports'
import type { Position, RecordedEvent } from '@headwater/schema'
import { count, instant } from './terminal/format.ts'
import { table } from './terminal/table.ts'

export interface ReadOptions {
  readonly after?: string | undefined
  readonly limit: number
  readonly stream?: string | undefined
  readonly type?: readonly string[] | undefined
}

/** Events in log order, as they are stored: personal values stay sealed. */
export async function* readEvents(
  log: EventLog,
  { after, limit, stream, type }: ReadOptions,
): AsyncGenerator<RecordedEvent> {
  let left = limit
  const wanted = (event: RecordedEvent) =>
    (after === undefined || event.position > after) && (!type || type.includes(event.type))
  for await (const events of pages(log, { after, stream, type }))
    for (const event of events) {
      if (!wanted(event)) continue
      if (left-- === 0) return
      yield event
    }
}

async function* pages(
  log: EventLog,
  { after, stream, type }: Omit<ReadOptions, 'limit'>,
): AsyncGenerator<readonly RecordedEvent[]> {
  if (stream !== undefined) return yield await log.readStream(stream)
  const filter = type && { types: type }
  for await (const page of log.readAll({ after: after as Position | undefined, filter })) yield page.events
}

/** The shape of an event for programs. */
export const eventJson = ({
  id,
  type,
  version,
  stream,
  revision,
  position,
  recordedAt,
  data,
  meta,
}: RecordedEvent) => ({
  ...{ position, recordedAt, stream, revision, type, version, id },
  ...{ occurredAt: meta.occurredAt, actor: meta.actor, caseId: meta.caseId, commandId: meta.commandId },
  ...{ correlationId: meta.correlationId, causationId: meta.causationId, data },
})

export function eventTable(events: readonly RecordedEvent[]): string {
  return table(
    ['position', 'recorded', 'occurred', 'stream', 'rev', 'type', 'data'],
    events.map((event) => [
      event.position,
      instant(event.recordedAt),
      instant(event.meta.occurredAt),
      event.stream,
      count(event.revision),
      event.type,
      shortened(JSON.stringify(event.data), 60),
    ]),
  )
}

/** The events of one stream, told as a story. */
export function historyTable(events: readonly RecordedEvent[]): string {
  return table(
    ['when', 'what', 'who', 'how'],
    events.map(({ type, data, meta }) => [
      instant(meta.occurredAt),
      type,
      meta.actor.id,
      shortened(JSON.stringify(data), 80),
    ]),
  )
}

const shortened = (text: string, length: number) => (text.length <= length ? text : `${text.slice(0, length - 1)}…`)
