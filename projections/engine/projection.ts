import { type Database, isConnectionLoss, PostgresUnavailable } from '@headwater/infra/database'
import { type EventLog, type KeyVault, LogUnavailable, type Telemetry } from '@headwater/infra/ports'
import { type Position, type RecordedEvent, type StoredEvent, upcast } from '@headwater/schema'
import { LRUCache } from 'lru-cache'
import type { ClientBase } from 'pg'
import { advance, type Checkpoint, CheckpointMoved, readCheckpoint } from './checkpoints.ts'
import type { Document, ReadModel } from './read-model.ts'
import { analyzeTables, type Change, loadDocuments, physicalName, writeChanges } from './storage.ts'
import { snake, type Table } from './table.ts'
import { inTransaction } from './transaction.ts'

/** What every part of the engine works with. */
export interface Sources {
  readonly db: Database
  readonly log: EventLog
  readonly vault: KeyVault
  /** Told of every batch that a live read model has taken in. */
  readonly telemetry?: Telemetry | undefined
}

/** An event that the read model cannot take in: going on without it would make wrong tables. */
export class PoisonEvent extends Error {
  override readonly name = 'PoisonEvent'
  constructor(
    readonly model: string,
    readonly event: RecordedEvent,
    override readonly cause: unknown,
  ) {
    super(
      `${model}: ${event.type} at position ${event.position} (${event.stream}, revision ${event.revision}): ` +
        `${cause instanceof Error ? cause.message : String(cause)}`,
    )
  }
}

const isAway = (error: unknown) =>
  error instanceof LogUnavailable || error instanceof PostgresUnavailable || isConnectionLoss(error)

/** Documents kept between batches, so that a document whose events come close together is loaded once. */
const keptDocuments = 10_000

/** One generation of a read model's tables, on its way through the log. */
export class Projection {
  private readonly kept = new LRUCache<string, Document>({ max: keptDocuments })

  constructor(
    private readonly sources: Sources,
    readonly model: ReadModel,
    public checkpoint: Checkpoint,
    /** Of the tables' names. */
    private readonly suffix: string,
  ) {}

  /**
   * Folds the events in and moves the checkpoint to `position`, in one transaction: all of it or nothing. Events at or before the
   * checkpoint are passed by, so that a repeat has no effect.
   * @returns the documents' streams with the revision they are at now
   * @throws CheckpointMoved when another projector got there first
   * @throws PoisonEvent after what came before that event was written
   */
  async apply(recorded: readonly RecordedEvent[], position: Position): Promise<ReadonlyMap<string, number>> {
    try {
      return await this.applyAll(recorded, position)
    } catch (error) {
      if (!(error instanceof PoisonEvent)) throw error
      const before = recorded.filter((event) => event.position < error.event.position)
      const last = before.at(-1)
      if (last) await this.applyAll(before, last.position)
      throw error
    }
  }

  /** After many events: lets the planner know. */
  analyze(): Promise<void> {
    return analyzeTables(this.sources.db.pool, this.model, this.suffix)
  }

  private async applyAll(recorded: readonly RecordedEvent[], position: Position): Promise<ReadonlyMap<string, number>> {
    const at = this.checkpoint.position
    const ahead = at === undefined ? recorded : recorded.filter((event) => event.position > at)
    const events = ahead.map((event) => this.guard(event, () => upcast(event)))
    const revisions = new Map<string, number>()
    for (const part of this.split(events, position)) {
      const started = performance.now()
      try {
        await this.write(await this.fold(part.events), part.events.length, part.position)
      } catch (error) {
        this.kept.clear()
        throw await this.explained(error)
      }
      for (const { stream, revision } of part.events) revisions.set(stream, revision)
      if (part.events.length > 0 && this.checkpoint.slot === 'live')
        this.sources.telemetry?.projected({
          model: this.model.name,
          events: part.events,
          ms: performance.now() - started,
        })
    }
    return revisions
  }

  /**
   * Where another projector writes meanwhile, a document may be loaded half before and half after, and whatever that leads to says nothing
   * about the event.
   */
  private async explained(error: unknown): Promise<unknown> {
    const { model, slot, generation, position } = this.checkpoint
    const now = await readCheckpoint(this.sources.db.pool, model, slot).catch(() => this.checkpoint)
    return now?.generation === generation && now.position === position ? error : new CheckpointMoved(this.checkpoint)
  }

  /** A broadcast event finds its documents in the tables, so everything before it must be there, and it comes alone. */
  private *split(events: readonly StoredEvent[], position: Position) {
    let from = 0
    for (let i = 0; i < events.length; i++) {
      if (!this.model.broadcast?.(events[i]!)) continue
      if (from < i) yield { events: events.slice(from, i), position: events[i - 1]!.position }
      yield { events: [events[i]!], position: events[i]!.position }
      from = i + 1
    }
    const at = this.checkpoint.position
    if (at === undefined || at < position) yield { events: events.slice(from), position }
  }

  private async fold(events: readonly StoredEvent[]): Promise<Map<string, Change>> {
    const keys = await this.keysOf(events)
    const documents = await this.documents(events, keys)
    const refs = await this.prepare(events, [...documents.values()])
    const changes = new Map<string, Change>()
    events.forEach((event, i) => {
      for (const key of keys[i]!) {
        const change = changes.get(key)
        const before = change ? change.before : documents.get(key)
        const current = change ? change.after : before
        const after = this.guard(event, () => this.model.evolve(current, event, refs))
        changes.set(key, { before, after })
      }
    })
    return changes
  }

  /** What goes wrong here, but for engines that are away, is the fault of the first event with which alone it goes wrong, too. */
  private async prepare(events: readonly StoredEvent[], documents: readonly Document[]): Promise<unknown> {
    const run = async (some: readonly StoredEvent[]) => this.model.prepare?.(some, documents, this.sources)
    try {
      return await run(events)
    } catch (error) {
      if (isAway(error)) throw error
      for (const event of events)
        await run([event]).catch((cause) => {
          throw isAway(cause) ? cause : new PoisonEvent(this.model.name, event, cause)
        })
      throw error
    }
  }

  private async keysOf(events: readonly StoredEvent[]): Promise<readonly (readonly string[])[]> {
    const [first] = events
    const broadcast = first && this.model.broadcast?.(first)
    if (broadcast) {
      const root = this.model.root as Table
      const { rows } = await this.sources.db.pool.query<{ key: string }>(
        `select ${snake(root.key[0]!)} as key from read.${physicalName(root, this.suffix)} where ${snake(broadcast.column)} = $1`,
        [broadcast.value],
      )
      return [rows.map(({ key }) => key)]
    }
    return events.map((event) => {
      const key = this.guard(event, () => this.model.key(event))
      return key === undefined ? [] : [key]
    })
  }

  /** As they are before these events. A stream's first event begins its document: there is none to load. */
  private async documents(events: readonly StoredEvent[], keys: readonly (readonly string[])[]) {
    const documents = new Map<string, Document>()
    const missing = new Set<string>()
    const begun = new Set<string>()
    events.forEach((event, i) => {
      for (const key of keys[i]!) {
        if (event.revision === 0 && this.model.key(event) === key) begun.add(key)
        if (begun.has(key) || missing.has(key) || documents.has(key)) continue
        const document = this.kept.get(key)
        if (document) documents.set(key, document)
        else missing.add(key)
      }
    })
    const loaded = await loadDocuments(this.sources.db.pool, this.model, this.suffix, [...missing])
    for (const [key, document] of loaded) documents.set(key, document)
    return documents
  }

  private async write(changes: Map<string, Change>, events: number, position: Position): Promise<void> {
    // The checkpoint is in the same transaction: what a crash of Postgres takes back is simply folded again.
    const begin = 'begin; set local synchronous_commit = off'
    const work = async (client: ClientBase) => {
      const checkpoint = await advance(client, this.checkpoint, position, events)
      await writeChanges(client, this.model, this.suffix, changes.values())
      return checkpoint
    }
    this.checkpoint = await inTransaction(this.sources.db, work, begin)
    for (const [key, { after }] of changes) {
      if (after) this.kept.set(key, after)
      else this.kept.delete(key)
    }
  }

  private guard<T>(event: RecordedEvent, step: () => T): T {
    try {
      return step()
    } catch (cause) {
      throw new PoisonEvent(this.model.name, event, cause)
    }
  }
}
