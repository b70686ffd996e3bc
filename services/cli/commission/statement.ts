import { book, explainLine, periodOf, type RepStatement, statementOf } from '@headwater/projections'
import { instantOf } from '@headwater/schema'
import type { Answer, Json } from '../answer.ts'
import { type Session, withSession } from '../session.ts'
import { money } from '../terminal/format.ts'
import { facts, table } from '../terminal/table.ts'
import { writeCsv, writeXlsx } from './export.ts'

export interface StatementOptions extends Json {
  readonly rep: string
  readonly period: string
  readonly csv?: string
  readonly xlsx?: string
  readonly lang: book.Locale
}

export function statement({ rep: repId, period, csv, xlsx, lang }: StatementOptions): Promise<Answer> {
  return withSession(async (session) => {
    const { db, viewer } = session
    const found = await statementOf(db, viewer, { repId, period, now: instantOf(Date.now()) })
    const files: string[] = []
    if (csv !== undefined || xlsx !== undefined) {
      const explained = await explainedLines(session, found, lang)
      if (csv !== undefined) files.push(...(await writeCsv(csv, found, explained)))
      if (xlsx !== undefined)
        files.push(...(await writeXlsx(xlsx, found, explained, await periodOf(db, viewer, period))))
    }
    return {
      json: { ...found, ...(files.length > 0 && { files }) },
      text: () => [statementText(found), ...files.map((file) => `written: ${file}`)].join('\n'),
    }
  })
}

/** Each line's sentences, in the order of the statement. */
async function explainedLines({ db, viewer }: Session, { statement }: RepStatement, lang: book.Locale) {
  const explained: string[][] = []
  for (const { id: lineId } of [...statement.lines, ...statement.adjustments]) {
    const { explanation } = await explainLine(db, viewer, { lineId, now: instantOf(Date.now()) })
    explained.push(book.sentences(explanation, lang))
  }
  return explained
}

function statementText({ statement, currency, stage }: RepStatement): string {
  const amount = (amount: number) => money({ amount, currency })
  const { repId, period, opening, lines, adjustments, earned, adjusted, advance, payable, closing } = statement
  return [
    facts([
      ['statement', `${repId}, ${period}, ${stage ?? 'open'}`],
      ['opening balance', amount(opening)],
      ['earned', amount(earned)],
      ['adjusted', amount(adjusted)],
      ['advance', amount(advance)],
      ['payable', amount(payable)],
      ['closing balance', amount(closing)],
    ]),
    '',
    table(
      ['line', 'kind', 'of', 'amount'],
      [
        ...lines.map((line) => [line.id, line.kind, amount(line.base), amount(line.amount)]),
        ...adjustments.map((line) => [line.id, `${line.kind} of ${line.original.period}`, '', amount(line.amount)]),
      ],
    ),
  ].join('\n')
}
