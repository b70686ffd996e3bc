import { createWriteStream } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createGzip, gzipSync } from 'node:zlib'
import exceljs from 'exceljs'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ImportError } from '../errors.ts'
import { inspectFile, readBytes } from './bytes.ts'
import { readCsv } from './csv.ts'
import { openTable, type TableOptions } from './table.ts'
import { decodeText } from './text.ts'
import { readXes, type Trace } from './xes.ts'
import { cellText, isDateFormat } from './xlsx-cell.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'import readers '))
})
afterAll(() => rm(folder, { recursive: true }))

let files = 0
async function fileOf(content: string | Uint8Array): Promise<string> {
  const path = join(folder, `file-${files++}`)
  await writeFile(path, content)
  return path
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

const options: TableOptions = { csv: { delimiter: ',', quote: '"' }, encoding: 'utf-8' }

async function table(content: string | Uint8Array, more: Partial<TableOptions> = {}) {
  const { columns, rows } = await openTable(await inspectFile(await fileOf(content)), { ...options, ...more })
  return { columns, rows: await all(rows) }
}

async function xes(content: string | Uint8Array): Promise<Trace[]> {
  const source = await inspectFile(await fileOf(content))
  return all(readXes(decodeText(readBytes(source), 'utf-8', source.path), source.path))
}

describe('CSV', () => {
  it('gives the cells under their columns, with the line where each row begins', async () => {
    const { columns, rows } = await table('id,note\n1,"two\nlines, one cell"\n\n3,"a ""quote"""\n')
    expect(columns).toEqual(['id', 'note'])
    expect(rows).toEqual([
      { line: 2, cells: ['1', 'two\nlines, one cell'] },
      { line: 5, cells: ['3', 'a "quote"'] },
    ])
  })

  it.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
    ['CR', '\r'],
  ])('reads lines that end in %s', async (_, end) => {
    const { rows } = await table(['id,name', '1,a', '2,b', ''].join(end))
    expect(rows.map(({ cells }) => cells)).toEqual([
      ['1', 'a'],
      ['2', 'b'],
    ])
  })

  it('passes over a byte order mark', async () => {
    expect((await table('\ufeffid,name\n1,a\n')).columns).toEqual(['id', 'name'])
  })

  it('reads other delimiters and encodings', async () => {
    const gb18030 = Buffer.concat([
      Buffer.from('id;'),
      Buffer.from([0xd0, 0xd5, 0xc3, 0xfb]),
      Buffer.from('\n1;\xe9\n', 'latin1').subarray(0, 3),
    ])
    const read = await table(Buffer.concat([gb18030, Buffer.from([0xd6, 0xd0, 0x0a])]), {
      csv: { delimiter: ';', quote: '"' },
      encoding: 'gb18030',
    })
    expect(read).toEqual({ columns: ['id', '姓名'], rows: [{ line: 2, cells: ['1', '中'] }] })
    expect((await table(Buffer.from('id,n\n1,\xe9\n', 'latin1'), { encoding: 'windows-1252' })).rows[0]?.cells).toEqual(
      ['1', 'é'],
    )
    expect(
      (await table(Buffer.from('\ufeffid,n\n1,中\n', 'utf16le'), { encoding: 'utf-16le' })).rows[0]?.cells,
    ).toEqual(['1', '中'])
  })

  it('names columns without a name by their place', async () => {
    expect((await table('id,,\n1,,\n')).columns).toEqual(['id', '(column 2)', '(column 3)'])
  })

  it('refuses a quote that never closes, and says where it opens', async () => {
    await expect(table('id,name\n1,"open\n2,b\n')).rejects.toMatchObject({ code: 'csv-malformed' })
  })

  it('refuses a quote in the middle of a cell, with its line', async () => {
    await expect(table('id,name\n1,a\n2,b"c\n')).rejects.toMatchObject({ code: 'csv-malformed', place: { line: 3 } })
    const far = `id,name\n${'1,a\n'.repeat(5000)}2,b"c\n`
    await expect(table(far)).rejects.toMatchObject({ code: 'csv-malformed', place: { line: 5002 } })
  })

  it('refuses a record without end instead of keeping it in memory', async () => {
    await expect(table(`id\n"${'x'.repeat(2 ** 21)}`)).rejects.toMatchObject({ code: 'record-too-large' })
  })

  it('refuses a header that names a column twice', async () => {
    await expect(table('id,name,name\n1,a,b\n')).rejects.toMatchObject({
      code: 'header-duplicate',
      reason: 'the header names name more than once',
    })
  })

  it('refuses files without a header', async () => {
    await expect(table('')).rejects.toMatchObject({ code: 'file-empty' })
    await expect(table('\n\n')).rejects.toMatchObject({ code: 'file-empty' })
    await expect(table(gzipSync(''))).rejects.toMatchObject({ code: 'file-empty' })
  })

  it('has the same records however its bytes are cut', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'é', '中', '😀', ' ', ',', '"', '\n', '\r\n') })
    const rows = fc.array(fc.tuple(fc.nat().map(String), cell), { minLength: 1, maxLength: 8 })
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
    await fc.assert(
      fc.asyncProperty(rows, fc.infiniteStream(fc.integer({ min: 1, max: 5 })), async (cells, sizes) => {
        const bytes = Buffer.from(cells.map((row) => row.map(quoted).join(',')).join('\r\n'))
        const read = await all(readCsv(decodeText(cut(bytes, sizes), 'utf-8', 'f'), options.csv, 'f'))
        expect(read.map((record) => record.cells)).toEqual(cells)
      }),
      { numRuns: 100 },
    )
  })
})

async function* cut(bytes: Buffer, sizes: Iterable<number>): AsyncGenerator<Buffer> {
  let start = 0
  for (const size of sizes) {
    if (start >= bytes.length) return
    yield bytes.subarray(start, start + size)
    start += size
  }
}

describe('text', () => {
  it('refuses bytes that are not of the encoding, and says which', async () => {
    const bytes = Buffer.concat([Buffer.from('id,name\n1,é\n2,'), Buffer.from([0xff]), Buffer.from('\n')])
    await expect(table(bytes)).rejects.toMatchObject({ code: 'encoding-invalid', place: { line: 3, byte: 15 } })
  })

  it('refuses a character that is cut off at the end', async () => {
    await expect(table(Buffer.from('id\n中').subarray(0, -1))).rejects.toMatchObject({
      code: 'encoding-invalid',
      place: { line: 2 },
    })
  })

  it('recognises UTF-16 without a mark', async () => {
    const error = { code: 'encoding-invalid', whatWouldBeRight: expect.stringContaining('utf-16le') }
    await expect(table(Buffer.from('id,name\n1,a\n', 'utf16le'))).rejects.toMatchObject(error)
  })

  it('decodes the same however the bytes are cut', async () => {
    const cases = [
      ['utf-8', 'aé中😀\nb', Buffer.from('aé中😀\nb')],
      ['utf-16le', 'aé中😀\nb', Buffer.from('aé中😀\nb', 'utf16le')],
      ['gb18030', '中\nb', Buffer.from([0xd6, 0xd0, 0x0a, 0x62])],
    ] as const
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...cases),
        fc.infiniteStream(fc.integer({ min: 1, max: 3 })),
        async ([encoding, text, bytes], sizes) => {
          expect((await all(decodeText(cut(bytes, sizes), encoding, 'f'))).join('')).toBe(text)
        },
      ),
    )
  })
})

describe('gzip', () => {
  it('is told by its bytes and not by its name', async () => {
    expect((await table(gzipSync('id\n1\n'))).rows).toEqual([{ line: 2, cells: ['1'] }])
    expect((await inspectFile(await fileOf('id\n'))).gzip).toBe(false)
  })

  it('is refused when it was truncated or damaged, with the place', async () => {
    const ids = Array.from({ length: 100_000 }, (_, i) => `${i * 7919}`)
    const packed = gzipSync(`id\n${ids.join('\n')}\n`)
    const truncated = await table(packed.subarray(0, packed.length / 2)).catch((error) => error)
    expect(truncated).toMatchObject({ code: 'gzip-corrupt', reason: expect.stringContaining('truncated') })
    expect(truncated.place.byte).toBeGreaterThan(1000)
    const damaged = Buffer.from(packed)
    damaged.fill(0, 100_000, 100_050)
    await expect(table(damaged)).rejects.toMatchObject({ code: 'gzip-corrupt' })
  })
})

const log = (traces: string) => `<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
  <global scope="event"><string key="concept:name" value="UNKNOWN"/></global>
  <string key="creator" value="somebody"/>
${traces}
</log>`

describe('XES', () => {
  it('gives traces with their events, attributes nested and lines counted', async () => {
    const [trace, ...others] = await xes(
      log(`  <trace>
    <string key="concept:name" value="A &amp; B"/>
    <int key="amount" value="5"><string key="currency" value="EUR"/></int>
    <event>
      <date key="time:timestamp" value="2011-10-01T00:38:44.546+02:00"/>
      <boolean key="ok" value="true"/><float key="f" value="1.5"/>
      <list key="tags"><values><string key="tag" value="x"/><string key="tag" value="y"/></values></list>
    </event>
  </trace>`),
    )
    expect(others).toEqual([])
    expect(trace?.line).toBe(5)
    expect(Object.fromEntries(trace!.attributes)).toEqual({
      'concept:name': 'A & B',
      amount: '5',
      'amount/currency': 'EUR',
    })
    expect(trace?.events.map(({ line, attributes }) => [line, Object.fromEntries(attributes)])).toEqual([
      [8, { 'time:timestamp': '2011-10-01T00:38:44.546+02:00', ok: 'true', f: '1.5', 'tags/tag': 'y' }],
    ])
  })

  it.each([
    ['not well-formed', log('<trace><event></trace>'), 5],
    ['cut off', log('<trace>').slice(0, -10), undefined],
    ['not a log', '<?xml version="1.0"?><html></html>', 1],
    ['an event outside a trace', log('<event/>'), 5],
    ['an attribute without a key', log('<trace><string value="x"/></trace>'), 5],
    ['the same attribute twice', log('<trace><string key="a" value="1"/><string key="a" value="2"/></trace>'), 5],
    ['an undeclared entity', log('<trace><string key="a" value="&bomb;"/></trace>'), 5],
  ])('refuses XML that is %s', async (_, text, line) => {
    await expect(xes(text)).rejects.toMatchObject({ code: 'xml-malformed', ...(line && { place: { line } }) })
  })

  it('has the same traces however its bytes are cut', async () => {
    const bytes = Buffer.from(log('<trace><string key="k" value="é中😀"/><event/></trace><trace/>'))
    const whole = await xes(bytes)
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.integer({ min: 1, max: 40 })), async (sizes) => {
        expect(await all(readXes(decodeText(cut(bytes, sizes), 'utf-8', 'f'), 'f'))).toEqual(whole)
      }),
      { numRuns: 50 },
    )
  })
})

describe('XLSX', () => {
  async function workbook(): Promise<Buffer> {
    const book = new exceljs.Workbook()
    book.addWorksheet('Notes').addRow(['nothing here'])
    const sheet = book.addWorksheet('Leads')
    sheet.addRow(['id', 'on', 'amount', 'text', 'ok'])
    sheet.addRow([
      17,
      new Date(Date.UTC(2026, 2, 1, 14, 30)),
      0.1 + 0.2,
      { richText: [{ text: 'ri' }, { text: 'ch' }] },
      true,
    ])
    sheet.addRow([])
    sheet.addRow(['18', null, { formula: 'A2*2', result: 34 }, 'shared'])
    return Buffer.from(await book.xlsx.writeBuffer())
  }

  it('reads one sheet: dates as local texts, numbers as Excel shows them, formulas by their results', async () => {
    const { columns, rows } = await table(await workbook(), { sheet: 'Leads' })
    expect(columns).toEqual(['id', 'on', 'amount', 'text', 'ok'])
    expect(rows).toEqual([
      { line: 2, cells: ['17', '2026-03-01 14:30:00.000', '0.3', 'rich', 'true'] },
      { line: 4, cells: ['18', '', '34', 'shared'] },
    ])
  })

  it('takes the first sheet unless one is named, and says which there are', async () => {
    expect((await table(gzipSync(await workbook()))).columns).toEqual(['nothing here'])
    await expect(table(await workbook(), { sheet: 'Deals' })).rejects.toMatchObject({
      code: 'sheet-missing',
      whatWouldBeRight: 'it has: Notes, Leads',
    })
  })

  it('refuses a workbook that was truncated or damaged anywhere, and never waits for what does not come', async () => {
    const bytes = await workbook()
    await expect(table(bytes.subarray(0, 3000))).rejects.toMatchObject({ code: 'xlsx-malformed' })
    const whole = await table(bytes, { sheet: 'Leads' })
    const damage = fc.tuple(fc.nat(bytes.length - 1), fc.uint8Array({ minLength: 1, maxLength: 40 }))
    await fc.assert(
      fc.asyncProperty(damage, async ([at, noise]) => {
        const damaged = Buffer.from(bytes)
        damaged.set(noise.subarray(0, bytes.length - at), at)
        const read = await table(damaged, { sheet: 'Leads' }).catch((error) => error)
        // What is damaged may be of no consequence, such as the date of a part.
        if (read instanceof ImportError) expect(read.message).not.toBe('')
        else expect(read).toEqual(whole)
      }),
      { numRuns: 60 },
    )
  })

  it('refuses what is no workbook', async () => {
    const old = Buffer.concat([Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]), Buffer.alloc(512)])
    await expect(table(old)).rejects.toMatchObject({ code: 'format-mismatch' })
    const empty = Buffer.concat([Buffer.from('PK\x05\x06', 'latin1'), Buffer.alloc(18)])
    await expect(table(empty)).rejects.toMatchObject({ code: 'xlsx-malformed', reason: 'this ZIP file is no workbook' })
  })

  it.each([
    [14, undefined, true],
    [0, undefined, false],
    [57, undefined, true],
    [164, 'yyyy"年"m"月"d"日"', true],
    [164, '[$-804]yyyy/m/d', true],
    [164, '[h]:mm', true],
    [164, '[Red]0.00', false],
    [164, '0.00"days"', false],
    [164, 'General', false],
    [164, '#,##0\\ "kr"', false],
  ])('takes number format %i %s for a date: %s', (id, code, expected) => {
    expect(isDateFormat(id, code)).toBe(expected)
  })

  it('counts days from 1900 with the leap day that never was, or from 1904', () => {
    const formats = { texts: [], isDate: [true], date1904: false }
    const date = (text: string, date1904 = false) => cellText({ type: 'n', style: 0, text }, { ...formats, date1904 })
    expect(date('1')).toBe('1900-01-01 00:00:00.000')
    expect(date('61')).toBe('1900-03-01 00:00:00.000')
    expect(date('46082.604166666664')).toBe('2026-03-01 14:30:00.000')
    expect(date('44620', true)).toBe('2026-03-01 00:00:00.000')
  })
})

describe('files', () => {
  it('that cannot be read are said to be so', async () => {
    await expect(inspectFile(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'file-unreadable' })
    await expect(inspectFile(folder)).rejects.toMatchObject({ code: 'file-unreadable' })
  })

  it('are read in flat memory: 24 MB from a gzip that never were in it together', async () => {
    const path = join(folder, 'large')
    const line = `${'x'.repeat(990)},123456789\n`
    const rows = 24_000
    await pipeline(
      Readable.from(
        (function* () {
          yield 'text,id\n'
          for (let i = 0; i < rows; i++) yield line
        })(),
      ),
      createGzip({ level: 1 }),
      createWriteStream(path),
    )
    const source = await inspectFile(path)
    const table = await openTable(source, options)
    // What is in use, and not what waits to be collected.
    setFlagsFromString('--expose-gc')
    const collect: () => void = runInNewContext('gc')
    const inUse = () => {
      collect()
      const { heapUsed, external } = process.memoryUsage()
      return heapUsed + external
    }
    const before = inUse()
    let [count, most] = [0, 0]
    for await (const { cells } of table.rows) {
      count += cells.length / 2
      if (count % 4000 === 0) most = Math.max(most, inUse() - before)
    }
    expect(count).toBe(rows)
    expect(most).toBeLessThan(8 * 2 ** 20)
  }, 60_000)

  it('stop being read when their reader stops', async () => {
    const source = await inspectFile(await fileOf(`id\n${'1\n'.repeat(500_000)}`))
    let taken = 0
    for await (const chunk of readBytes(source, { onBytes: (bytes) => (taken += bytes) })) if (chunk.length) break
    expect(taken).toBeLessThan(300_000)
  })
})
