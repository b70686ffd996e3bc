import { type Database, isConnectionLoss, PostgresUnavailable } from '@headwater/infra/database'
import { type EventLog, type KeyVault, LogUnavailable, type Telemetry } from '@headwater/infra/ports'
import { type Position, type RecordedEvent, type StoredEvent, upcast } from '@headwater/schema'
import { LRUCache } from 'lru-cache'
import type { ClientBase } from 'pg'
import { advance, type Checkpoint, CheckpointMoved, NOT_THERE, readCheckpoint } from './checkpoints.ts'
import { PoisonEvent } from './poison-event.ts'
import type { Document, ReadModel } from './read-model.ts'
import { analyzeTables, type Change, copyRows, loadDocuments, physicalName, writesOf } from './storage.ts'
import { snake, type Table } from './table.ts'
import { inTransaction, pipelined } from './transaction.ts'

/** What every part of the engine works with. */
export interface Sources {
  readonly db: Database
  readonly log: EventLog
  readonly vault: KeyVault
  /** Told of every batch that a live read model has taken in. */
  readonly telemetry?: Telemetry | undefined
}

const isAway = (error: unknown) =>
  error instanceof LogUnavailable || error instanceof PostgresUnavailable || isConnectionLoss(error)

/** Documents kept after they were written, so that a document whose events come close together is loaded once. Bounds the memory. */
const keptDocuments = 1_000

/** What was folded since the last write. */
interface Batch {
  readonly changes: Map<string, Change>
  /** The documents' streams with the revision they are at. */
  readonly revisions: Map<string, number>
  readonly events: StoredEvent[]
  count: number
}

/**
 * One generation of a read model's tables, on its way through the log. Events are folded in memory (`take`) and written now and then
 * (`flush`); a document that changes many times between two writes is written once. One call of each at a time; the next events may be
 * taken while the last ones are being written.
 */
export class Projection {
  private readonly kept: LRUCache<string, Document>
  private batch = emptyBatch()
  private writing: { readonly batch: Batch; readonly done: Promise<unknown> } | undefined
  /** Everything up to here is folded. */
  private folded: Position | undefined

  constructor(
    private readonly sources: Sources,
    readonly model: ReadModel,
    /** As it is in the database: what was taken and not yet written lies after it. */
    public checkpoint: Checkpoint,
    /** Of the tables' names. */
    private readonly suffix: string,
    kept = keptDocuments,
  ) {
    this.kept = new LRUCache({ max: kept })
    this.folded = checkpoint.position
  }

  /** Documents that were changed and are not yet being written. */
  get changed(): number {
    return this.batch.changes.size
  }

  /** Events that were taken and are not yet being written. */
  get taken(): number {
    return this.batch.count
  }

  /** Takes the events and writes what they change: all of it or nothing. Otherwise as `take` and `flush`. */
  async apply(recorded: readonly RecordedEvent[], position: Position): Promise<ReadonlyMap<string, number>> {
    await this.take(recorded, position)
    return this.flush()
  }

  /**
   * Folds the events in. Those that were folded already are passed by, so that a repeat has no effect.
   * @throws CheckpointMoved when another projector got further
   * @throws PoisonEvent after what came before that event was written
   */
  async take(recorded: readonly RecordedEvent[], position: Position): Promise<void> {
    try {
      await this.fold(recorded, position)
    } catch (thrown) {
      const error = await this.explained(thrown)
      if (!(error instanceof PoisonEvent)) {
        this.reset()
        throw error
      }
      const before = recorded.filter((event) => event.position < error.event.position)
      const last = before.at(-1)
      if (last) await this.fold(before, last.position)
      await this.flush()
      throw error
    }
  }

  /**
   * Writes what was taken and moves the checkpoint, in one transaction.
   * @returns the documents' streams with the revision they are at now
   * @throws CheckpointMoved when another projector got there first
   */
  async flush(): Promise<ReadonlyMap<string, number>> {
    // What is folded from here on belongs to the next write, so nothing is awaited where it need not be.
    if (this.writing) await this.writing.done
    const { batch, folded } = this
    if (folded === undefined || folded === this.checkpoint.position) return batch.revisions
    this.batch = emptyBatch()
    const started = performance.now()
    const done = this.write(batch, folded)
    this.writing = { batch, done }
    try {
      await done
    } catch (error) {
      this.writing = undefined
      this.reset()
      throw await this.explained(error)
    }
    this.writing = undefined
    if (batch.events.length > 0)
      this.sources.telemetry?.projected({
        model: this.model.name,
        events: batch.events,
        ms: performance.now() - started,
      })
    return batch.revisions
  }

  /** After many events: lets the planner know. */
  analyze(): Promise<void> {
    return analyzeTables(this.sources.db.pool, this.model, this.suffix)
  }

  /** Forgets what was not written. */
  private reset(): void {
    this.kept.clear()
    this.batch = emptyBatch()
    this.folded = this.checkpoint.position
  }

  /**
   * Where another projector writes meanwhile, a document may be loaded half before and half after, and whatever that leads to says nothing
   * about the event.
   */
  private async explained(error: unknown): Promise<unknown> {
    await this.writing?.done.catch(() => {})
    const { model, slot, generation, position } = this.checkpoint
    const now = await readCheckpoint(this.sources.db.pool, model, slot).catch(() => this.checkpoint)
    return now?.generation === generation && now.position === position ? error : new CheckpointMoved(this.checkpoint)
  }

  private async fold(recorded: readonly RecordedEvent[], position: Position): Promise<void> {
    const from = this.folded
    const ahead = from === undefined ? recorded : recorded.filter((event) => event.position > from)
    const events = ahead.map((event) => this.guard(event, () => upcast(event)))
    const keys = events.map((event) => this.guard(event, () => this.model.key(event)))
    const addressed = await this.addressed(events)
    const documents = await this.documents(events, keys, addressed)
    const refs = await this.prepare(events, [...documents.values()])
    const { batch } = this
    for (const [i, event] of events.entries()) {
      const key = keys[i]
      if (key !== undefined) this.evolve(key, event, documents, refs)
      const broadcast = this.model.broadcast?.(event)
      if (broadcast) for (const each of this.receivers(broadcast, addressed)) this.evolve(each, event, documents, refs)
      this.folded = event.position
      batch.count++
      if (this.checkpoint.slot !== 'live') continue
      batch.revisions.set(event.stream, event.revision)
      if (this.sources.telemetry) batch.events.push(event)
    }
    if (from === undefined || from < position) this.folded = position
  }

  private evolve(key: string, event: StoredEvent, documents: ReadonlyMap<string, Document>, refs: unknown): void {
    const { changes } = this.batch
    const change = changes.get(key)
    const current = change ? change.after : documents.get(key)
    const after = this.guard(event, () => this.model.evolve(current, event, refs))
    if (change) change.after = after
    else changes.set(key, { before: current, after })
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

  /** Value of a broadcast → the documents that have it in the tables. */
  private async addressed(events: readonly StoredEvent[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const columns = new Map<string, Set<string>>()
    for (const event of events) {
      const broadcast = this.model.broadcast?.(event)
      if (broadcast) columns.set(broadcast.column, (columns.get(broadcast.column) ?? new Set()).add(broadcast.value))
    }
    const found = new Map<string, string[]>()
    // What is being written may be in the tables or not.
    if (columns.size > 0) await this.writing?.done
    const root = this.model.root as Table
    for (const [column, values] of columns) {
      const { rows } = await this.sources.db.pool.query<{ key: string; value: string }>(
        `select ${snake(root.key[0]!)} as key, ${snake(column)} as value
          from read.${physicalName(root, this.suffix)} where ${snake(column)} = any($1)`,
        [[...values]],
      )
      for (const { key, value } of rows) {
        const place = placeOf({ column, value })
        const keys = found.get(place)
        if (keys) keys.push(key)
        else found.set(place, [key])
      }
    }
    return found
  }

  /** The documents that have the value just now: in the tables, unless they have changed since. */
  private *receivers(broadcast: Broadcast, addressed: ReadonlyMap<string, readonly string[]>): Iterable<string> {
    const { changes } = this.batch
    for (const key of addressed.get(placeOf(broadcast)) ?? []) if (!changes.has(key)) yield key
    for (const [key, { after }] of changes) if (after && valueIn(after, broadcast.column) === broadcast.value) yield key
  }

  /** As they are before these events. A stream's first event begins the document that it alone feeds: there is none to load. */
  private async documents(
    events: readonly StoredEvent[],
    keys: readonly (string | undefined)[],
    addressed: ReadonlyMap<string, readonly string[]>,
  ): Promise<ReadonlyMap<string, Document>> {
    const documents = new Map<string, Document>()
    const missing = new Set<string>()
    const seen = new Set<string>()
    const want = (key: string, begun = false) => {
      if (seen.has(key)) return
      seen.add(key)
      const change = this.batch.changes.get(key) ?? this.writing?.batch.changes.get(key)
      const document = change ? change.after : this.kept.get(key)
      if (document) documents.set(key, document)
      else if (!change && !begun) missing.add(key)
    }
    for (const [i, event] of events.entries()) {
      const key = keys[i]
      if (key !== undefined) want(key, event.revision === 0 && !this.model.shared)
    }
    for (const keys of addressed.values()) for (const key of keys) want(key)
    const loaded = await loadDocuments(this.sources.db.pool, this.model, this.suffix, [...missing])
    for (const [key, document] of loaded) documents.set(key, document)
    return documents
  }

  private async write({ changes, count }: Batch, position: Position): Promise<void> {
    // The checkpoint is in the same transaction: what a crash of Postgres takes back is simply folded again.
    const begin = 'begin; set local synchronous_commit = off'
    const { db } = this.sources
    const { checkpoint } = this
    const { statements, copies } = writesOf(this.model, this.suffix, [...changes.values()])
    const all = [advance(checkpoint, position, count), ...statements]
    const write = async (client: ClientBase) => {
      for (const statement of all) await client.query(statement)
      for (const copy of copies) await copyRows(client, copy)
    }
    await (copies.length > 0 ? inTransaction(db, write, begin) : pipelined(db, all, begin)).catch((error) => {
      throw error.code === NOT_THERE ? new CheckpointMoved(checkpoint) : error
    })
    this.checkpoint = { ...checkpoint, position, events: checkpoint.events + count, failure: undefined }
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

type Broadcast = NonNullable<ReturnType<NonNullable<ReadModel['broadcast']>>>

const placeOf = ({ column, value }: Broadcast) => `${column} ${value}`

const valueIn = (document: Document, column: string) => (document.root as Record<string, unknown>)[column]

const emptyBatch = (): Batch => ({ changes: new Map(), revisions: new Map(), events: [], count: 0 })
