import { Readable } from 'node:stream'
import exceljs from 'exceljs'
import { ImportError } from '../errors.ts'
import type { ReadOptions, SourceFile } from './bytes.ts'
import { readBytes } from './bytes.ts'
import type { Row } from './row.ts'

interface Sheet extends AsyncIterable<exceljs.Row> {
  readonly name: string
}

/**
 * The rows of one sheet (the first, unless one is named), the header included; empty rows are passed over. Dates come as local
 * `2026-11-22 14:00:00.000`, as a spreadsheet knows no zone; numbers with the 15 digits that Excel shows. Texts that cells
 * share are kept in memory, as the format demands.
 * @throws ImportError `xlsx-malformed`, `sheet-missing`
 */
export async function* readXlsx(
  source: SourceFile,
  sheetName: string | undefined,
  options: ReadOptions,
): AsyncGenerator<Row> {
  await checkArchive(source)
  const stream = Readable.from(readBytes(source, options), { objectMode: false })
  const book = new exceljs.stream.xlsx.WorkbookReader(stream, {
    worksheets: 'emit',
    sharedStrings: 'cache',
    styles: 'cache',
    hyperlinks: 'ignore',
    entries: 'ignore',
  })
  const names: string[] = []
  try {
    for await (const sheet of book as unknown as AsyncIterable<Sheet>) {
      names.push(sheet.name)
      if (sheetName !== undefined && sheet.name !== sheetName) continue
      for await (const row of sheet) {
        const cells: string[] = []
        row.eachCell({ includeEmpty: true }, (cell, column) => {
          cells[column - 1] = cellText(cell.value)
        })
        if (cells.some((cell) => cell !== ''))
          yield { line: row.number, cells: Array.from(cells, (cell) => cell ?? '') }
      }
      return
    }
  } catch (error) {
    if (error instanceof ImportError || options.signal?.aborted) throw error
    throw new ImportError(
      'xlsx-malformed',
      `the workbook is damaged: ${(error as Error).message}`,
      { file: source.path },
      'open it and save it again',
    )
  } finally {
    stream.destroy()
  }
  throw new ImportError(
    'sheet-missing',
    sheetName === undefined ? 'the workbook has no sheet' : `there is no sheet "${sheetName}"`,
    { file: source.path },
    names.length ? `it has: ${names.join(', ')}` : undefined,
  )
}

/** A ZIP ends with its directory: the reader, which goes from the front, would not miss it. */
async function checkArchive(source: SourceFile): Promise<void> {
  let tail = Buffer.alloc(0)
  for await (const chunk of readBytes(source)) tail = Buffer.concat([tail, chunk]).subarray(-65_557)
  if (tail.lastIndexOf('PK\x05\x06', undefined, 'latin1') < 0)
    throw new ImportError(
      'xlsx-malformed',
      'the workbook ends too early: it was truncated',
      { file: source.path },
      'copy or download it again',
    )
}

function cellText(value: exceljs.CellValue): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(Number(value.toPrecision(15)))
  if (typeof value === 'boolean') return String(value)
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? '#DATE!' : value.toISOString().slice(0, -1).replace('T', ' ')
  if ('richText' in value) return value.richText.map(({ text }) => text).join('')
  if ('error' in value) return value.error
  if ('hyperlink' in value) return value.text
  return 'result' in value ? cellText(value.result as exceljs.CellValue) : ''
}
