// What is told and not yet written: over the log as it is, the streams as they will be.
import { type Expected, WrongExpectedRevision } from '@headwater/infra/ports'
import type { NewEvent, Position, RecordedEvent } from '@headwater/schema'
import type { ShellLog } from '@headwater/shell'
import { LRUCache } from 'lru-cache'

export interface DraftedAppend {
  readonly stream: string
  readonly expected: Expected
  readonly events: readonly NewEvent[]
}

/** Streams that are read and not written, such as the organisation's: enough for those that everybody needs. */
const keptStreams = 1_000

/** Until it is written, an event has no place in the log and no time of recording. */
const nowhere = { position: '' as Position, recordedAt: '' }

/**
 * A log that keeps what is appended to it in memory, so that no story waits for a commit. A stream is read from the log below once: nobody
 * else may write to it meanwhile.
 */
export class DraftLog implements ShellLog {
  private readonly drafted = new Map<string, RecordedEvent[]>()
  private readonly loaded = new LRUCache<string, Promise<readonly RecordedEvent[]>>({ max: keptStreams })
  private appends: DraftedAppend[] = []
  private readonly below: Pick<ShellLog, 'readStream'>

  constructor(below: Pick<ShellLog, 'readStream'>) {
    this.below = below
  }

  append: ShellLog['append'] = async (stream, events, { expected }) => {
    // Of a stream that begins, nothing is known: who writes the draft finds out whether it does.
    const before = this.drafted.get(stream) ?? (expected === 'none' ? [] : [...(await this.load(stream))])
    const last = before.length - 1
    if (expected !== (last < 0 ? 'none' : last))
      throw new WrongExpectedRevision(stream, expected, last < 0 ? undefined : last)
    for (const event of events) before.push({ ...event, ...nowhere, stream, revision: before.length })
    this.drafted.set(stream, before)
    this.appends.push({ stream, expected, events })
    return { stream, revision: before.length - 1, position: nowhere.position, repeated: false }
  }

  readStream: ShellLog['readStream'] = async (stream, { from = 0 } = {}) =>
    (this.drafted.get(stream) ?? (await this.load(stream))).slice(from)

  /** Takes out what was appended since the last time; nobody asks for these streams again before they are written. */
  take(): readonly DraftedAppend[] {
    const { appends } = this
    this.appends = []
    for (const { stream } of appends) this.loaded.delete(stream)
    this.drafted.clear()
    return appends
  }

  private load(stream: string): Promise<readonly RecordedEvent[]> {
    const known = this.loaded.get(stream)
    if (known) return known
    const loading = this.below.readStream(stream)
    this.loaded.set(stream, loading)
    return loading
  }
}
