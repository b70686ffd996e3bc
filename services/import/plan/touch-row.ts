// A row that tells of one touch of somebody, known to the tool that it comes from by a pseudonym.
import type { Mapping, TouchTable } from '../mapping/schema.ts'
import { compact, foreignId, type Plan, StepList, sourceReader, texts } from './steps.ts'
import type { Bind, Values } from './values.ts'

type Cells = readonly string[]

/** Rows of a table of touches to plans: the touch of a visitor, and who they are where the row knows. */
export function planTouchRows(file: TouchTable, mapping: Mapping, bind: Bind<Cells>, values: Values<Cells>) {
  const caseId = bind(file.case)
  const at = values.instant(file.at)
  const touchId = file.id === undefined ? undefined : bind(file.id)
  const source = sourceReader(values, file.source)
  const utm = texts(values, file.utm ?? {})
  const referrer = values.text(file.referrer)
  const cost = values.money(file.cost)
  const direct = file.direct && values.holds(file.direct)
  const [leadRef, own] = !file.lead
    ? [undefined, false]
    : 'id' in file.lead
      ? [file.lead.id, true]
      : [file.lead.case, false]
  const lead = values.text(leadRef)

  return (cells: Cells, line: number): Plan => {
    const list = new StepList(mapping, caseId(cells).trim())
    const { problems } = list
    const missing = (column: string, what: string) =>
      problems.push({ code: 'value-missing', column, reason: `${column} is blank`, whatWouldBeRight: what })
    if (!caseId(cells).trim()) missing(file.case, 'the pseudonym of who was touched')
    const when = at(cells, problems)
    if (!when && problems.length === 0) missing('column' in file.at ? file.at.column : 'at', 'the time of the touch')
    const link = compact(utm(cells, problems))
    const { channel, ...told } = source(cells, problems)
    const data = {
      ...told,
      channel: channel ?? undefined,
      utm: Object.keys(link).length > 0 ? link : undefined,
      referrer: referrer(cells, problems),
      cost: cost(cells, problems),
      direct: direct?.(cells) || undefined,
      system: mapping.source,
    }
    const who = lead(cells, problems)
    if (!when) return list.plan(line)
    const name = touchId?.(cells).trim() || JSON.stringify([when, compact(data)])
    list.add('visitor', `touch/${name}`, 'TouchVisitor', data, when, line)
    if (who !== undefined) {
      const leadId = own ? who : foreignId(mapping.source, who)
      list.add('visitor', `identify/${leadId}`, 'IdentifyVisitor', { leadId }, when, line)
    }
    return list.plan(line)
  }
}
