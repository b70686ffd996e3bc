import type { Instant, RecordedEvent } from '@headwater/schema'
import { type Database, sharing } from '../../database/index.ts'
import { type EventBatch, type EventFilter, StreamDeleted } from '../../ports/event-log.ts'
import { logPage, STREAM_EVENTS, type Statement, streamsPage } from './page.sql.ts'
import { toPosition } from './position.ts'
import { numbers, rawText } from './raw-text.ts'
import { withRetry } from './retry.ts'

type Row = Record<string, string | null>

interface Wanted {
  readonly stream: string
  readonly from: number
}

interface StreamPage {
  readonly events: readonly RecordedEvent[]
  /** There are no more, as the stream is now. */
  readonly end: boolean
}

/** Streams read in one query at most. */
const MAX_GROUP = 250

export class Reader {
  private readonly streams = sharing<Wanted, StreamPage>((group) => this.streamsPage(group), MAX_GROUP)

  constructor(
    private readonly db: Database,
    private readonly schema: string,
  ) {}

  /** Position of the last event, 0 for an empty log. */
  async head(): Promise<number> {
    const row = await this.query({
      name: '',
      text: `select coalesce(max(position), 0) as head from ${this.schema}.events`,
    })
    return Number(row.head)
  }

  /** Position of the last event recorded at or before `time` (milliseconds since 1970), 0 for none. */
  async lastUntil(time: number): Promise<number> {
    // Positions have no gaps and times never decrease: some twenty looks at the primary key find it.
    let [last, beyond] = [0, (await this.head()) + 1]
    while (beyond - last > 1) {
      const middle = Math.floor((last + beyond) / 2)
      const { at } = await this.query(
        {
          name: `${this.schema}.recorded`,
          text: `select recorded_at as at from ${this.schema}.events where position = $1`,
        },
        [middle],
      )
      if (Number(at) <= time) last = middle
      else beyond = middle
    }
    return last
  }

  async stream(stream: string, from: number): Promise<readonly RecordedEvent[]> {
    const events: RecordedEvent[] = []
    for (;;) {
      const last = events.at(-1)
      const page = await this.streams.load({ stream, from: last ? last.revision + 1 : from })
      events.push(...page.events)
      if (page.end) return events
    }
  }

  private async streamsPage(group: readonly Wanted[]): Promise<(StreamPage | StreamDeleted)[]> {
    const row = await this.query(streamsPage(this.schema), [
      group.map(({ stream }) => stream),
      group.map(({ from }) => from),
    ])
    const deleted = new Set(JSON.parse(row.deleted!) as string[])
    const pages = group.map((): RecordedEvent[] => [])
    const places = numbers(row.places ?? '{}')
    for (const [i, event] of decode(row).entries()) pages[places[i]! - 1]!.push(event)
    // A full page breaks off at its last event: only streams before that one are known to be whole.
    const whole = row.full_page === 't' ? places.at(-1)! - 1 : group.length
    return group.map(({ stream }, i) => {
      const events = pages[i]!
      if (deleted.has(stream)) return new StreamDeleted(stream)
      return { events, end: i < whole && events.length < STREAM_EVENTS }
    })
  }

  /** What lies after `after`, up to `until` or the end of the log as it is then. One page is read ahead of the consumer. */
  async *pages(
    after: number,
    until: number,
    filter: EventFilter | undefined,
    signal?: AbortSignal,
  ): AsyncGenerator<EventBatch> {
    const read = (from: number) => {
      const promise = this.page(from, until, filter)
      promise.catch(() => {}) // whoever awaits it hears of the error; a consumer that has gone need not
      return promise
    }
    for (let next = read(after); ; ) {
      const { events, through, end } = await next
      if (signal?.aborted) return
      if (!end) next = read(through)
      if (through > after) yield { events, position: toPosition(through) }
      if (end || signal?.aborted) return
    }
  }

  private async page(after: number, until: number, filter: EventFilter | undefined) {
    const row = await this.query(logPage(this.schema, filter), [
      after,
      until,
      ...(filter?.types ? [filter.types] : []),
      ...(filter?.streamPrefixes ? [filter.streamPrefixes] : []),
    ])
    const events = decode(row)
    const last = Math.min(until, Number(row.head))
    const through = row.full_page === 't' ? Number(events.at(-1)!.position) : Math.min(last, after + Number(row.span))
    return { events, through, end: through >= last }
  }

  private async query(statement: Statement, values: unknown[] = []): Promise<Row> {
    const { rows } = await withRetry(() => this.db.pool.query<Row>({ ...statement, values, types: rawText }))
    return rows[0]!
  }
}

type Body = { -readonly [Key in keyof RecordedEvent]: RecordedEvent[Key] }

/** The bodies parsed in one go and completed in place: copies would take as long as the parsing. */
function decode(row: Row): RecordedEvent[] {
  if (row.bodies == null) return []
  const events: Body[] = JSON.parse(`[${row.bodies}]`)
  // Parsed, not split: a slice would keep the names of the whole page in memory for as long as somebody keeps one of them.
  const streams: string[] = JSON.parse(`[${row.streams}]`)
  const [revisions, positions, times] = ['revisions', 'positions', 'times'].map((name): number[] => numbers(row[name]!))
  let time: number | undefined
  let instant: Instant = ''
  for (let i = 0; i < events.length; i++) {
    const event = events[i]!
    if (times![i] !== time) {
      time = times![i]!
      instant = new Date(time).toISOString()
    }
    event.stream = streams[i]!
    event.revision = revisions![i]!
    event.position = toPosition(positions![i]!)
    event.recordedAt = instant
  }
  return events
}
