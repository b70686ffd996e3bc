// The log as tables: one of all events, and one for each type of event with its own columns.
import { appendFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import type { EventLog, KeyVault } from '@headwater/infra/ports'
import type { Progress } from '@headwater/projections'
import {
  decodeEvent,
  eventDefinitions,
  isForgotten,
  type OpenedEvent,
  type Position,
  type RecordedEvent,
  replacePersonal,
  streamId,
  subjectsOfRecorded,
} from '@headwater/schema'
import { type EventColumn, flatColumns, lineColumns, literal, quoted, typedColumns } from './columns.ts'
import { copyTo, type Format, inFormat, typeIn } from './duck.ts'
import type { Draft, ExportedTable, ExportFolder, Source } from './folder.ts'

export interface LogExport {
  readonly log: EventLog
  readonly vault: KeyVault
  readonly duck: DuckDBConnection
  readonly folder: ExportFolder
  readonly format: Format
  readonly personal: boolean
  readonly after: Position | undefined
  readonly until: Position | undefined
  readonly signal: AbortSignal
  onProgress(progress: Progress): void
  /** Events in a part. */
  readonly partSize: number
}

type NewTable = Omit<ExportedTable, 'rows'>

/** JSON lines nest what an event says as it is: there a table of its own for each type would only repeat it. */
function tablesIn(format: Format, personal: boolean): NewTable[] {
  const as = (name: string, folder: string, columns: readonly EventColumn[]): NewTable => ({
    ...{ name, source: 'log', folder, monthly: true },
    columns: columns.map(({ name, type, meaning }) => ({ name, type: typeIn(format, type), meaning })),
  })
  const flat = as('events', 'events', flatColumns)
  if (format === 'jsonl') return [flat]
  return [
    flat,
    ...[...eventDefinitions.keys()].map((type) => as(type, folderOf(type), typedColumns(type, personal).columns)),
  ]
}

const folderOf = (type: string) => `events-by-type/type=${type}`

/** Goes on where the folder says. @throws UnreadableEvent, SealBroken */
export async function exportLog(options: LogExport): Promise<void> {
  const { log, duck, folder, format, personal, after, until, signal, onProgress, partSize } = options
  let source = folder.source('log') ?? (await folder.begin('log', until ?? null, tablesIn(format, personal)))
  if (source.complete) return
  const lines = lineWriter(options)
  const write = async (part: Part, to: Source, position: Position | undefined, complete: boolean) =>
    folder.commit(to, await part.drafts(duck, format, personal), { cursor: position ?? null, complete })
  let number = source.parts + 1
  let part = await Part.open(folder.scratch, number, format)
  let writing = Promise.resolve(source)
  const tell = progressOf(log, source.cursor as Position | null, onProgress)
  let at = (source.cursor as Position | null) ?? after
  if (until !== undefined && (at === undefined || at < until))
    for await (const page of log.readAll({ after: at, until, signal })) {
      await lines(page.events, part)
      at = page.position
      tell(at, until, page.events.length)
      if (part.events < partSize) continue
      // The next events are read while DuckDB writes these.
      source = await writing
      writing = write(part, source, at, false)
      writing.catch(() => {}) // awaited with the next part
      part = await Part.open(folder.scratch, ++number, format)
    }
  source = await writing
  signal.throwIfAborted()
  await write(part, source, at, true)
}

function progressOf(log: EventLog, from: Position | null, onProgress: LogExport['onProgress']) {
  const started = performance.now()
  let events = 0
  return (position: Position, until: Position, more: number) => {
    events += more
    const seconds = (performance.now() - started) / 1000
    const share = log.share(position, until)
    const gained = share - (from === null ? 0 : log.share(from, until))
    const secondsLeft = gained > 0 ? (seconds * (1 - share)) / gained : 0
    onProgress({ model: 'log', position, written: undefined, events, rate: events / seconds, share, secondsLeft })
  }
}

/** Lines of events that were read, put where their month and type say. */
function lineWriter({ vault, personal }: Pick<LogExport, 'vault' | 'personal'>) {
  const kept = personal ? (value: unknown) => (isForgotten(value) ? null : value) : () => undefined
  return async (events: readonly RecordedEvent[], part: Part): Promise<void> => {
    const subjects = personal ? new Set(events.flatMap(subjectsOfRecorded)) : []
    const keys = personal ? await vault.find([...subjects]) : new Map<string, Buffer>()
    for (const recorded of events) {
      const event = decodeEvent(recorded, keys)
      const { schemas, version } = eventDefinitions.get(event.type)!
      part.add(event, `${JSON.stringify(eventLine(event, replacePersonal(schemas[version]!, event.data, kept)))}\n`)
    }
  }
}

function eventLine({ position, recordedAt, type, stream, revision, id, meta }: OpenedEvent, data: unknown): object {
  return {
    ...{ position, occurred_at: meta.occurredAt, recorded_at: recordedAt, type, stream, stream_id: streamId(stream) },
    ...{ revision, event_id: id, actor_id: meta.actor.id, actor_role: meta.actor.role, case_id: meta.caseId },
    ...{ command_id: meta.commandId, correlation_id: meta.correlationId, causation_id: meta.causationId, data },
  }
}

interface Bin {
  readonly type: string
  readonly month: string
  readonly file: string
  lines: string[]
  size: number
  rows: number
}

/** Kept in memory of all files together before it is written. */
const keptBytes = 16 * 1024 * 1024

/** Lines by month, and by type where each type is a table. */
class Part {
  private readonly bins = new Map<string, Bin>()
  private kept = 0
  events = 0

  private constructor(
    private readonly dir: string,
    private readonly name: string,
    private readonly byType: boolean,
  ) {}

  static async open(scratch: string, number: number, format: Format): Promise<Part> {
    const name = `part-${String(number).padStart(6, '0')}`
    const dir = join(scratch, name)
    await mkdir(dir, { recursive: true })
    return new Part(dir, name, format !== 'jsonl')
  }

  add({ type, meta }: OpenedEvent, line: string): void {
    const month = meta.occurredAt.slice(0, 7)
    const id = this.byType ? `${type} ${month}` : month
    let bin = this.bins.get(id)
    if (!bin) {
      bin = { type, month, file: join(this.dir, `${id}.jsonl`), lines: [], size: 0, rows: 0 }
      this.bins.set(id, bin)
    }
    bin.lines.push(line)
    bin.size += line.length
    bin.rows++
    this.events++
    this.kept += line.length
    if (this.kept > keptBytes) this.flush()
  }

  private flush(): void {
    for (const bin of this.bins.values()) {
      if (bin.size > 0) appendFileSync(bin.file, bin.lines.join(''))
      bin.lines = []
      bin.size = 0
    }
    this.kept = 0
  }

  /** Written, in the format asked for. */
  async drafts(duck: DuckDBConnection, format: Format, personal: boolean): Promise<Draft[]> {
    this.flush()
    const bins = [...this.bins.values()]
    const place = (folder: string, month: string) => `${folder}/month=${month}/${this.name}.${format}`
    if (format === 'jsonl')
      return bins.map(({ month, file, rows }) => ({ table: 'events', draft: file, path: place('events', month), rows }))
    const drafts: Draft[] = []
    for (const { type, month, file } of bins) {
      const { data, columns } = typedColumns(type, personal)
      const draft = `${file}.${format}`
      const rows = await copyTo(duck, select(columns, [file], data, format), draft, format)
      drafts.push({ table: type, draft, path: place(folderOf(type), month), rows })
    }
    for (const month of new Set(bins.map((bin) => bin.month))) {
      const files = bins.filter((bin) => bin.month === month).map(({ file }) => file)
      const draft = join(this.dir, `events ${month}.${format}`)
      const query = select(flatColumns, files, 'JSON', format)
      const rows = await copyTo(duck, `${query} order by position`, draft, format)
      drafts.push({ table: 'events', draft, path: place('events', month), rows })
    }
    return drafts
  }
}

function select(columns: readonly EventColumn[], files: readonly string[], data: string | undefined, format: Format) {
  const list = columns.map(({ name, type, from }) => `${inFormat(format, type, from)} as ${quoted(name)}`)
  const read = Object.entries(lineColumns(data)).map(([name, type]) => `${literal(name)}: ${literal(type)}`)
  return `select ${list.join(', ')} from read_json([${files.map(literal).join(', ')}], format = 'newline_delimited', columns = {${read.join(', ')}})`
}
