// An event log in memory, for specs of laws that need thousands of logs. It keeps the contract of every event log.
import { EventEmitter, once } from 'node:events'
import {
  type Appended,
  type EventBatch,
  type EventFilter,
  type EventLog,
  type Expected,
  ForeignPosition,
  InvalidAppend,
  type ReadAllOptions,
  StreamDeleted,
  type SubscribeOptions,
  WrongExpectedRevision,
} from '@headwater/infra/ports'
import { type Instant, instantOf, type NewEvent, type Position, type RecordedEvent } from '@headwater/schema'

export class MemoryLog implements EventLog {
  /** All of it, in order. */
  readonly events: RecordedEvent[] = []
  private readonly streams = new Map<string, RecordedEvent[]>()
  private readonly deleted = new Set<string>()
  private readonly bell = new EventEmitter().setMaxListeners(0)
  private readonly closing = new AbortController()

  async append(stream: string, events: readonly NewEvent[], { expected }: { expected: Expected }): Promise<Appended> {
    const stored = storable(stream, events, expected)
    const known = this.stream(stream)
    const last = known.length - 1
    const place =
      typeof expected === 'number'
        ? expected + 1
        : expected === 'none'
          ? 0
          : known.findIndex(({ id }) => id === stored[0]!.id)
    if (place >= 0 && stored.every(({ id }, i) => known[place + i]?.id === id))
      return { stream, ...placeOf(known[place + stored.length - 1]!), repeated: true }
    const free = typeof expected === 'number' || expected === 'none' ? place === last + 1 : place < 0
    if (!free || (expected === 'exists' && last < 0))
      throw new WrongExpectedRevision(stream, expected, last < 0 ? undefined : last)
    const recordedAt = instantOf(Math.max(Date.now(), Date.parse(this.events.at(-1)?.recordedAt ?? '1970-01-01')))
    for (const event of stored) {
      const recorded = {
        ...event,
        stream,
        revision: known.length,
        position: toPosition(this.events.length),
        recordedAt,
      }
      known.push(recorded)
      this.events.push(recorded)
    }
    this.streams.set(stream, known)
    this.bell.emit('events')
    return { stream, ...placeOf(known.at(-1)!), repeated: false }
  }

  async readStream(stream: string, { from = 0 }: { from?: number } = {}): Promise<readonly RecordedEvent[]> {
    return this.stream(stream).slice(from)
  }

  async *readAll({ after, until, filter, signal }: ReadAllOptions = {}): AsyncGenerator<EventBatch> {
    const end = until === undefined ? this.events.length : fromPosition(until) + 1
    const found = this.events.slice(fromPosition(after) + 1, end)
    if (found.length > 0 && !signal?.aborted)
      yield { events: found.filter(passing(filter)), position: found.at(-1)!.position }
  }

  async *subscribe({ after, filter, signal: outer }: SubscribeOptions): AsyncGenerator<EventBatch> {
    const signal = AbortSignal.any([outer, this.closing.signal])
    for (let from = after; ; ) {
      const rung = once(this.bell, 'events', { signal }).catch(() => {}) // aborted: the loop ends
      for await (const batch of this.readAll({ after: from, filter, signal })) {
        from = batch.position
        yield batch
      }
      if (signal.aborted) return
      await rung
    }
  }

  async head(): Promise<Position | undefined> {
    return this.events.at(-1)?.position
  }

  async positionAt(recorded: Instant): Promise<Position | undefined> {
    return this.events.findLast(({ recordedAt }) => recordedAt <= recorded)?.position
  }

  share(position: Position, until: Position): number {
    return Math.min(1, (fromPosition(position) + 1) / (fromPosition(until) + 1))
  }

  async deleteStream(stream: string, { expected }: { expected: Expected }): Promise<void> {
    if (this.deleted.has(stream)) return
    const last = this.stream(stream).length - 1
    const right =
      expected === 'any' || (expected === 'exists' ? last >= 0 : (expected === 'none' ? -1 : expected) === last)
    if (!right) throw new WrongExpectedRevision(stream, expected, last < 0 ? undefined : last)
    this.deleted.add(stream)
  }

  async close(): Promise<void> {
    this.closing.abort()
  }

  private stream(name: string): RecordedEvent[] {
    if (this.deleted.has(name)) throw new StreamDeleted(name)
    return this.streams.get(name) ?? []
  }
}

/** What comes back is what was stored: no reference is shared. */
function storable(stream: string, events: readonly NewEvent[], expected: Expected): NewEvent[] {
  const named = [stream, ...events.map(({ type }) => type)]
  if (named.some((name) => name === '' || /[\p{Cc}\p{Cs}]/u.test(name))) throw new InvalidAppend(stream, 'a bad name')
  if (typeof expected === 'number' && !(Number.isInteger(expected) && expected >= 0))
    throw new InvalidAppend(stream, 'no revision')
  const ids = new Set(events.map(({ id }) => id))
  if (ids.size === 0 || ids.size < events.length || [...ids].some((id) => !/^[0-9a-f-]{36}$/i.test(id)))
    throw new InvalidAppend(stream, 'ids must be UUIDs, each once')
  try {
    return JSON.parse(JSON.stringify(events))
  } catch (cause) {
    throw new InvalidAppend(stream, 'no JSON', { cause })
  }
}

const placeOf = ({ revision, position }: RecordedEvent) => ({ revision, position })

const passing = (filter: EventFilter | undefined) => (event: RecordedEvent) =>
  (filter?.types?.includes(event.type) ?? true) &&
  (filter?.streamPrefixes?.some((prefix) => event.stream.startsWith(prefix)) ?? true)

const toPosition = (index: number) => String(index).padStart(16, '0') as Position

/** Index in the log; −1 for its beginning. */
function fromPosition(position: Position | undefined): number {
  if (position === undefined) return -1
  if (!/^\d{16}$/.test(position)) throw new ForeignPosition(position)
  return Number(position)
}
