import Table from 'cli-table3'
import { NONE } from './format.ts'

type Cell = string | number

const bare = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '─',
  'mid-mid': '──',
  right: '',
  'right-mid': '',
  middle: '  ',
}

/** Columns under a line; numbers to the right. Wide (Chinese) characters count as two. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const numeric = head.map((_, i) => isNumeric(rows.map((row) => row[i])))
  const out = new Table({
    head: [...head],
    chars: bare,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
    colAligns: numeric.map((right) => (right ? 'right' : 'left')),
  })
  out.push(...rows.map((row) => [...row]))
  return trimmed(out.toString())
}

/** Labelled lines: `label  value`. */
export function facts(lines: readonly (readonly [string, Cell])[]): string {
  const out = new Table({
    chars: { ...bare, mid: '', 'mid-mid': '' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
  })
  out.push(...lines.map((line) => [...line]))
  return trimmed(out.toString())
}

/** A column of figures; where some are missing, still. */
function isNumeric(cells: readonly (Cell | undefined)[]): boolean {
  const there = cells.filter((cell) => cell !== NONE)
  return there.length > 0 && there.every((cell) => typeof cell === 'number' || /^[−-]?[\d.,]+( %)?$/.test(cell ?? ''))
}

const trimmed = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
