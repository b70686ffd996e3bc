// A statement as files for people who check it elsewhere.
import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Cell, sealTable, standaloneVerifier, type Table, toCsv, toXlsx } from '@headwater/audit'
import type { PeriodRow, RepStatement } from '@headwater/projections'
import { formatMoney } from '@headwater/schema'

/** By line, in the order of the statement. */
type Explained = readonly (readonly string[])[]

/** One table: a line in each row, its explanation in the last column. @returns what was written */
export async function writeCsv(path: string, found: RepStatement, explained: Explained): Promise<string[]> {
  const { name, columns, rows } = linesTable(found)
  const told = rows.map((row, i) => [...row, explained[i]!.join('\n')])
  await writeFile(path, toCsv({ name, columns: [...columns, 'explanation'], rows: told }))
  return [path]
}

/** The amounts, the lines, their explanations, and for a closed month its seal, with the script that checks proofs beside the file. @returns what was written */
export async function writeXlsx(
  path: string,
  found: RepStatement,
  explained: Explained,
  month: PeriodRow | undefined,
): Promise<string[]> {
  const lines = linesTable(found)
  const { content, previousSeal, seal } = month ?? {}
  const closed = content && seal ? { ...content, previousSeal: previousSeal ?? null, seal } : undefined
  const tables = [
    amountsTable(found),
    lines,
    explanationsTable(lines, explained),
    ...(closed ? [sealTable(closed)] : []),
  ]
  await writeFile(path, await toXlsx(tables))
  return closed ? [path, await writeVerifier(dirname(path))] : [path]
}

/** The script that checks proofs with Node alone. @returns its path */
export async function writeVerifier(folder: string): Promise<string> {
  const path = join(folder, 'verify.mjs')
  await writeFile(path, standaloneVerifier())
  return path
}

function amountsTable({ statement, currency }: RepStatement): Table {
  const { repId, period, opening, earned, adjusted, advance, payable, closing } = statement
  return {
    name: 'statement',
    columns: [
      'rep',
      'month',
      'opening balance',
      'earned',
      'adjusted',
      'advance',
      'payable',
      'closing balance',
      'currency',
    ],
    rows: [
      [
        ...[repId, period],
        ...[opening, earned, adjusted, advance, payable, closing].map((amount) => formatMoney({ amount, currency })),
        currency,
      ],
    ],
  }
}

function linesTable({ statement, currency }: RepStatement): Table {
  const amount = (amount: number) => formatMoney({ amount, currency })
  return {
    name: 'lines',
    columns: [
      ...[
        'line',
        'kind',
        'rep',
        'month',
        'plan',
        'version',
        'rule',
        'customer',
        'contract',
        'contract line',
        'payment',
      ],
      ...['original', 'before', 'base', 'amount', 'currency'],
    ],
    rows: [
      ...statement.lines.map((line): Cell[] => [
        ...[line.id, line.kind, line.repId, line.period, line.planId, line.planVersion, line.ruleId],
        ...[line.customerId, line.contractId, line.contractLineId, line.paymentId].map((id) => id ?? null),
        ...[null, null, amount(line.base), amount(line.amount), currency],
      ]),
      ...statement.adjustments.map((line): Cell[] => [
        ...[line.id, line.kind, line.repId, line.period, null, null, null, null, null, null, null],
        ...[line.original.id, amount(line.before), amount(line.after), amount(line.amount), currency],
      ]),
    ],
  }
}

const explanationsTable = ({ rows }: Table, explained: Explained): Table => ({
  name: 'explanations',
  columns: ['line', 'step', 'explanation'],
  rows: rows.flatMap(([line], i) => explained[i]!.map((sentence, n): Cell[] => [line!, n + 1, sentence])),
})
