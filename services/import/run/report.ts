import type { DomainEvent, Flag } from '@headwater/schema'
import { Tally } from '../plan/tally.ts'
import type { Problem } from '../plan/values.ts'

export interface BadRow extends Problem {
  readonly file: string
  readonly line: number
  readonly caseId: string
}

/** A row that contradicts itself or lacks something: taken in, and kept out of the figures that it would falsify. */
export interface FlaggedRow extends Flag {
  readonly file: string
  readonly line: number
  readonly caseId: string
}

/** A list of which all are counted and the first ones kept. */
export interface Bounded<T> {
  readonly count: number
  /** The first 10,000. */
  readonly first: readonly T[]
}

export interface ImportReport {
  /** `refused`: the import was to be strict and there are bad rows; nothing was written. */
  readonly status: 'imported' | 'checked' | 'refused'
  readonly files: readonly { readonly file: string; readonly rows: number; readonly cases: number }[]
  readonly playbook: { readonly id: string; readonly published: boolean }
  /** Rows of tables and events of logs, the header not counted. */
  readonly rows: number
  /** Records that are a case or tell of one: rows, or traces, or neighbouring rows of one case in an event table. */
  readonly cases: number
  readonly leads: { readonly captured: number; readonly alreadyThere: number }
  readonly deals: {
    readonly opened: number
    readonly alreadyThere: number
    readonly won: number
    readonly lost: number
  }
  readonly reps: { readonly hired: number }
  /** What was written, or, in a dry run, would be. */
  readonly eventsWritten: number
  readonly events: Readonly<Record<string, number>>
  readonly flagged: Bounded<FlaggedRow> & { readonly byCode: Readonly<Record<string, number>> }
  readonly badRows: Bounded<BadRow> & { readonly byCode: Readonly<Record<string, number>> }
  /** What the mapping does not name. */
  readonly unmapped: {
    /** Non-blank cells or attributes, by column or key. */
    readonly columns: Readonly<Record<string, number>>
    /** Events, by activity. */
    readonly activities: Readonly<Record<string, number>>
  }
  /** What else should be known, in sentences. */
  readonly notes: readonly string[]
  readonly seconds: number
}

const mostKept = 10_000

class Kept<T extends { readonly code: string }> {
  private count = 0
  private readonly first: T[] = []
  private readonly codes = new Tally()

  add(item: T): void {
    this.count++
    this.codes.add(item.code)
    if (this.first.length < mostKept) this.first.push(item)
  }

  result() {
    // Records are carried out beside each other: the report goes by file and line.
    const first = this.first.sort((a, b) => order(a, b))
    return { count: this.count, first, byCode: this.codes.toObject() }
  }
}

const order = (a: object, b: object): number => {
  const [x, y] = [a as BadRow, b as BadRow]
  return x.file === y.file ? x.line - y.line : x.file < y.file ? -1 : 1
}

/** What an import counts as it goes. */
export class Reporting {
  private readonly files: { file: string; rows: number; cases: number }[] = []
  private readonly leads = { captured: 0, alreadyThere: 0 }
  private readonly deals = { opened: 0, alreadyThere: 0, won: 0, lost: 0 }
  private readonly flagged = new Kept<FlaggedRow>()
  private readonly badRows = new Kept<BadRow>()
  private readonly events = new Tally()
  private written = 0
  private readonly onBadRow: ((row: BadRow) => void) | undefined
  readonly notes: string[] = []
  hired = 0
  readonly unmapped = { columns: new Tally(), activities: new Tally() }

  constructor(onBadRow: ((row: BadRow) => void) | undefined) {
    this.onBadRow = onBadRow
  }

  file(file: string): void {
    this.files.push({ file, rows: 0, cases: 0 })
  }

  record(rows: number): void {
    const file = this.files.at(-1)!
    file.rows += rows
    file.cases++
  }

  bad(row: BadRow): void {
    this.badRows.add(row)
    this.onBadRow?.(row)
  }

  flag(row: Omit<FlaggedRow, keyof Flag>, flags: readonly Flag[]): void {
    for (const flag of flags) this.flagged.add({ ...row, ...flag })
  }

  done(commandType: string, repeated: boolean, events: readonly DomainEvent[]): void {
    const fresh = !repeated && events.length > 0
    if (commandType === 'CaptureLead') this.leads[fresh ? 'captured' : 'alreadyThere']++
    if (commandType === 'OpenDeal') this.deals[fresh ? 'opened' : 'alreadyThere']++
    if (!fresh) return
    this.written += events.length
    for (const { type } of events) {
      this.events.add(type)
      if (type === 'DealWon') this.deals.won++
      if (type === 'DealLost') this.deals.lost++
    }
  }

  report(status: ImportReport['status'], playbook: ImportReport['playbook'], seconds: number): ImportReport {
    const sum = (key: 'rows' | 'cases') => this.files.reduce((total, file) => total + file[key], 0)
    return {
      status,
      files: this.files,
      playbook,
      rows: sum('rows'),
      cases: sum('cases'),
      leads: this.leads,
      deals: this.deals,
      reps: { hired: this.hired },
      eventsWritten: this.written,
      events: this.events.toObject(),
      flagged: this.flagged.result(),
      badRows: this.badRows.result(),
      unmapped: { columns: this.unmapped.columns.toObject(), activities: this.unmapped.activities.toObject() },
      notes: this.notes,
      seconds,
    }
  }
}
