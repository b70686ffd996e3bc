import { calendars, PlaybookDefinition } from '@headwater/schema'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkDeal, type Trace, type TracedVisit } from './check.ts'
import { ConformanceTally } from './tally.ts'

const name = (text: string) => ({ 'zh-CN': text, en: text })
const stage = (id: string, skippable = false) => ({ id, name: name(id), skippable })
const playbook = PlaybookDefinition.parse({
  name: name('spec'),
  calendar: calendars.always,
  stages: [stage('lead'), stage('contact'), stage('design', true), stage('quote')],
  behaviours: [
    { id: 'follow-up', name: name('f'), stage: 'contact', activities: ['call', 'visit'], within: { after: 'PT24H' } },
  ],
})

const on = (day: number, hour = 0) =>
  `2026-03-${String(day).padStart(2, '0')}T${String(hour).padStart(2, '0')}:00:00.000Z`
const visit = (stage: string, from: number, to: number | null, more: Partial<TracedVisit> = {}): TracedVisit => ({
  ...{ stage, enteredAt: on(from), exitedAt: to === null ? null : on(to) },
  ...{ won: false, flagged: false, storeId: 'S1', repId: 'R1', ...more },
})
const deal = (visits: TracedVisit[], more: Partial<Trace> = {}): Trace => ({
  ...{ dealId: 'D1', visits, activities: [], waived: [], ...more },
})
const found = (trace: Trace, now = on(20)) =>
  checkDeal(trace, playbook, now).deviations.map(({ kind, stage, item }) => [kind, stage, item])

describe('a deal conforms', () => {
  it('that goes through all stages, or over one that may be skipped', () => {
    const called = { activities: [{ kind: 'call', at: on(2, 23) }] }
    expect(found(deal([visit('lead', 1, 2), visit('contact', 2, 5), visit('design', 5, 6)], called))).toEqual([])
    expect(found(deal([visit('lead', 1, 2), visit('contact', 2, 5), visit('quote', 5, 6)], called))).toEqual([])
  })

  it('that moves back and comes again', () => {
    const visits = [visit('lead', 1, 2), visit('contact', 2, 3), visit('lead', 3, 4), visit('contact', 4, null)]
    expect(found(deal(visits))).toEqual([])
  })
})

describe('a deal deviates', () => {
  it('that never was in a stage which may not be skipped', () => {
    expect(found(deal([visit('lead', 1, 2), visit('quote', 2, null)]))).toEqual([['skipped-stage', 'contact', null]])
    expect(found(deal([visit('design', 2, null)]))).toEqual([
      ['skipped-stage', 'lead', null],
      ['skipped-stage', 'contact', null],
    ])
    const [won] = checkDeal(deal([visit('lead', 1, 3, { won: true })]), playbook, on(20)).deviations
    expect(won).toMatchObject({ kind: 'skipped-stage', stage: 'contact', at: on(3), repId: 'R1' })
  })

  it('whose times contradict each other, and at whose gates something was let pass', () => {
    const waived = [
      { gate: 'exit' as const, stage: 'lead', kind: 'evidence' as const, item: 'sketch', required: 1, present: 0 },
    ]
    expect(found(deal([visit('lead', 1, 2, { flagged: true })], { waived }))).toEqual([
      ['illegal-order', 'lead', null],
      ['unmet-gate', 'lead', 'sketch'],
    ])
  })

  it.each([
    ['in time, to the second', [on(3)], 20, null, []],
    ['too late', [on(3, 1)], 20, null, ['late-behaviour']],
    ['never', [], 20, null, ['missed-behaviour']],
    ['not yet, and there is time', [], 2, null, []],
    ['before the stage, which does not count', [on(1)], 20, null, ['missed-behaviour']],
    ['never, as the deal went on at once', [], 20, 3, []],
    ['never, and the deal went on too late', [], 20, 4, ['missed-behaviour']],
  ])('or not, where the follow-up came %s', (_, calls, now, left, kinds) => {
    const activities = [...calls.map((at) => ({ kind: 'call', at })), { kind: 'e-mail', at: on(2) }]
    const trace = deal([visit('lead', 1, 2), visit('contact', 2, left)], { activities })
    expect(found(trace, on(now)).map(([kind]) => kind)).toEqual(kinds)
  })
})

describe('figures', () => {
  const late = deal([visit('lead', 1, 2), visit('contact', 2, null, { repId: 'R2' })])
  const fine = deal([visit('lead', 1, null)], { dealId: 'D2' })

  it('count a deal where it began, and a deviation where it came about', () => {
    const tally = new ConformanceTally('repId')
    for (const trace of [late, fine]) tally.add(checkDeal(trace, playbook, on(20)), trace.visits[0]!)
    expect(tally.figures()).toEqual([
      { member: 'R1', deals: 2, conforming: 1, deviations: [], behaviours: [] },
      {
        ...{ member: 'R2', deals: 0, conforming: 0 },
        deviations: [{ kind: 'missed-behaviour', stage: 'contact', item: 'follow-up', count: 1, deals: ['D1'] }],
        behaviours: [{ id: 'follow-up', expected: 1, met: 0 }],
      },
    ])
  })

  it('of stores add up to those of all, in whatever order deals come', () => {
    const stays = fc.record({
      stage: fc.constantFrom('lead', 'contact', 'design', 'quote'),
      storeId: fc.constantFrom('S1', 'S2', null),
      flagged: fc.boolean(),
    })
    const traces = fc.array(fc.array(stays, { minLength: 1, maxLength: 5 }), { maxLength: 20 })
    fc.assert(
      fc.property(traces, (given) => {
        const deals = given.map((visits, i) =>
          deal(
            visits.map(({ stage, ...more }, n) => visit(stage, n + 1, n + 2, more)),
            { dealId: `D${i}` },
          ),
        )
        const tallied = (by: 'storeId' | undefined, traces: readonly Trace[]) => {
          const tally = new ConformanceTally(by)
          for (const trace of traces) tally.add(checkDeal(trace, playbook, on(20)), trace.visits[0]!)
          return tally.figures()
        }
        const sum = (figures: ReturnType<typeof tallied>) => ({
          deals: figures.reduce((n, each) => n + each.deals, 0),
          conforming: figures.reduce((n, each) => n + each.conforming, 0),
          deviations: figures.flatMap((each) => each.deviations).reduce((n, each) => n + each.count, 0),
        })
        expect(sum(tallied('storeId', deals))).toEqual(sum(tallied(undefined, deals)))
        expect(tallied('storeId', deals.toReversed())).toEqual(tallied('storeId', deals))
      }),
    )
  })
})
