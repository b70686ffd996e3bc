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
    max_record_size: largestRecord,
  })
  const records = pipeline(Readable.from(text, { objectMode: false }), parser, () => {})
  // Lines are counted here, blank ones included: the parser's own count comes with each record at half the speed.
  let line = 1
  try {
    for await (const cells of records as AsyncIterable<string[]>) {
      if (cells.length > 1 || cells[0] !== '') yield { line, cells }
      line += 1 + lineBreaks(cells)
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    // Where the parser is, which is ahead of what was taken from it.
    const place = { file, line: Number(error.lines) || line }
    if (error.code === 'CSV_MAX_RECORD_SIZE')
      throw new ImportError(
        'record-too-large',
        `a record is longer than ${largestRecord} bytes`,
        place,
        'close its quote, or check the delimiter and quote in the mapping',
      )
    throw new ImportError(
      'csv-malformed',
      error.message,
      place,
      'check the quotes of this row, and the delimiter and quote in the mapping',
    )
  }
}

/** Inside quoted cells. */
function lineBreaks(cells: readonly string[]): number {
  let count = 0
  for (const cell of cells) if (cell.includes('\n') || cell.includes('\r')) count += cell.match(/\r\n|\n|\r/g)!.length
  return count
}
