import type { EventLog } from '@headwater/infra/ports'
import { streamName } from '@headwater/schema'
import { LRUCache } from 'lru-cache'
import { foldable, foldOnto } from './load.ts'
import type { Foldable, Loaded } from './types.ts'

interface Entry {
  loaded: Loaded<unknown>
  /** The read under way, and the one that will follow it. */
  running?: Promise<unknown> | undefined
  next?: Promise<unknown> | undefined
}

/**
 * States of streams that are asked for again and again, folded on from where they were. They are up to date: each answer rests on a read
 * that began after the question. Many who ask at once share one read. Personal values read as `Forgotten`: no key is kept or used.
 */
export class StateCache {
  private readonly entries: LRUCache<string, Entry>

  /** `max`: states kept. */
  constructor(
    private readonly log: Pick<EventLog, 'readStream'>,
    max = 1_000,
  ) {
    this.entries = new LRUCache({ max })
  }

  /** @throws WrongStreamKind, UnreadableEvent */
  async current<State>(aggregate: Foldable<State>, id: string): Promise<Loaded<State>> {
    const stream = streamName(aggregate.category, id)
    let entry = this.entries.get(stream)
    if (!entry) {
      entry = { loaded: { state: aggregate.initialState, revision: -1 } }
      this.entries.set(stream, entry)
    }
    await this.refreshed(entry, aggregate, stream)
    return entry.loaded as Loaded<State>
  }

  private refreshed(entry: Entry, aggregate: Foldable<unknown>, stream: string): Promise<unknown> {
    if (!entry.running) {
      entry.running = this.read(entry, aggregate, stream).finally(() => {
        entry.running = undefined
      })
      return entry.running
    }
    const again = () => {
      entry.next = undefined
      return this.refreshed(entry, aggregate, stream)
    }
    entry.next ??= entry.running.then(again, again)
    return entry.next
  }

  private async read(entry: Entry, aggregate: Foldable<unknown>, stream: string): Promise<void> {
    const recorded = await this.log.readStream(stream, { from: entry.loaded.revision + 1 })
    entry.loaded = foldOnto(entry.loaded, aggregate, foldable(recorded, aggregate.category, new Map()))
  }
}
