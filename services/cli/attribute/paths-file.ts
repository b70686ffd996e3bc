// Paths in the field's common layout: path, total_conversions, total_conversion_value, total_null.
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { PathTableRow } from '@headwater/analytics'
import { ImportError, inspectFile, openTable, type SourceFile } from '@headwater/import'
import { sumPaths } from './sum-paths.ts'

/** Amounts are exact to millionths: all are whole numbers of this part of one. */
export const UNIT = 1_000_000

const columnNames = ['path', 'total_conversions', 'total_conversion_value', 'total_null'] as const
type ColumnName = (typeof columnNames)[number]

/** As `readPaths`; `-` is what comes in. */
export async function readPathsOf(file: string, separator: string): Promise<PathTableRow[]> {
  if (file !== '-') return readPaths(file, separator)
  const folder = await mkdtemp(join(tmpdir(), 'headwater-'))
  try {
    const copy = join(folder, 'stdin')
    await pipeline(process.stdin, createWriteStream(copy))
    return await readPaths(copy, separator)
  } finally {
    await rm(folder, { recursive: true })
  }
}

/**
 * Reads a file of paths, plain or gzip, and adds up rows of the same path; amounts in millionths. The columns of values and of paths that
 * ended in nothing may be missing, and then count as 0.
 * @param separator between two steps, e.g. ` > `
 * @throws ImportError with the line of the first row that cannot be read
 */
export async function readPaths(file: string, separator: string): Promise<PathTableRow[]> {
  const source = await inspectFile(file)
  if (source.format !== 'csv')
    throw new ImportError('format-mismatch', 'this is no CSV', { file }, 'save the paths as CSV')
  const encoding = source.byteOrderMark ?? 'utf-8'
  const { columns, rows } = await openTable(source, { csv: { delimiter: ',', quote: '"' }, encoding })
  const place = placesOf(columns, file)
  const sums = await addedUp(source, columns, separator)
  if (sums) await rows[Symbol.asyncIterator]().return?.()
  return sums ?? rowByRow(file, columns, rows, place, separator)
}

/** A file from this size on (bytes as stored) is worth starting DuckDB for. */
const LARGE = 4 * 1024 * 1024

/** Undefined for a small file, and for one of which something cannot be read. */
async function addedUp(
  source: SourceFile,
  columns: readonly string[],
  separator: string,
): Promise<PathTableRow[] | undefined> {
  if (source.bytes < LARGE || source.byteOrderMark !== undefined) return undefined
  const sums = await sumPaths(source, columns)
  const exact = (of: 'conversions' | 'value' | 'nulls') =>
    sums!.reduce((total, path) => total + path[of], 0) <= Number.MAX_SAFE_INTEGER
  if (!sums || !(exact('conversions') && exact('value') && exact('nulls'))) return undefined
  const known: Known = new Map()
  try {
    return sums.map(({ text, ...amounts }) => ({ ...amounts, steps: stepsOf(text, separator, unreadable, known) }))
  } catch {
    return undefined
  }
}

const unreadable: Bad = (reason) => new ImportError('csv-malformed', reason, {})

async function rowByRow(
  file: string,
  columns: readonly string[],
  rows: Awaited<ReturnType<typeof openTable>>['rows'],
  place: ReturnType<typeof placesOf>,
  separator: string,
): Promise<PathTableRow[]> {
  const paths = new Map<string, { steps: string[]; conversions: number; value: number; nulls: number }>()
  const known: Known = new Map()
  const totals = { conversions: 0, value: 0, nulls: 0 }
  for await (const { line, cells } of rows) {
    const bad = (reason: string, right?: string) => new ImportError('csv-malformed', reason, { file, line }, right)
    if (cells.length !== columns.length) throw bad(`there are ${cells.length} cells under ${columns.length} columns`)
    const text = cells[place.path!] as string
    let path = paths.get(text)
    if (!path) {
      path = { steps: stepsOf(text, separator, bad, known), conversions: 0, value: 0, nulls: 0 }
      paths.set(text, path)
    }
    const amount = (name: ColumnName) =>
      place[name] === undefined ? 0 : units(cells[place[name]] as string, name, bad)
    const conversions = amount('total_conversions')
    const value = amount('total_conversion_value')
    const nulls = amount('total_null')
    if (conversions === 0 && value > 0)
      throw bad('total_conversion_value has an amount without a conversion', 'state the conversion that it comes from')
    path.conversions += conversions
    path.value += value
    path.nulls += nulls
    totals.conversions += conversions
    totals.value += value
    totals.nulls += nulls
    if (
      totals.conversions > Number.MAX_SAFE_INTEGER ||
      totals.value > Number.MAX_SAFE_INTEGER ||
      totals.nulls > Number.MAX_SAFE_INTEGER
    )
      throw bad('the amounts add up to more than can be divided exactly')
  }
  return [...paths.values()]
}

function placesOf(columns: readonly string[], file: string): Partial<Record<ColumnName, number>> {
  const unknown = columns.find((name) => !columnNames.some((known) => known === name))
  const right = `the columns are ${columnNames.join(', ')}, the last two where they are known`
  const at = { file, line: 1 }
  if (unknown !== undefined)
    throw new ImportError('format-mismatch', `there is no column ${unknown.slice(0, 50)} here`, at, right)
  for (const name of columnNames.slice(0, 2))
    if (!columns.includes(name)) throw new ImportError('column-missing', `the column ${name} is missing`, at, right)
  return Object.fromEntries(columns.map((name, place) => [name, place]))
}

type Bad = (reason: string, right?: string) => ImportError

function stepsOf(text: string, separator: string, bad: Bad, known: Known): string[] {
  if (text.trim() === '') throw bad('the path is empty')
  return text.split(separator).map((step) => known.get(step) ?? named(step, separator.trim(), bad, known))
}

/** A step's channel, once it was looked at. */
type Known = Map<string, string>

function named(step: string, arrow: string, bad: Bad, known: Known): string {
  const channel = step.trim()
  if (channel === '') throw bad('the path has a step without a name')
  if (arrow !== '' && channel.split(/\s+/).includes(arrow))
    throw bad(`a channel of the path is named like the separator ${arrow}`, 'rename it, or name another --separator')
  known.set(step, channel)
  return channel
}

function units(text: string, column: ColumnName, bad: Bad): number {
  if (text === '0') return 0
  if (text === '1') return UNIT
  const [, whole, part = ''] = /^(\d+)(?:\.(\d{1,6})0*)?$/.exec(text.trim()) ?? []
  if (whole === undefined)
    throw bad(`${column} is ${JSON.stringify(text.slice(0, 50))}`, 'write a number from 0 with at most six decimals')
  return Number(whole) * UNIT + Number(part.padEnd(6, '0'))
}
