// A row that tells a whole case, or the rest of one: a column for each thing.
import type { Instant } from '@headwater/schema'
import type { CaseTable } from '../mapping/schema.ts'
import {
  asImported,
  fieldsReader,
  leadReader,
  openingReader,
  type Plan,
  type PlanContext,
  StepList,
  waiver,
} from './steps.ts'
import type { Bind, Values } from './values.ts'

type Cells = readonly string[]

/** Rows of a case table to plans. The steps go in the playbook's order: dates that contradict it show in the decisions. */
export function planCaseRows(file: CaseTable, context: PlanContext, bind: Bind<Cells>, values: Values<Cells>) {
  const { mapping, definition } = context
  const caseId = bind(file.case)
  const lead = file.lead && leadReader(values, file.lead, mapping)
  const opening = file.deal && openingReader(values, file.deal, file, mapping)
  const openedAt = values.instant(file.deal?.openedAt)
  const stages = definition.stages.flatMap(({ id }) => {
    const ref = file.stages[id]
    return ref ? [{ id, at: values.instant(ref) }] : []
  })
  const win = file.win && {
    at: values.instant(file.win.at),
    value: values.money(file.win.value),
    when: values.holds(file.win.when),
  }
  const lose = file.lose && {
    at: values.instant(file.lose.at),
    reason: values.text(file.lose.reason),
    note: values.text(file.lose.note),
    when: values.holds(file.lose.when),
  }
  const rep = values.text(file.rep)
  const fields = fieldsReader(values, file, context)
  const waive = waiver(mapping)

  return (cells: Cells, line: number): Plan => {
    const list = new StepList(mapping, caseId(cells).trim())
    const { problems } = list
    const missing = (column: string, what: string) =>
      problems.push({ code: 'value-missing', column, reason: `${column} is blank`, whatWouldBeRight: what })
    if (!caseId(cells).trim()) missing(file.case, 'the id of the case')

    const capturedAt = lead?.(cells, list, line)
    if (lead && !capturedAt && !problems.length) missing(columnName(file.lead?.capturedAt), 'the date of the lead')
    const opened = openedAt(cells, problems) ?? (opening ? capturedAt : undefined)
    opening?.(cells, list, file.deal?.stage, opened, line)
    if (opening && !opened && !problems.length)
      missing(columnName(file.deal?.openedAt), 'the date when the deal was opened')

    const entered = stages.flatMap(({ id, at }) => {
      const instant = at(cells, problems)
      return instant ? [{ id, instant }] : []
    })
    const won = win?.when(cells) ? win.at(cells, problems) : undefined
    const lost = lose?.when(cells) ? lose.at(cells, problems) : undefined
    if (won && lost)
      problems.push({
        code: 'won-and-lost',
        reason: 'the deal is both won and lost',
        whatWouldBeRight: 'a date for one of the two, or a `when` in the mapping',
      })

    const from: Instant | undefined = opened ?? entered[0]?.instant ?? won ?? lost
    const repText = from && rep(cells, problems)
    if (repText) list.add('deal', `assign@${from}`, 'AssignDeal', { repId: list.rep(repText), waive }, from, line)
    fields(cells, list, from, line)
    const openedIn = opened && (file.deal?.stage ?? definition.stages[0]!.id)
    for (const { id, instant } of entered.filter(({ id }) => id !== openedIn))
      list.add('deal', `stage/${id}@${instant}`, 'AdvanceDeal', { to: id, reason: asImported, waive }, instant, line)
    if (won) list.add('deal', `win@${won}`, 'WinDeal', { value: win?.value(cells, problems), waive }, won, line)
    if (lost) {
      const reason = lose?.reason(cells, problems)
      if (reason)
        list.add('deal', `lose@${lost}`, 'LoseDeal', { reason, note: lose?.note(cells, problems), waive }, lost, line)
      else missing(columnName(file.lose?.reason), 'why the deal was lost')
    }
    if (!list.steps.length && !problems.length)
      problems.push({
        code: 'no-date',
        reason: 'nothing comes of the row: it has no date',
        whatWouldBeRight: 'a date in one of the columns that the mapping names',
      })
    return list.plan(line)
  }
}

const columnName = (ref: CaseTable['rep']) => (ref && 'column' in ref ? ref.column : 'the date')
