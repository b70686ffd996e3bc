import type { EventFilter } from '../../ports/event-log.ts'

export interface Statement {
  readonly name: string
  readonly text: string
}

/** A page is full with the event that brings its bodies to this many bytes. */
const PAGE_BYTES = 8 * 1024 * 1024
const PAGE_EVENTS = 1_000
/** Of one stream in a page. */
export const STREAM_EVENTS = 1_000
/** With a filter, a page looks through more of the log; not much more, as most of it may pass the filter. */
const FILTERED_EVENTS = 2_000

/**
 * A page of the log. Parameters: after, until, then the filter's types and stream prefixes. Besides the events it answers
 * `head`, the end of the log as the same snapshot shows it, and `span`, how many positions it has looked through at most.
 */
export function logPage(schema: string, { types, streamPrefixes }: EventFilter = {}): Statement {
  const conditions: string[] = []
  if (types) conditions.push('type = any($3)')
  // Not LIKE, to which _ and % mean something.
  if (streamPrefixes) conditions.push(`stream ^@ any($${types ? 4 : 3})`)
  const span = conditions.length > 0 ? FILTERED_EVENTS : PAGE_EVENTS
  const events = `select * from ${schema}.events where position > $1 and position <= $2 order by position limit ${span}`
  return {
    name: `${schema}.page ${conditions.join(' ')}`,
    text: page(
      conditions.length > 0 ? `select * from (${events}) e where ${conditions.join(' and ')}` : events,
      `${span} as span, (select coalesce(max(position), 0) from ${schema}.events) as head`,
    ),
  }
}

/**
 * A page of several streams at once. Parameters: the streams, and the first revision wanted of each. `places` says which of them
 * (from 1) an event belongs to; a stream is at its end here if it has fewer than `STREAM_EVENTS` and the page was not full.
 */
export function streamsPage(schema: string): Statement {
  const events = `
    select e.*, wanted.place
    from unnest($1::text[], $2::integer[]) with ordinality wanted (stream, first, place)
    cross join lateral (
      select * from ${schema}.events e where e.stream = wanted.stream and e.revision >= wanted.first
      order by e.revision limit ${STREAM_EVENTS}
    ) e`
  return {
    name: `${schema}.streams`,
    text: page(
      events,
      `array_agg(place) as places,
       coalesce((select json_agg(stream) from ${schema}.deleted_streams where stream = any ($1)), '[]') as deleted`,
      'place, revision',
    ),
  }
}

/**
 * A page of the log as it is stored (see `StoredPage`). Parameters: after, until. `offset 0` keeps the planner from working out each leaf once
 * for its text and once more for its size, a seventh of the query's processor time.
 */
export const storedPage = (schema: string): Statement => ({
  name: `${schema}.stored`,
  text: `
  select
    string_agg(leaf, '')                       as leaves,
    array_agg(octet_length(leaf))              as sizes,
    encode(string_agg(uuid_send(id), ''), 'hex') as ids,
    array_agg(position)                        as positions
  from (
    select position, id,
      stream || E'\\n' || revision::text || E'\\n' || recorded_at::text || E'\\n' || id::text || E'\\n' || type || E'\\n' || body as leaf
    from (${whole(`select * from ${schema}.events where position > $1 and position <= $2 order by position limit ${PAGE_EVENTS}`)}) e
    offset 0
  ) e`,
})

/**
 * One row for the whole page: a row per event would cost the driver more than all the rest. Every column holds one item
 * per event, as cheaply as Postgres makes it: brackets around the bodies would copy them twice, which takes a third of the
 * query's time. The size of a body is known without reading it (a long one is stored elsewhere).
 */
const page = (events: string, also: string, order = 'position') => `
  select
    string_agg(body, ',')                       as bodies,
    string_agg(to_json(stream)::text, ',')      as streams,
    array_agg(revision)                         as revisions,
    array_agg(position)                         as positions,
    array_agg(recorded_at)                      as times,
    coalesce(max(size) >= ${PAGE_BYTES}, false) as full_page,
    ${also}
  from (${whole(events, order)}) e`

/** Of these events, those that fit in a page. */
const whole = (events: string, order = 'position') => `
  select * from (
    select *, sum(octet_length(body)) over (order by ${order} rows unbounded preceding) as size from (${events}) e
  ) e
  where size - octet_length(body) < ${PAGE_BYTES}`
