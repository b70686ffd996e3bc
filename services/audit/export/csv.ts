import type { Cell, Table } from './table.ts'

/** Spreadsheets take what begins so for a formula (OWASP, CSV injection), unless it is a plain number. */
const FORMULA = /^[=+\-@\t\r]/
const NUMBER = /^-?\d+(\.\d+)?$/

/** A table as CSV (RFC 4180): CRLF after each line, quotes where needed; a text that a spreadsheet would run as a formula gets an apostrophe before it. */
export const toCsv = ({ columns, rows }: Table): string =>
  [columns, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('')

function field(cell: Cell): string {
  const text = cell === null ? '' : String(cell)
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
