// The import's report for people.
import type { ImportReport } from '@headwater/import'
import { count } from '../terminal/format.ts'
import { facts, table } from '../terminal/table.ts'

/** Of lists, people see the first lines; `--json` has them all. */
const SHOWN = 20

const titles: Readonly<Record<ImportReport['status'], string>> = {
  imported: 'Imported.',
  checked: 'Checked; nothing was written.',
  refused: 'Nothing was written, as there are bad rows and --strict was asked for.',
}

export function reportText(report: ImportReport): string {
  const { leads, deals, reps, unmapped, flagged, badRows } = report
  const lines = [
    titles[report.status],
    '',
    facts([
      ['rows', `${count(report.rows)} in ${count(report.cases)} cases`],
      ['leads', `${count(leads.captured)} captured, ${count(leads.alreadyThere)} there already`],
      [
        'deals',
        `${count(deals.opened)} opened, ${count(deals.alreadyThere)} there already; ${count(deals.won)} won, ${count(deals.lost)} lost`,
      ],
      ...(reps.hired > 0 ? [['reps', `${count(reps.hired)} hired`] as const] : []),
      ['events', `${count(report.eventsWritten)} ${report.status === 'imported' ? 'written' : 'to be written'}`],
      ['time', `${report.seconds.toFixed(1)} s`],
    ]),
  ]
  const section = (title: string, text: string) => lines.push('', title, text)
  if (badRows.count > 0)
    section(
      `${count(badRows.count)} bad rows${more(badRows.count)}:`,
      table(
        ['file', 'line', 'case', 'reason', 'right would be'],
        badRows.first.slice(0, SHOWN).map((row) => [row.file, row.line, row.caseId, row.reason, row.whatWouldBeRight]),
      ),
    )
  if (flagged.count > 0)
    section(
      `${count(flagged.count)} flags${more(flagged.count)}: ${codes(flagged.byCode)}`,
      table(
        ['file', 'line', 'case', 'flag', 'detail'],
        flagged.first.slice(0, SHOWN).map((row) => [row.file, row.line, row.caseId, row.code, row.detail]),
      ),
    )
  for (const [what, found] of Object.entries(unmapped))
    if (Object.keys(found).length > 0) section(`${what} that the mapping does not name:`, codes(found))
  if (report.notes.length > 0) section('notes:', report.notes.join('\n'))
  return lines.join('\n')
}

const more = (n: number) => (n > SHOWN ? `, the first ${SHOWN} of them` : '')
const codes = (byCode: Readonly<Record<string, number>>) =>
  Object.entries(byCode)
    .sort(([, a], [, b]) => b - a)
    .map(([code, n]) => `${code} ${count(n)}`)
    .join(', ')
