import type { NewEvent } from '@headwater/schema'
import type { Expected } from '../ports/event-log.ts'

export interface Append {
  readonly stream: string
  readonly events: readonly NewEvent[]
  readonly expected: Expected
}

/** The event log as simply as it can be said: one append at a time, event ids only. */
export class Model {
  readonly streams = new Map<string, string[]>()

  append({
    stream,
    events,
    expected,
  }: Append): { revision: number; repeated: boolean } | { actual: number | undefined } {
    const ids = this.streams.get(stream) ?? []
    const sent = events.map(({ id }) => id)
    const last = ids.length - 1
    const place = typeof expected === 'number' ? expected + 1 : expected === 'none' ? 0 : ids.indexOf(sent[0]!)
    const there = place >= 0 && sent.every((id, i) => ids[place + i] === id)
    if (there) return { revision: place + sent.length - 1, repeated: true }
    const free = expected === 'any' ? place < 0 : expected === 'exists' ? place < 0 && last >= 0 : place === ids.length
    if (!free) return { actual: last < 0 ? undefined : last }
    this.streams.set(stream, [...ids, ...sent])
    return { revision: last + sent.length, repeated: false }
  }
}
