// A case as a list of activities with their times: a trace of an XES log, or rows of an event table.
import type { Instant } from '@headwater/schema'
import type { EventTable, TraceLog } from '../mapping/schema.ts'
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

export interface SourceEvent<E> {
  readonly line: number
  readonly record: E
}

export interface SourceCase<R, E> {
  readonly line: number
  readonly record: R
  readonly events: readonly SourceEvent<E>[]
  /** Told in part before: whether its deal is open, and where, is not known here. */
  readonly continued?: boolean
}

interface Fact<E> extends SourceEvent<E> {
  readonly at: Instant
  readonly activity: string
}

/** What is bound to the case's record and what to its events' records. */
export interface Bindings<R, E> {
  readonly case: { readonly bind: Bind<R>; readonly values: Values<R> }
  readonly event: { readonly bind: Bind<E>; readonly values: Values<E> }
}

/**
 * Cases to plans. Facts are taken in the order of their times. The first stage opens the deal; a later stage advances it, an earlier one
 * moves it back, and any stage after it was closed opens it again.
 */
export function planEvents<R, E>(file: EventTable | TraceLog, context: PlanContext, on: Bindings<R, E>) {
  const { mapping, definition } = context
  const caseId = on.case.bind(file.case)
  const activityOf = on.event.bind(file.activity)
  const at = on.event.values.instant({ column: file.at })
  const counts = on.event.values.holds(file.lifecycle && { column: file.lifecycle.column, is: file.lifecycle.take })
  const lead = file.lead && leadReader(on.case.values, file.lead, mapping)
  const opening = openingReader(on.case.values, file.deal ?? {}, file, mapping)
  const fields = fieldsReader(on.case.values, file, context)
  const order = new Map(definition.stages.map(({ id }, i) => [id, i]))
  const actions = new Map(Object.entries(file.activities))
  const waive = waiver(mapping)

  const factsOf = (events: readonly SourceEvent<E>[], list: StepList): Fact<E>[] => {
    const facts: Fact<E>[] = []
    for (const { line, record } of events) {
      const activity = activityOf(record).trim()
      if (!actions.has(activity) || !counts(record)) continue
      const problems: typeof list.problems = []
      const instant = at(record, problems)
      if (!instant && !problems.length)
        problems.push({
          code: 'value-missing',
          column: file.at,
          reason: `${activity} has no ${file.at}`,
          whatWouldBeRight: 'the time of the event',
        })
      list.problems.push(...problems.map((problem) => ({ ...problem, line })))
      if (instant) facts.push({ line, record, at: instant, activity })
    }
    return facts.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
  }

  return ({ line, record, events, continued }: SourceCase<R, E>): Plan => {
    const id = caseId(record).trim()
    const list = new StepList(mapping, id)
    if (!id)
      list.problems.push({
        code: 'value-missing',
        column: file.case,
        reason: `${file.case} is blank`,
        whatWouldBeRight: 'the id of the case',
      })
    const facts = factsOf(events, list)
    const first = facts[0]
    if (!first && !list.problems.length && !continued)
      list.problems.push({
        code: 'no-known-activity',
        reason: 'the mapping names none of its activities',
        whatWouldBeRight: 'an activity that is a stage',
      })
    if (first) lead?.(record, list, line, first.at)

    let stage: string | undefined
    let closed = false
    for (const { activity, at: when, line: eventLine } of facts) {
      const action = actions.get(activity)!
      const add = (name: string, type: string, data: Record<string, unknown>, otherwise?: true) =>
        list.add('deal', `${name}@${when}`, type, { ...data, waive }, when, eventLine, otherwise)
      if (action.stage !== undefined) {
        const to = action.stage
        if (stage === undefined) {
          opening(record, list, to, when, eventLine)
          // Where an earlier part opened it, this is where it goes.
          if (continued) add(`stage/${to}`, 'AdvanceDeal', { to, reason: asImported }, true)
          fields(record, list, when, eventLine)
        } else if (closed) add(`reopen/${to}`, 'ReopenDeal', { stage: to, reason: activity })
        else if (order.get(to)! < order.get(stage)!) add(`back/${to}`, 'MoveDealBack', { to, reason: activity })
        else if (to !== stage) add(`stage/${to}`, 'AdvanceDeal', { to, reason: asImported })
        stage = to
        closed = false
      }
      if (stage === undefined && !continued) {
        list.problems.push({
          line: eventLine,
          code: 'not-opened',
          reason: `${activity} comes before the case reached any stage`,
          whatWouldBeRight: 'an activity that is a stage before it',
        })
        break
      }
      if (action.activity !== undefined) add(`activity/${activity}`, 'LogDealActivity', { kind: action.activity })
      if (action.win) add('win', 'WinDeal', {})
      if (action.lose !== undefined) add('lose', 'LoseDeal', { reason: action.lose })
      closed ||= Boolean(action.win || action.lose)
    }
    return list.plan(line)
  }
}
