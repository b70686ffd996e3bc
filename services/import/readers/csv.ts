import { pipeline, Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { ImportError } from '../errors.ts'
import type { Row } from './row.ts'

export interface CsvOptions {
  readonly delimiter: string
  readonly quote: string
}

// A record beyond this is a quote that never closes.
const largestRecord = 2 ** 20

/**
 * The records of CSV text (RFC 4180; lines may end in LF, CRLF or CR), the header included; blank lines are passed over.
 * @throws ImportError `csv-malformed`, `record-too-large`
 */
export async function* readCsv(text: AsyncIterable<string>, options: CsvOptions, file: string): AsyncGenerator<Row> {
  const parser = parse({
    delimiter: options.delimiter,
    quote: options.quote,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: largestRecord,
    info: true,
  })
  const records = pipeline(Readable.from(text, { objectMode: false }), parser, () => {})
  try {
    for await (const { record, info } of records as AsyncIterable<{ record: string[]; info: { lines: number } }>)
      yield { line: info.lines - lineBreaks(record), cells: record }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const line = Number(error.lines) || undefined
    if (error.code === 'CSV_MAX_RECORD_SIZE')
      throw new ImportError(
        'record-too-large',
        `a record is longer than ${largestRecord} bytes`,
        { file, line },
        'close its quote, or check the delimiter and quote in the mapping',
      )
    throw new ImportError(
      'csv-malformed',
      error.message,
      { file, line },
      'check the quotes of this row, and the delimiter and quote in the mapping',
    )
  }
}

/** Line breaks inside quoted cells: the parser counts up to a record's last line, people look for its first. */
function lineBreaks(cells: readonly string[]): number {
  let count = 0
  for (const cell of cells) if (cell.includes('\n') || cell.includes('\r')) count += cell.match(/\r\n|\n|\r/g)!.length
  return count
}
