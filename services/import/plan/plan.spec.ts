// Given this row or trace, then these commands.

import { describe, expect, it } from 'vitest'
import { parseMapping } from '../mapping/read.ts'
import type { FileMapping } from '../mapping/schema.ts'
import { planCaseRows } from './case-row.ts'
import { planEvents } from './events.ts'
import { foreignId, type Plan, type PlanContext, repId } from './steps.ts'
import { type Bind, Values } from './values.ts'

const head = `source: crm
zone: Asia/Shanghai
playbook:
  id: sales
  definition:
    name: { en: Sales, zh-CN: 销售 }
    calendar: { zone: Asia/Shanghai, week: { mon: [{ from: '09:00', to: '18:00' }] } }
    stages:
      - { id: new, name: { en: New, zh-CN: 新 } }
      - { id: visited, name: { en: Visited, zh-CN: 已拜访 } }
      - { id: quoted, name: { en: Quoted, zh-CN: 已报价 } }
    fields:
      - { id: area, type: number, name: { en: Area, zh-CN: 面积 } }
      - { id: renovated, type: boolean, name: { en: Renovated, zh-CN: 已装修 } }
      - { id: handover, type: date, name: { en: Handover, zh-CN: 交房 } }
`
const now = '2026-03-31T00:00:00.000Z'

function planner(text: string) {
  const mapping = parseMapping(head + text, 'm.yaml')
  const file = mapping.files[0] as FileMapping
  const context: PlanContext = { mapping, definition: mapping.playbook.definition!, now }
  const settings = { zone: mapping.zone, dates: file.dates, numbers: file.numbers, now }
  return { file, context, settings }
}

/** A row given by its columns. */
function row(text: string, cells: Record<string, string>): Plan {
  const { file, context, settings } = planner(text)
  if (file.rows !== 'case') throw new Error('no case table')
  const names = Object.keys(cells)
  const bind: Bind<readonly string[]> = (name) => (record) => record[names.indexOf(name)] ?? ''
  return planCaseRows(file, context, bind, new Values(bind, settings))(Object.values(cells), 7)
}

type Attributes = Record<string, string>

function trace(text: string, attributes: Attributes, events: Attributes[], continued?: boolean): Plan {
  const { file, context, settings } = planner(text)
  if (file.rows === 'case' || file.rows === 'touch') throw new Error('no events')
  const bind: Bind<Attributes> = (name) => (record) => record[name] ?? ''
  const on = { bind, values: new Values(bind, settings) }
  const sourceEvents = events.map((record, i) => ({ line: 10 + i, record }))
  return planEvents(file, context, { case: on, event: on })({
    line: 9,
    record: attributes,
    events: sourceEvents,
    ...(continued && { continued }),
  })
}

const commands = ({ steps }: Plan) => steps.map(({ command, occurredAt }) => [command.type, occurredAt, command.data])

const leads = `files:
  - case: id
    lead:
      capturedAt: created
      contact: { name: name, phone: phone }
      tags: { type: { value: home }, region: city, firstContactChannel: { column: channel, map: { dy: douyin } } }
      source: { channel: { column: channel, map: { dy: douyin, '?': null } } }
    deal: { value: { column: budget, currency: CNY }, rep: rep }
    fields: { area: m2, renovated: done, handover: handover }
    stages: { visited: visited, quoted: quoted }
    win: { at: closed, value: { column: final, currency: CNY }, when: { column: result, is: [won] } }
    lose: { at: closed, reason: why, when: { column: result, is: [lost] } }
`
const whole = {
  id: 'A-1',
  created: '2026-03-01 09:30',
  name: '李雷',
  phone: '13800000000',
  city: 'wuhan',
  channel: 'dy',
  budget: '1234.5',
  rep: 'rep-1',
  m2: '89.5',
  done: 'yes',
  handover: '2026-03-15',
  visited: '2026-03-05',
  quoted: '2026-03-06',
  closed: '2026-03-20',
  result: 'won',
  final: '1000',
  why: '',
}

describe('a row', () => {
  it('tells a case from its lead to its end, in local time', () => {
    const at = '2026-03-01T01:30:00.000Z'
    expect(commands(row(leads, whole))).toEqual([
      [
        'CaptureLead',
        at,
        {
          contact: { subject: 'crm:A-1', name: '李雷', phone: '13800000000' },
          tags: { type: 'home', region: 'wuhan', firstContactChannel: 'douyin' },
          source: { channel: 'douyin' },
        },
      ],
      [
        'OpenDeal',
        at,
        {
          playbook: { id: 'sales' },
          leadId: 'crm:A-1',
          caseId: 'crm:A-1',
          repId: 'rep-1',
          source: { channel: 'douyin' },
          value: { amount: 123450, currency: 'CNY' },
        },
      ],
      ['SetDealFields', at, { fields: { area: 89.5, renovated: true, handover: '2026-03-15' } }],
      ['AdvanceDeal', '2026-03-04T16:00:00.000Z', { to: 'visited', reason: 'as imported' }],
      ['AdvanceDeal', '2026-03-05T16:00:00.000Z', { to: 'quoted', reason: 'as imported' }],
      ['WinDeal', '2026-03-19T16:00:00.000Z', { value: { amount: 100000, currency: 'CNY' } }],
    ])
  })

  it('with blanks tells less, and a blank channel stays visible', () => {
    const blanks = {
      ...whole,
      ...Object.fromEntries(
        ['name', 'phone', 'city', 'rep', 'budget', 'm2', 'done', 'handover', 'visited', 'quoted', 'result'].map((c) => [
          c,
          ' ',
        ]),
      ),
      channel: '?',
    }
    const [capture, open, ...others] = row(leads, blanks).steps
    expect(capture?.command.data).toEqual({
      tags: { type: 'home', region: null, firstContactChannel: '?' },
      source: { channel: null },
    })
    expect(open?.command.data).toMatchObject({ source: { channel: null } })
    expect(others).toEqual([])
  })

  it('loses a deal for a reason', () => {
    const steps = row(leads, { ...whole, result: 'lost', why: 'price' }).steps
    expect(steps.at(-1)?.command).toEqual({ type: 'LoseDeal', data: { reason: 'price' } })
    expect(row(leads, { ...whole, result: 'lost' }).problems).toMatchObject([{ code: 'value-missing', column: 'why' }])
  })

  it('waives gates and missing tags only where the mapping says so', () => {
    const waived = row(`gates: waive\nleads: waive\n${leads}`, whole).steps
    expect(waived.every(({ command }) => command.data.waive === true)).toBe(true)
    expect(row(leads, whole).steps.some(({ command }) => 'waive' in command.data)).toBe(false)
  })

  it.each([
    ['a blank id', { id: ' ' }, 'value-missing', 'id'],
    ['a date that is none', { created: '1/3/2026' }, 'not-a-date', 'created'],
    ['a day that does not exist', { visited: '2026-02-30' }, 'not-a-date', 'visited'],
    ['a date in the future', { quoted: '2026-04-01' }, 'future-date', 'quoted'],
    ['an amount that is none', { budget: '12 yuan' }, 'not-an-amount', 'budget'],
    ['an amount with too many decimals', { final: '1.234' }, 'not-an-amount', 'final'],
    ['a number that is none', { m2: 'large' }, 'not-a-number', 'm2'],
    ['a truth that is none', { done: 'maybe' }, 'not-a-boolean', 'done'],
    ['a blank date of the lead', { created: '' }, 'value-missing', 'created'],
  ])('with %s has a problem and no commands', (_, cells, code, column) => {
    const { steps, problems } = row(leads, { ...whole, ...cells })
    expect(steps).toEqual([])
    expect(problems).toMatchObject([{ code, column }])
    expect(problems[0]?.whatWouldBeRight).not.toBe('')
  })

  it('has all its problems listed', () => {
    const problems = row(leads, { ...whole, created: 'x', budget: 'y', m2: 'z' }).problems
    expect(problems.map(({ column }) => column)).toEqual(['created', 'budget', 'm2'])
  })

  it('that tells nothing is a problem and not passed over', () => {
    const closed = 'files: [{ case: id, win: { at: won } }]'
    expect(row(closed, { id: 'A-1', won: '' }).problems).toMatchObject([{ code: 'no-date' }])
  })

  it('reads dates and numbers in the form that the file has', () => {
    const european = leads.replace(
      '  - case: id',
      "  - case: id\n    dates: dd.MM.yyyy\n    numbers: { decimal: ',', grouping: '.' }",
    )
    const cells = {
      ...whole,
      created: '01.03.2026',
      budget: '1.234,50',
      m2: '89,5',
      handover: '',
      visited: '',
      quoted: '',
      result: '',
    }
    const { steps, problems } = row(european, cells)
    expect(problems).toEqual([])
    expect(steps.map(({ command }) => command.data)).toMatchObject([
      {},
      { value: { amount: 123450 } },
      { fields: { area: 89.5 } },
    ])
  })

  it('takes the currency from a column, if it is one', () => {
    const text = leads.replace('column: budget, currency: CNY', 'column: budget, currency: { column: city }')
    expect(row(text, { ...whole, city: 'JPY', budget: '500' }).steps[1]?.command.data.value).toEqual({
      amount: 500,
      currency: 'JPY',
    })
    expect(row(text, whole).problems).toMatchObject([{ code: 'not-a-currency', column: 'city' }])
  })

  it('of a later file goes on with the same deal', () => {
    const closed = `reps: { hire: { store: s, since: '2020-01-01' } }
files: [{ case: id, rep: rep, stages: { quoted: won }, win: { at: won } }]
`
    const plan = row(closed, { id: 'A-1', rep: 'Han Meimei', won: '2026-03-10' })
    expect(plan.id).toBe(row(leads, whole).id)
    expect(plan.reps).toEqual(['Han Meimei'])
    expect(commands(plan).map(([type]) => type)).toEqual(['AssignDeal', 'AdvanceDeal', 'WinDeal'])
    expect(plan.steps[0]?.command.data).toEqual({ repId: repId('crm', 'Han Meimei') })
  })

  it('gives the same commands under the same ids whenever it is planned, and other rows other ones', () => {
    const ids = (cells: typeof whole) => row(leads, cells).steps.map(({ commandId }) => commandId)
    expect(ids(whole)).toEqual(ids(whole))
    expect(new Set([...ids(whole), ...ids({ ...whole, id: 'A-2' })]).size).toBe(12)
  })
})

const log = `files:
  - rows: trace
    lead: { tags: { region: { value: nl } } }
    deal: { value: { column: amount, currency: EUR } }
    activities:
      start: { stage: new }
      visit: { stage: visited }
      quote: { stage: quoted }
      yes: { stage: quoted, win: true }
      no: { lose: declined }
      call: { activity: call }
`
const event = (name: string, at: string) => ({ 'concept:name': name, 'time:timestamp': `2011-10-01T${at}+02:00` })
const types = (plan: Plan) =>
  plan.steps.map(({ command: { type, data } }) =>
    `${type} ${data.to ?? data.stage ?? data.reason ?? data.kind ?? ''}`.trim(),
  )
const one = { 'concept:name': '173688', amount: '20000' }

describe('a trace', () => {
  it('captures its lead and opens its deal with the first stage, and advances it with the others', () => {
    const plan = trace(log, one, [
      event('start', '00:38:44.546'),
      event('unknown', '01:00:00.000'),
      event('visit', '11:42:43.308'),
    ])
    expect(plan).toMatchObject({ caseId: '173688', id: 'crm:173688', line: 9, problems: [] })
    expect(commands(plan)).toEqual([
      [
        'CaptureLead',
        '2011-09-30T22:38:44.546Z',
        { tags: { type: null, region: 'nl', firstContactChannel: null }, source: { channel: null } },
      ],
      [
        'OpenDeal',
        '2011-09-30T22:38:44.546Z',
        {
          playbook: { id: 'sales' },
          stage: 'new',
          leadId: 'crm:173688',
          caseId: 'crm:173688',
          source: { channel: null },
          value: { amount: 2000000, currency: 'EUR' },
        },
      ],
      ['AdvanceDeal', '2011-10-01T09:42:43.308Z', { to: 'visited', reason: 'as imported' }],
    ])
    expect(plan.steps.map(({ line }) => line)).toEqual([9, 10, 12])
  })

  it('enters a stage and wins at once', () => {
    expect(types(trace(log, one, [event('start', '01:00:00'), event('yes', '02:00:00')])).slice(1)).toEqual([
      'OpenDeal new',
      'AdvanceDeal quoted',
      'WinDeal',
    ])
  })

  it('goes by time and not by the order of the file; what is at the same time keeps its order', () => {
    const events = [
      event('quote', '03:00:00'),
      event('start', '01:00:00'),
      event('call', '03:00:00'),
      event('visit', '02:00:00'),
    ]
    expect(types(trace(log, one, events)).slice(1)).toEqual([
      'OpenDeal new',
      'AdvanceDeal visited',
      'AdvanceDeal quoted',
      'LogDealActivity call',
    ])
  })

  it('moves back, enters again and reopens', () => {
    const names = ['start', 'visit', 'visit', 'start', 'visit', 'no', 'visit']
    const events = names.map((name, i) => event(name, `0${i}:00:00`))
    expect(types(trace(log, one, events)).slice(1)).toEqual([
      'OpenDeal new',
      'AdvanceDeal visited',
      'MoveDealBack new',
      'AdvanceDeal visited',
      'LoseDeal declined',
      'ReopenDeal visited',
    ])
  })

  it('counts events of some lifecycle transitions only where the mapping says so', () => {
    const filtered = log.replace(
      '    activities:',
      '    lifecycle: { column: lifecycle:transition, take: [COMPLETE] }\n    activities:',
    )
    const events = [event('start', '01:00:00'), event('visit', '02:00:00')].map((e, i) => ({
      ...e,
      'lifecycle:transition': i ? 'START' : 'COMPLETE',
    }))
    expect(types(trace(filtered, one, events))).toEqual(['CaptureLead', 'OpenDeal new'])
  })

  it.each([
    ['no id', { amount: '1' }, [event('start', '01:00:00')], 'value-missing', undefined],
    ['nothing that the mapping knows', one, [event('other', '01:00:00')], 'no-known-activity', undefined],
    ['an end before any stage', one, [event('no', '01:00:00'), event('start', '02:00:00')], 'not-opened', 10],
    ['an event without a time', one, [event('start', '01:00:00'), { 'concept:name': 'visit' }], 'value-missing', 11],
    ['a time that is none', one, [event('start', '25:00:00')], 'not-a-date', 10],
  ])('with %s has a problem and no commands', (_, attributes, events, code, line) => {
    const plan = trace(log, attributes as Attributes, events as Attributes[])
    expect(plan.steps).toEqual([])
    expect(plan.problems).toMatchObject([{ code, ...(line && { line }) }])
  })
})

describe('rows of an event table', () => {
  const table = log.replace(
    'rows: trace',
    'rows: event\n    case: concept:name\n    activity: concept:name\n    at: time:timestamp',
  )

  it('open the deal or, where an earlier part did, advance it', () => {
    const steps = trace(table, one, [event('visit', '02:00:00'), event('quote', '03:00:00')], true).steps.slice(1)
    expect(steps.map(({ command, otherwise }) => [command.type, otherwise])).toEqual([
      ['OpenDeal', undefined],
      ['AdvanceDeal', true],
      ['AdvanceDeal', undefined],
    ])
  })
})

describe('ids', () => {
  it('are readable where the foreign id can be one, and otherwise derived', () => {
    expect(foreignId('crm', 'A-1')).toBe('crm:A-1')
    expect(foreignId('crm', '订单 7')).toMatch(/^[0-9a-f-]{36}$/)
    expect(foreignId('crm', 'x'.repeat(100))).not.toBe(foreignId('crm', 'x'.repeat(101)))
    expect(repId('crm', 'rep-7')).toBe('rep-7')
  })
})
