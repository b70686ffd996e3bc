// A file, opened under its entry of the mapping: its records become plans, one by one.
import { ImportError } from '../errors.ts'
import type { CaseTable, EventTable, FileMapping, TouchTable, TraceLog } from '../mapping/schema.ts'
import { type ReadOptions, readBytes, type SourceFile } from '../readers/bytes.ts'
import type { Row } from '../readers/row.ts'
import { openTable } from '../readers/table.ts'
import { canonicalEncoding, decodeText } from '../readers/text.ts'
import { type Attributes, readXes, type Trace } from '../readers/xes.ts'
import { planCaseRows } from './case-row.ts'
import { planEvents, type SourceCase } from './events.ts'
import type { Plan, PlanContext } from './steps.ts'
import type { Unmapped } from './tally.ts'
import { planTouchRows } from './touch-row.ts'
import { type Bind, type ValueSettings, Values } from './values.ts'

/** One case of a file, not planned yet. */
export interface CaseRecord {
  readonly caseId: string
  readonly line: number
  /** Rows of a table, events of a trace. */
  readonly rows: number
  /** False where rows of a case may come in several places: of an event table, and of touches. */
  readonly unique: boolean
  plan(): Plan
}

// Rows of one case that follow each other are taken together, up to this many.
const mostRowsTogether = 1000

/**
 * The cases of a file, as they are consumed. Columns are bound before the first.
 * @throws ImportError for whatever is wrong with the form of the file
 */
export async function* readCases(
  source: SourceFile,
  file: FileMapping,
  context: PlanContext,
  unmapped: Unmapped,
  options: ReadOptions,
): AsyncGenerator<CaseRecord> {
  const { mapping, now } = context
  const settings: ValueSettings = { zone: mapping.zone, dates: file.dates, numbers: file.numbers, now }
  const encoding = encodingOf(source, file.encoding)
  const isXes = source.format === 'xes'
  if (isXes !== (file.rows === 'trace')) {
    const [is, wants] = [
      isXes ? 'an XML file' : `a table (${source.format.toUpperCase()})`,
      isXes ? 'a table' : 'an XES log',
    ]
    const hint = `match it with an entry of rows: ${isXes ? 'trace' : 'case or event'}`
    throw new ImportError(
      'format-mismatch',
      `this is ${is}, and its entry in the mapping describes ${wants}`,
      { file: source.path },
      hint,
    )
  }
  if (file.rows === 'trace') {
    const traces = readXes(decodeText(readBytes(source, options), encoding, source.path), source.path)
    return yield* traceCases(traces, file, context, settings, unmapped)
  }
  const table = await openTable(source, { ...options, csv: file.csv, sheet: file.sheet, encoding })
  const columns = new Columns(source, table.columns)
  const values = new Values(columns.bind, settings)
  const cases =
    file.rows === 'case'
      ? rowCases(table.rows, file, planCaseRows(file, context, columns.bind, values), columns)
      : file.rows === 'touch'
        ? rowCases(table.rows, file, planTouchRows(file, mapping, columns.bind, values), columns)
        : eventRowCases(table.rows, file, context, columns, values, unmapped)
  columns.check()
  yield* cases((cells) => columns.count(cells, file.ignore, unmapped))
}

/** A byte order mark is certain, the mapping knows better than an XML declaration, and everything else is UTF-8. */
function encodingOf({ byteOrderMark, declaredEncoding, path }: SourceFile, mapped: string | undefined): string {
  const encoding = canonicalEncoding(byteOrderMark ?? mapped ?? declaredEncoding ?? 'utf-8')
  if (encoding === undefined)
    throw new ImportError(
      'encoding-invalid',
      `its encoding ${declaredEncoding} is not known here`,
      { file: path },
      'save it as UTF-8',
    )
  return encoding
}

type Cells = readonly string[]

/** The columns of a table, and which of them the mapping asked for. */
class Columns {
  private readonly source: SourceFile
  private readonly names: readonly string[]
  private readonly used = new Set<string>()
  private unused: (readonly [index: number, name: string])[] | undefined

  constructor(source: SourceFile, names: readonly string[]) {
    this.source = source
    this.names = names
  }

  readonly bind: Bind<Cells> = (name) => {
    this.used.add(name)
    const index = this.names.indexOf(name)
    return (cells) => cells[index] ?? ''
  }

  /** @throws ImportError `column-missing` */
  check(): void {
    const missing = [...this.used].filter((name) => !this.names.includes(name))
    if (missing.length === 0) return
    const [list, has] = [missing.map((name) => `"${name}"`).join(', '), this.names.join(', ')]
    throw new ImportError(
      'column-missing',
      `there is no column ${list}, which the mapping names`,
      { file: this.source.path, line: 1 },
      `the columns are: ${has}`,
    )
  }

  /** A row with more or fewer cells than there are columns has lost its delimiter or quote: no cell of it can be trusted. */
  problem(cells: Cells) {
    const [have, want] = [cells.length, this.names.length]
    if (have === want || (this.source.format === 'xlsx' && have < want)) return undefined
    return {
      code: 'wrong-number-of-cells',
      reason: `the row has ${have} cells`,
      whatWouldBeRight: `${want} cells, as the header has; quote cells that contain the delimiter`,
    }
  }

  count(cells: Cells, ignore: readonly string[], unmapped: Unmapped): void {
    this.unused ??= this.names.flatMap((name, i) =>
      this.used.has(name) || ignore.includes(name) ? [] : [[i, name] as const],
    )
    for (const [index, name] of this.unused) if (cells[index]?.trim()) unmapped.columns.add(name)
  }
}

type Count = (cells: Cells) => void

function rowCases(
  rows: AsyncIterable<Row>,
  file: CaseTable | TouchTable,
  planRow: (cells: Cells, line: number) => Plan,
  columns: Columns,
) {
  const idOf = columns.bind(file.case)
  return async function* (count: Count): AsyncGenerator<CaseRecord> {
    for await (const { line, cells } of rows) {
      count(cells)
      const problem = columns.problem(cells)
      const caseId = idOf(cells).trim()
      const plan = () =>
        problem ? { caseId, id: '', line, steps: [], reps: [], problems: [problem] } : planRow(cells, line)
      yield { caseId, line, rows: 1, unique: file.rows === 'case', plan }
    }
  }
}

function eventRowCases(
  rows: AsyncIterable<Row>,
  file: EventTable,
  context: PlanContext,
  columns: Columns,
  values: Values<Cells>,
  unmapped: Unmapped,
) {
  const bound = { bind: columns.bind, values }
  const planCase = planEvents(file, context, { case: bound, event: bound })
  const [idOf, activityOf] = [columns.bind(file.case), columns.bind(file.activity)]
  const known = knownActivities(file)
  const group = (caseId: string, records: readonly Row[]): CaseRecord => {
    const { line, cells } = records[0]!
    const events = records.map((record) => ({ line: record.line, record: record.cells }))
    const plan = (): Plan => {
      const bad = records.find((record) => columns.problem(record.cells))
      if (!bad) return planCase({ line, record: cells, events, continued: true })
      return { caseId, id: '', line: bad.line, steps: [], reps: [], problems: [columns.problem(bad.cells)!] }
    }
    return { caseId, line, rows: records.length, unique: false, plan }
  }
  return async function* (count: Count): AsyncGenerator<CaseRecord> {
    let [current, records]: [string, Row[]] = ['', []]
    for await (const row of rows) {
      count(row.cells)
      const activity = activityOf(row.cells).trim()
      if (!known.has(activity)) unmapped.activities.add(activity || '(blank)')
      const caseId = idOf(row.cells).trim()
      if (records.length && (caseId !== current || records.length >= mostRowsTogether)) {
        yield group(current, records)
        records = []
      }
      current = caseId
      records.push(row)
    }
    if (records.length) yield group(current, records)
  }
}

async function* traceCases(
  traces: AsyncIterable<Trace>,
  file: TraceLog,
  context: PlanContext,
  settings: ValueSettings,
  unmapped: Unmapped,
): AsyncGenerator<CaseRecord> {
  const binding = () => {
    const keys = new Set(file.ignore)
    const bind: Bind<Attributes> = (key) => {
      keys.add(key)
      return (attributes) => attributes.get(key) ?? ''
    }
    return { keys, bind, values: new Values(bind, settings) }
  }
  const [onCase, onEvent] = [binding(), binding()]
  const planTrace = planEvents(file, context, { case: onCase, event: onEvent })
  const known = knownActivities(file)
  for await (const { line, attributes, events } of traces) {
    const caseId = attributes.get(file.case)?.trim() ?? ''
    for (const key of attributes.keys()) if (!onCase.keys.has(key)) unmapped.columns.add(`trace ${key}`)
    for (const event of events) {
      for (const key of event.attributes.keys()) if (!onEvent.keys.has(key)) unmapped.columns.add(`event ${key}`)
      const activity = event.attributes.get(file.activity)?.trim() ?? ''
      if (!known.has(activity)) unmapped.activities.add(activity || '(blank)')
    }
    const trace: SourceCase<Attributes, Attributes> = {
      line,
      record: attributes,
      events: events.map((event) => ({ line: event.line, record: event.attributes })),
    }
    yield { caseId, line, rows: events.length, unique: true, plan: () => planTrace(trace) }
  }
}

const knownActivities = (file: EventTable | TraceLog) => new Set([...Object.keys(file.activities), ...file.ignore])
