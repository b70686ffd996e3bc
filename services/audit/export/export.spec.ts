import { parse } from 'csv-parse/sync'
import exceljs from 'exceljs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sealPeriod } from '../seal.ts'
import { contentOf } from '../testing/content.ts'
import { toCsv } from './csv.ts'
import { sealTable, toXlsx } from './xlsx.ts'

const table = {
  name: 'lines',
  columns: ['rep', 'amount', 'note'],
  rows: [
    ['张三', '-7200.00', 'says "no",\r\nthen yes'],
    ['rep-2', 3, null],
    ['=1+1', '+1', '@cmd'],
  ],
}

test('CSV', () => {
  expect(toCsv(table)).toBe(
    'rep,amount,note\r\n张三,-7200.00,"says ""no"",\r\nthen yes"\r\nrep-2,3,\r\n\'=1+1,\'+1,\'@cmd\r\n',
  )
})

test('any texts come back from CSV, and none is a formula', () => {
  const cell = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('=A1', '-2+3', '\t=A1', '-12.50', '\r\n', '"'))
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (rows) => {
      const back: string[][] = parse(toCsv({ name: 't', columns: ['a', 'b'], rows }), { record_delimiter: '\r\n' })
      for (const [i, row] of back.slice(1).entries())
        for (const [j, text] of row.entries()) {
          expect([text, text.replace(/^'/, '')]).toContain(rows[i]![j])
          expect(text).not.toMatch(/^([=+@\t\r]|-(?!\d+(\.\d+)?$))/)
        }
      expect(back).toHaveLength(rows.length + 1)
    }),
  )
})

test('XLSX: a sheet a table, texts as texts, and what to check the seal with', async () => {
  const log = { size: 9, root: 'ab'.repeat(32) }
  const close = sealPeriod(contentOf([1], { period: '2026-05', statements: 1, total: 3, log }), null)
  const book = new exceljs.Workbook()
  await book.xlsx.load((await toXlsx([table, sealTable(close)])).buffer as ArrayBuffer)
  expect(book.worksheets.map(({ name }) => name)).toEqual(['lines', 'seal'])
  const [lines, seal] = book.worksheets
  expect(lines!.getCell('A4').type).toBe(exceljs.ValueType.String)
  expect(lines!.getCell('B2').value).toBe('-7200.00')
  expect(seal!.getColumn(2).values).toContain(close.seal)
})
