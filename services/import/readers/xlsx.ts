// Workbooks (ECMA-376), read as streams: a known library's streaming reader waits for ever on some damaged files.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ImportError } from '../errors.ts'
import { type ReadOptions, readBytes, type SourceFile } from './bytes.ts'
import type { Row } from './row.ts'
import { cellText, type Formats, isDateFormat, missing } from './xlsx-cell.ts'
import { parseXml, type XmlHandlers } from './xml.ts'
import { Zip } from './zip.ts'

const largestTexts = 256 * 2 ** 20
const mostCells = 16_384

/**
 * The rows of one sheet (the first, unless one is named), the header included; empty rows are passed over. Dates come as local
 * `2026-11-22 14:00:00.000`, as a spreadsheet knows no zone; numbers with the 15 digits that Excel shows. Texts that cells share are kept in
 * memory, as the format demands.
 * @throws ImportError `xlsx-malformed`, `sheet-missing`, `record-too-large`
 */
export async function* readXlsx(
  source: SourceFile,
  sheet: string | undefined,
  options: ReadOptions,
): AsyncGenerator<Row> {
  // A ZIP is read from its end: one in gzip has to be unpacked first.
  const folder = source.gzip ? await mkdtemp(join(tmpdir(), 'headwater-import-')) : undefined
  let zip: Zip | undefined
  try {
    const path = folder ? join(folder, 'workbook') : source.path
    if (folder) await writeFile(path, readBytes(source, options))
    zip = await Zip.open(path, source.path)
    const onShare = folder ? undefined : (share: number) => options.onBytes?.(share * source.bytes)
    for await (const row of readSheet(zip, source.path, sheet, onShare)) {
      options.signal?.throwIfAborted()
      yield row
    }
  } finally {
    zip?.close()
    if (folder) await rm(folder, { recursive: true })
  }
}

async function* readSheet(
  zip: Zip,
  file: string,
  wanted: string | undefined,
  onShare?: (share: number) => void,
): AsyncGenerator<Row> {
  const book = new Book(zip, file)
  const { sheets, date1904 } = await book.contents()
  const sheet = wanted === undefined ? sheets[0] : sheets.find(({ name }) => name === wanted)
  if (!sheet) {
    const reason = wanted === undefined ? 'the workbook has no sheet' : `there is no sheet "${wanted}"`
    const has = sheets.length ? `it has: ${sheets.map(({ name }) => name).join(', ')}` : undefined
    throw new ImportError('sheet-missing', reason, { file }, has)
  }
  const formats: Formats = { texts: await book.texts(), isDate: await book.dateStyles(), date1904 }
  yield* book.parse<Row>(sheet.part, rows(formats, file), onShare)
}

type Make<T> = (emit: (item: T) => void) => XmlHandlers

class Book {
  private readonly zip: Zip
  private readonly file: string

  constructor(zip: Zip, file: string) {
    this.zip = zip
    this.file = file
  }

  /** Names of elements come without the prefix that some writers give them. */
  parse<T>(part: string, make: Make<T>, onShare?: (share: number) => void): AsyncGenerator<T> {
    const failure = (reason: string, line: number) =>
      new ImportError(
        'xlsx-malformed',
        `${part}, line ${line}: ${reason}`,
        { file: this.file },
        'open it and save it again',
      )
    return parseXml<T>(this.zip.text(part, onShare), failure, (emit) => {
      const { open, close, text } = make(emit)
      return {
        open: (name, attributes) => open(local(name), attributes),
        close: (name) => close(local(name)),
        ...(text && { text }),
      }
    })
  }

  async contents(): Promise<{ sheets: { name: string; part: string }[]; date1904: boolean }> {
    const part = 'xl/workbook.xml'
    if (!this.zip.has(part))
      throw new ImportError('xlsx-malformed', 'this ZIP file is no workbook', { file: this.file }, 'an XLSX file')
    const targets = new Map<string, string>()
    const relations: Make<never> = () => ({
      open: (name, { Id, Target }) => {
        if (name === 'Relationship' && Id && Target)
          targets.set(Id, Target.startsWith('/') ? Target.slice(1) : `xl/${Target}`)
      },
      close: () => {},
    })
    for await (const _ of this.parse('xl/_rels/workbook.xml.rels', relations));
    const sheets: { name: string; part: string }[] = []
    let date1904 = false
    const workbook: Make<never> = () => ({
      open: (name, attributes) => {
        if (name === 'workbookPr') date1904 = /^(?:1|true)$/.test(attributes.date1904 ?? '')
        const target = targets.get(attributes['r:id'] ?? '')
        if (name === 'sheet' && attributes.name !== undefined && target)
          sheets.push({ name: attributes.name, part: target })
      },
      close: () => {},
    })
    for await (const _ of this.parse(part, workbook));
    return { sheets, date1904 }
  }

  /** The texts that cells refer to by number; how they are written or pronounced is left out. */
  async texts(): Promise<string[]> {
    const texts: string[] = []
    let size = 0
    const shared: Make<string> = (emit) => {
      let [text, inText, phonetic] = ['', false, false]
      return {
        open(name) {
          if (name === 'si') text = ''
          if (name === 'rPh') phonetic = true
          inText = name === 't' && !phonetic
        },
        close(name) {
          inText = false
          if (name === 'rPh') phonetic = false
          if (name === 'si') emit(text)
        },
        text(part) {
          if (inText) text += part
        },
      }
    }
    if (!this.zip.has('xl/sharedStrings.xml')) return texts
    for await (const text of this.parse('xl/sharedStrings.xml', shared)) {
      size += text.length
      if (size > largestTexts)
        throw new ImportError(
          'record-too-large',
          `its texts are longer than ${largestTexts} characters`,
          { file: this.file },
          'save it as CSV',
        )
      texts.push(text)
    }
    return texts
  }

  /** By number of a cell's style: whether its number is a date. */
  async dateStyles(): Promise<boolean[]> {
    const styles: boolean[] = []
    const codes = new Map<string, string>()
    const make: Make<never> = () => {
      let inCells = false
      return {
        open(name, { numFmtId = '0', formatCode = '' }) {
          if (name === 'numFmt') codes.set(numFmtId, formatCode)
          if (name === 'cellXfs') inCells = true
          if (name === 'xf' && inCells) styles.push(isDateFormat(Number(numFmtId), codes.get(numFmtId)))
        },
        close(name) {
          if (name === 'cellXfs') inCells = false
        },
      }
    }
    if (this.zip.has('xl/styles.xml')) for await (const _ of this.parse('xl/styles.xml', make));
    return styles
  }
}

function rows(formats: Formats, file: string): Make<Row> {
  return (emit) => {
    let [line, column] = [0, 0]
    let cells: string[] = []
    let cell: { type: string; style: number; text: string } | undefined
    let [inValue, phonetic] = [false, false]
    return {
      open(name, { r, t = 'n', s }) {
        if (name === 'row') {
          line = r === undefined ? line + 1 : Number(r)
          cells = []
          column = 0
        } else if (name === 'c') {
          column = r === undefined ? column + 1 : columnOf(r)
          if (!(column >= 1 && column <= mostCells))
            throw new ImportError('xlsx-malformed', `there is no cell ${r}`, { file, line })
          cell = { type: t, style: Number(s ?? 0), text: '' }
        } else if (name === 'rPh') phonetic = true
        else inValue = cell !== undefined && !phonetic && (name === 'v' || name === 't')
      },
      close(name) {
        inValue = false
        if (name === 'rPh') phonetic = false
        if (name === 'c' && cell) {
          const lacks = missing(cell, formats)
          if (lacks) throw new ImportError('xlsx-malformed', `a cell refers to ${lacks}`, { file, line })
          cells[column - 1] = cellText(cell, formats)
          cell = undefined
        }
        if (name === 'row' && cells.some((text) => text)) emit({ line, cells: Array.from(cells, (text) => text ?? '') })
      },
      text(part) {
        if (inValue && cell) cell.text += part
      },
    }
  }
}

const local = (name: string) => name.slice(name.indexOf(':') + 1)

/** `AB12` → 28 */
function columnOf(reference: string): number {
  let column = 0
  for (const letter of /^[A-Z]{1,3}/.exec(reference)?.[0] ?? '') column = column * 26 + letter.charCodeAt(0) - 64
  return column
}
