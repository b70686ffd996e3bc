// What a dry run writes to: the log and the keys as they are, and over them what would be added, in memory.
import { randomBytes } from 'node:crypto'
import { type EventLog, type KeyVault, WrongExpectedRevision } from '@headwater/infra/ports'
import { instantOf, type Position, type RecordedEvent } from '@headwater/schema'

/**
 * A log of which streams can be appended to and read; nothing reaches the real one. Of leads and deals the last `kept` streams that were added to
 * are kept, so that memory stays flat.
 */
export class ScratchLog implements EventLog {
  private readonly added = new Map<string, RecordedEvent[]>()
  private readonly log: EventLog
  private readonly kept: number
  private count = 0
  /** Streams of which nothing is known any more. */
  dropped = 0

  constructor(log: EventLog, kept: number) {
    this.log = log
    this.kept = kept
  }

  append: EventLog['append'] = async (stream, events, { expected }) => {
    const actual = (await this.readStream(stream)).length - 1
    if (expected !== (actual < 0 ? 'none' : actual))
      throw new WrongExpectedRevision(stream, expected, actual < 0 ? undefined : actual)
    const recordedAt = instantOf(Date.now())
    const recorded = events.map((event, i) => ({
      ...event,
      stream,
      revision: actual + 1 + i,
      position: `scratch-${String(this.count++).padStart(16, '0')}` as Position,
      recordedAt,
    }))
    const before = this.added.get(stream) ?? []
    this.added.delete(stream)
    this.added.set(stream, [...before, ...recorded])
    this.dropOldest()
    const { revision, position } = recorded.at(-1)!
    return { stream, revision, position, repeated: false }
  }

  readStream: EventLog['readStream'] = async (stream, { from = 0 } = {}) => {
    const added = this.added.get(stream) ?? []
    const stored = added[0]?.revision === 0 ? [] : await this.log.readStream(stream, { from })
    return [...stored, ...added.filter(({ revision }) => revision >= from)]
  }

  readAll: EventLog['readAll'] = (options) => this.log.readAll(options)
  subscribe: EventLog['subscribe'] = (options) => this.log.subscribe(options)
  head: EventLog['head'] = () => this.log.head()
  positionAt: EventLog['positionAt'] = (recorded) => this.log.positionAt(recorded)
  share: EventLog['share'] = (position, until) => this.log.share(position, until)
  deleteStream: EventLog['deleteStream'] = async () => {
    throw new Error('nothing is deleted in a dry run')
  }
  close: EventLog['close'] = async () => {}

  private dropOldest(): void {
    for (const stream of this.added.keys()) {
      if (this.added.size <= this.kept) return
      // The playbook and the organisation hold for every case.
      if (!/^(?:lead|deal)-/.test(stream)) continue
      this.added.delete(stream)
      this.dropped++
    }
  }
}

/** Keys for persons whom nobody knows yet are made for the moment, and never stored. */
export class ScratchVault implements KeyVault {
  private readonly made = new Map<string, Buffer>()
  private readonly vault: KeyVault
  private readonly kept: number

  constructor(vault: KeyVault, kept: number) {
    this.vault = vault
    this.kept = kept
  }

  async obtain(subjects: readonly string[]): Promise<ReadonlyMap<string, Buffer>> {
    const keys = new Map(await this.find(subjects))
    for (const subject of subjects) {
      if (keys.has(subject)) continue
      const key = randomBytes(32)
      this.made.set(subject, key)
      keys.set(subject, key)
    }
    for (const subject of this.made.keys()) if (this.made.size > this.kept) this.made.delete(subject)
    return keys
  }

  async find(subjects: readonly string[]): Promise<ReadonlyMap<string, Buffer>> {
    const keys = new Map(await this.vault.find(subjects.filter((subject) => !this.made.has(subject))))
    for (const subject of subjects) {
      const made = this.made.get(subject)
      if (made) keys.set(subject, made)
    }
    return keys
  }

  async destroy(): Promise<boolean> {
    throw new Error('nothing is destroyed in a dry run')
  }

  blindIndex(domain: string, value: string): string {
    return this.vault.blindIndex(domain, value)
  }
}
