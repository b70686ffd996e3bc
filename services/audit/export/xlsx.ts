import type { ClosedPeriod } from '../seal.ts'
import type { Table } from './table.ts'

/** The tables as a workbook, a sheet each. Cells are values, never formulas. */
export async function toXlsx(tables: readonly Table[]): Promise<Buffer> {
  // Loaded when it is wanted: it would double the start of every command.
  const { default: exceljs } = await import('exceljs')
  const book = new exceljs.Workbook()
  for (const { name, columns, rows } of tables) {
    const sheet = book.addWorksheet(name, { views: [{ state: 'frozen', ySplit: 1 }] })
    sheet.addRow(columns).font = { bold: true }
    for (const row of rows) sheet.addRow(row)
  }
  return Buffer.from(await book.xlsx.writeBuffer())
}

/** What a month was sealed with, and how somebody else checks it. */
export const sealTable = ({
  period,
  statements,
  lines,
  total,
  linesRoot,
  log,
  previousSeal,
  seal,
}: ClosedPeriod): Table => ({
  name: 'seal',
  columns: ['what', 'value'],
  rows: [
    ['period', period],
    ['statements', statements],
    ['lines', lines],
    ['total in minor units', total],
    ['root over statements and lines', linesRoot],
    ['events of the log', log.size],
    ['root over these events', log.root],
    ['seal of the period before', previousSeal],
    ['seal', seal],
    ['how to verify', `node verify.mjs proof.json ${seal}`],
    [
      '',
      'verify.mjs goes with this export and needs Node 20 or later, nothing else; a proof.json is made for any one statement or line',
    ],
    [
      '',
      'root: SHA-256 Merkle tree of RFC 9162 over each statement and then its lines, in canonical JSON (RFC 8785); seal: SHA-256 over the rest of this sheet in canonical JSON',
    ],
  ],
})
