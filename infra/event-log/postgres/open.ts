// The event log on Postgres. Positions are contiguous integers in commit order (see append.sql.ts).

import { setTimeout as sleep } from 'node:timers/promises'
import type { Instant, NewEvent, Position, RecordedEvent } from '@headwater/schema'
import type { Database } from '../../database/index.ts'
import {
  type Appended,
  type EventBatch,
  type EventLog,
  type Expected,
  LogUnavailable,
  type ReadAllOptions,
  type SubscribeOptions,
  WrongExpectedRevision,
} from '../../ports/event-log.ts'
import { silent, type Telemetry } from '../../ports/telemetry.ts'
import { Bell } from './bell.ts'
import { encodeAppend, isName } from './encode.ts'
import { expectedCode, GroupWriter, Refusal } from './group-writer.ts'
import { Notifications } from './notifications.ts'
import { fromPosition, toPosition } from './position.ts'
import { Reader } from './reader.ts'
import { withRetry } from './retry.ts'
import { migrateLog } from './schema.ts'

export interface PostgresEventLogOptions {
  /** Postgres schema that holds the log: lower-case letters, digits, `_`. Several logs can live in one database. Default `log`. */
  readonly schema?: string
  /** How often a subscription looks for events by itself, should a notification get lost; milliseconds, default 1000. */
  readonly pollInterval?: number
  /** Told of appends and commits. */
  readonly telemetry?: Telemetry | undefined
}

const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 5_000

/** Opens the log in a database, creating its tables where missing. Closing it leaves `db` open. */
export async function openPostgresEventLog(db: Database, options: PostgresEventLogOptions = {}): Promise<EventLog> {
  const { schema = 'log', pollInterval = 1_000, telemetry = silent } = options
  if (!/^[a-z_][a-z0-9_]*$/.test(schema)) throw new Error(`${schema} is no schema name`)
  await migrateLog(db, schema)
  return new PostgresEventLog(db, schema, pollInterval, telemetry)
}

class PostgresEventLog implements EventLog {
  private readonly writer: GroupWriter
  private readonly reader: Reader
  private readonly notifications: Notifications
  private readonly closing = new AbortController()

  constructor(
    private readonly db: Database,
    private readonly schema: string,
    private readonly pollInterval: number,
    private readonly telemetry: Telemetry,
  ) {
    this.writer = new GroupWriter(db.url, schema, telemetry)
    this.reader = new Reader(db, schema)
    this.notifications = new Notifications(db, `headwater_log_${schema}`)
  }

  async append(stream: string, events: readonly NewEvent[], { expected }: { expected: Expected }): Promise<Appended> {
    const encoded = encodeAppend(stream, events, expected)
    const started = performance.now()
    const appended = await this.writer.append(encoded)
    const { commandId, correlationId } = events[0]!.meta
    const ms = performance.now() - started
    this.telemetry.appended({ stream, events: events.length, commandId, correlationId, ms })
    return appended
  }

  async readStream(stream: string, { from = 0 }: { from?: number } = {}): Promise<readonly RecordedEvent[]> {
    return isName(stream) ? this.reader.stream(stream, from) : []
  }

  async *readAll({ after, until, filter, signal }: ReadAllOptions = {}): AsyncGenerator<EventBatch> {
    const from = fromPosition(after)
    const last = until === undefined ? await this.reader.head() : fromPosition(until)
    if (!signal?.aborted) yield* this.reader.pages(from, last, filter, signal)
  }

  async *subscribe({ after, filter, signal: outer }: SubscribeOptions): AsyncGenerator<EventBatch> {
    let from = fromPosition(after)
    const signal = AbortSignal.any([outer, this.closing.signal])
    const bell = new Bell()
    this.notifications.add(bell)
    try {
      for (let pause = FIRST_PAUSE_MS; !signal.aborted; ) {
        try {
          bell.reset()
          for await (const batch of this.reader.pages(from, Number.MAX_SAFE_INTEGER, filter, signal)) {
            from = fromPosition(batch.position)
            yield batch
          }
          pause = FIRST_PAUSE_MS
          await bell.wait(this.pollInterval, signal)
        } catch (error) {
          if (!(error instanceof LogUnavailable)) throw error
          await sleep(pause, undefined, { signal }).catch(() => {}) // aborted: the loop ends
          pause = Math.min(2 * pause, LONGEST_PAUSE_MS)
        }
      }
    } finally {
      this.notifications.remove(bell)
    }
  }

  async head(): Promise<Position | undefined> {
    const head = await this.reader.head()
    return head === 0 ? undefined : toPosition(head)
  }

  async positionAt(recorded: Instant): Promise<Position | undefined> {
    const last = await this.reader.lastUntil(Date.parse(recorded))
    return last === 0 ? undefined : toPosition(last)
  }

  share(position: Position, until: Position): number {
    return Math.min(1, fromPosition(position) / fromPosition(until))
  }

  async deleteStream(stream: string, { expected }: { expected: Expected }): Promise<void> {
    const text = `select * from ${this.schema}.delete_stream($1, $2)`
    const { rows } = await withRetry(() => this.db.pool.query(text, [stream, expectedCode(expected)]))
    const [{ refusal, revision }] = rows
    if (refusal === Refusal.wrongRevision) throw new WrongExpectedRevision(stream, expected, revision ?? undefined)
  }

  /** Ends all subscriptions and commits the appends under way. */
  async close(): Promise<void> {
    if (this.closing.signal.aborted) return
    this.closing.abort()
    await this.writer.close()
  }
}
