// What CSV and XLSX have in common: a header, and rows of cells under it.
import { ImportError } from '../errors.ts'
import { type ReadOptions, readBytes, type SourceFile } from './bytes.ts'
import { type CsvOptions, readCsv } from './csv.ts'
import type { Row } from './row.ts'
import { decodeText } from './text.ts'
import { readXlsx } from './xlsx.ts'

export interface Table {
  readonly columns: readonly string[]
  readonly rows: AsyncIterable<Row>
}

export interface TableOptions extends ReadOptions {
  readonly csv: CsvOptions
  readonly sheet?: string | undefined
  /** Canonical. */
  readonly encoding: string
}

/**
 * Opens a table: reads its header, and gives the rows as they are consumed. A column without a name is called `(column 3)`.
 * @throws ImportError also while the rows are consumed
 */
export async function openTable(source: SourceFile, options: TableOptions): Promise<Table> {
  const records =
    source.format === 'xlsx'
      ? readXlsx(source, options.sheet, options)
      : readCsv(decodeText(readBytes(source, options), options.encoding, source.path), options.csv, source.path)
  const header = await records.next()
  if (header.done) throw new ImportError('file-empty', 'there is no header row', { file: source.path })
  const { line, cells } = header.value
  const columns = cells.map((cell, i) => cell.trim() || `(column ${i + 1})`)
  const twice = columns.filter((column, i) => columns.indexOf(column) < i)
  if (twice.length) {
    await records.return(undefined)
    const names = [...new Set(twice)].join(', ')
    throw new ImportError(
      'header-duplicate',
      `the header names ${names} more than once`,
      { file: source.path, line },
      'give every column a name of its own',
    )
  }
  return { columns, rows: records }
}
