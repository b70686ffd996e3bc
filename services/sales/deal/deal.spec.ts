import { type DealEvent, type FieldValue, PlaybookDefinition, type PlaybookInput } from '@headwater/schema'
import { type Past, spec } from '@headwater/schema/testing'
import { describe, expect, it } from 'vitest'
import { builtinPlaybooks, type PlaybookState } from '../playbook/index.ts'
import { type DealState, deal, gateFacts, missingForNext, previewMigration } from './index.ts'

const day = (d: number) => `2026-03-${String(d).padStart(2, '0')}T02:00:00.000Z`
const homeImprovement = builtinPlaybooks['home-improvement']
const cny = (amount: number) => ({ amount, currency: 'CNY' })

/** Five stages, of which `trial` may be skipped. */
const definition = (change: Partial<PlaybookInput> = {}) => {
  const text = (en: string) => ({ 'zh-CN': en, en })
  const named = (...ids: string[]) => ids.map((id) => ({ id, name: text(id) }))
  return PlaybookDefinition.parse({
    ...homeImprovement,
    stages: [
      { id: 'need', name: text('Need'), exit: { evidence: [{ kind: 'brief' }] } },
      { id: 'trial', name: text('Trial'), skippable: true, entry: { checklist: ['device-lent'] } },
      {
        id: 'offer',
        name: text('Offer'),
        entry: { fields: ['budget'] },
        exit: { evidence: [{ kind: 'offer', min: 2 }], checklist: ['approved'] },
        nextAction: text('Send the offer'),
      },
      { id: 'order', name: text('Order') },
    ],
    evidenceKinds: named('brief', 'offer'),
    fields: [
      { id: 'budget', name: text('Budget'), type: 'money' },
      { id: 'model', name: text('Model'), type: 'text' },
      { id: 'quantity', name: text('Quantity'), type: 'number' },
      { id: 'delivery', name: text('Delivery'), type: 'date' },
      { id: 'urgent', name: text('Urgent'), type: 'boolean' },
    ],
    checklist: named('device-lent', 'approved'),
    lossReasons: named('price', 'competitor'),
    blockingReasons: named('designer', 'budget'),
    ...change,
  })
}
const published = (...versions: [PlaybookDefinition, ...PlaybookDefinition[]]): PlaybookState => ({
  status: 'published',
  playbookId: 'p',
  versions,
})
const book = definition()
const given = spec(deal, { streamId: 'd1', at: day(10), needs: { playbook: published(book) } })
const machine = { actor: { id: 'importer', role: 'import' } }

const opened = (stage = 'need', more: object = {}) =>
  ({
    type: 'DealOpened',
    data: {
      dealId: 'd1',
      caseId: 'lead-1',
      leadId: 'lead-1',
      playbook: { id: 'p', version: 1 },
      stage,
      repId: 'li',
      storeId: 's1',
      source: { channel: 'douyin' },
      ...more,
    },
    occurredAt: day(1),
  }) satisfies Past<DealEvent>
const evidence = (evidenceId: string, kind: string) =>
  ({ type: 'EvidenceAttached', data: { evidenceId, kind, stage: 'need' } }) satisfies DealEvent
const budget = { type: 'DealFieldsSet', data: { fields: { budget: cny(500_000) } } } satisfies DealEvent
const done = (item: string) => ({ type: 'ChecklistItemDone', data: { item } }) satisfies DealEvent
const moved = (from: string, to: string, d = 2) =>
  ({ type: 'DealAdvanced', data: { from, to }, occurredAt: day(d) }) satisfies Past<DealEvent>
const back = (from: string, to: string, d = 3) =>
  ({ type: 'DealMovedBack', data: { from, to, reason: 'again' }, occurredAt: day(d) }) satisfies Past<DealEvent>
const ready = [
  evidence('e1', 'brief'),
  budget,
  evidence('e2', 'offer'),
  evidence('e3', 'offer'),
  done('approved'),
] as const

const need = { gate: 'exit', stage: 'need', kind: 'evidence', item: 'brief', required: 1, present: 0 } as const
const budgetMissing = { gate: 'entry', stage: 'offer', kind: 'field', item: 'budget', required: 1, present: 0 } as const
const offers = (present: number) =>
  ({ gate: 'exit', stage: 'offer', kind: 'evidence', item: 'offer', required: 2, present }) as const
const approval = { gate: 'exit', stage: 'offer', kind: 'checklist', item: 'approved', required: 1, present: 0 } as const
const lent = { gate: 'entry', stage: 'trial', kind: 'checklist', item: 'device-lent', required: 1, present: 0 } as const

describe('opening', () => {
  const command = {
    type: 'OpenDeal',
    data: { playbook: { id: 'p' }, leadId: 'lead-1', source: { channel: 'douyin' }, repId: 'li' },
  } as const
  const needs = { playbook: published(book), placement: { storeId: 's1', regionId: 'east' } }

  it('opens in the first stage of the newest version, where its rep works', () => {
    given().when(command, { needs }).thenDecided({ type: 'DealOpened', data: opened().data })
    expect(deal.caseId('d1', given(opened()).state)).toBe('lead-1')
  })

  it('asks for the playbook and for the placement at business time', () => {
    const context = { now: day(20), occurredAt: day(10), streamId: 'd1', commandId: 'c', id: (name: string) => name }
    expect(deal.needs?.(command, { status: 'none' }, { ...context, actor: machine.actor })).toEqual([
      { kind: 'state', as: 'playbook', category: 'playbook', id: 'p' },
      { kind: 'lookup', as: 'placement', name: 'placement', input: { repId: 'li', at: day(10) } },
    ])
  })

  it('does nothing when it is open already, and refuses a second deal under its id', () => {
    given(opened()).when(command, { needs }).thenDecided()
    given(opened())
      .when({ ...command, data: { ...command.data, leadId: 'lead-2' } }, { needs })
      .thenRefused('deal-exists')
  })

  it('refuses an unknown playbook, version, stage and rep', () => {
    const open = (data: object) => ({ type: 'OpenDeal', data: { ...command.data, ...data } }) as const
    given()
      .when(command, { needs: { ...needs, playbook: { status: 'none' } } })
      .thenRefused('unknown-playbook')
    given()
      .when(open({ playbook: { id: 'p', version: 2 } }), { needs })
      .thenRefused('unknown-playbook-version', { details: { version: 2, latest: 1 } })
    given()
      .when(open({ stage: 'dream' }), { needs })
      .thenRefused('unknown-stage', { details: { stage: 'dream', known: ['need', 'trial', 'offer', 'order'] } })
    given()
      .when(command, { needs: { ...needs, placement: undefined } })
      .thenRefused('unknown-rep')
    given()
      .when(command, { needs: { ...needs, placement: { storeId: null, regionId: null } } })
      .thenRefused('rep-without-store')
  })

  it('is no way round the gates: a later stage needs what leads there, unless an import waives it', () => {
    const late = { type: 'OpenDeal', data: { ...command.data, stage: 'offer' } } as const
    given()
      .when(late, { needs })
      .thenRefused('stage-not-skippable', { details: { stages: ['need'] }, missing: [need, budgetMissing] })
    given()
      .when({ ...late, data: { ...late.data, waive: true } }, { needs, ...machine })
      .thenDecided({ type: 'DealOpened', data: opened('offer', { waived: [need, budgetMissing] }).data })
  })

  it('comes before everything else', () => {
    given().when({ type: 'AdvanceDeal', data: {} }).thenRefused('deal-not-found')
  })
})

describe('advancing', () => {
  it('lists every missing item of all gates concerned at once', () => {
    given(opened())
      .when({ type: 'AdvanceDeal', data: { to: 'offer', reason: 'no trial wanted' } })
      .thenRefused('gate-unmet', { missing: [need, budgetMissing] })
    given(opened('offer'))
      .when({ type: 'AdvanceDeal', data: {} })
      .thenRefused('gate-unmet', { missing: [offers(0), approval] })
    given(opened('offer'), evidence('e1', 'offer'))
      .when({ type: 'AdvanceDeal', data: {} })
      .thenRefused('gate-unmet', { missing: [offers(1), approval] })
  })

  it('goes to the next stage once they are there', () => {
    given(opened(), evidence('e1', 'brief'), done('device-lent'))
      .when({ type: 'AdvanceDeal', data: {} })
      .thenDecided({ type: 'DealAdvanced', data: { from: 'need', to: 'trial' } })
  })

  it('does not count evidence that was withdrawn, also at later gates', () => {
    const withdrawn = { type: 'EvidenceWithdrawn', data: { evidenceId: 'e3', reason: 'forged' } } as const
    given(opened('offer'), ...ready, withdrawn)
      .when({ type: 'AdvanceDeal', data: {} })
      .thenRefused('gate-unmet', { missing: [offers(1)] })
  })

  it('skips a stage that may be skipped, with a reason, and asks nothing of it', () => {
    const skip = { type: 'AdvanceDeal', data: { to: 'offer', reason: 'no trial wanted' } } as const
    given(opened(), ...ready)
      .when(skip)
      .thenDecided({
        type: 'DealSkippedAhead',
        data: { from: 'need', to: 'offer', skipped: ['trial'], reason: 'no trial wanted' },
      })
    given(opened(), ...ready)
      .when({ type: 'AdvanceDeal', data: { to: 'offer' } })
      .thenRefused('reason-required')
  })

  it('refuses to jump a stage that may not be skipped, even where its conditions hold', () => {
    given(opened(), ...ready)
      .when({ type: 'AdvanceDeal', data: { to: 'order', reason: 'in a hurry' } })
      .thenRefused('stage-not-skippable', { details: { stages: ['offer'] }, missing: [] })
    given(opened())
      .when({ type: 'AdvanceDeal', data: { to: 'order', reason: 'in a hurry' } })
      .thenRefused('stage-not-skippable', { missing: [need, budgetMissing, offers(0), approval] })
  })

  it('does nothing where the deal is there already; refuses unknown, earlier and no further stages', () => {
    given(opened())
      .when({ type: 'AdvanceDeal', data: { to: 'need' } })
      .thenDecided()
    given(opened())
      .when({ type: 'AdvanceDeal', data: { to: 'dream' } })
      .thenRefused('unknown-stage')
    given(opened('offer'))
      .when({ type: 'AdvanceDeal', data: { to: 'need' } })
      .thenRefused('not-forward')
    given(opened('order')).when({ type: 'AdvanceDeal', data: {} }).thenRefused('last-stage')
  })

  it('enters a visited stage again under the same conditions, and over visited stages while they hold', () => {
    const returned = given(opened('offer'), ...ready, moved('offer', 'order'), back('order', 'need'))
    returned
      .when({ type: 'AdvanceDeal', data: { to: 'order' } })
      .thenDecided({ type: 'DealReentered', data: { from: 'need', to: 'order', skipped: ['trial', 'offer'] } })
    const revoked = given(
      opened('offer'),
      ...ready,
      moved('offer', 'order'),
      back('order', 'need'),
      { type: 'EvidenceWithdrawn', data: { evidenceId: 'e2', reason: 'forged' } },
      { type: 'DealFieldsSet', data: { fields: { budget: null } } },
    )
    revoked
      .when({ type: 'AdvanceDeal', data: { to: 'order' } })
      .thenRefused('gate-unmet', { missing: [budgetMissing, offers(1)] })
  })
})

describe('moving back', () => {
  it('takes a reason and no conditions', () => {
    given(opened('offer'))
      .when({ type: 'MoveDealBack', data: { to: 'trial', reason: 'wants to try' } })
      .thenDecided({ type: 'DealMovedBack', data: { from: 'offer', to: 'trial', reason: 'wants to try' } })
    given(opened('offer'))
      .when({ type: 'MoveDealBack', data: { to: 'offer', reason: 'x' } })
      .thenDecided()
    given(opened('offer'))
      .when({ type: 'MoveDealBack', data: { to: 'order', reason: 'x' } })
      .thenRefused('not-backward')
    given(opened('offer'))
      .when({ type: 'MoveDealBack', data: { to: 'dream', reason: 'x' } })
      .thenRefused('unknown-stage')
  })
})

describe('winning and losing', () => {
  it('wins from the last stage', () => {
    given(opened('order'))
      .when({ type: 'WinDeal', data: { value: cny(100) } })
      .thenDecided({ type: 'DealWon', data: { stage: 'order', value: cny(100) } })
  })

  it('refuses to win while stages remain, and lists them', () => {
    given(opened('need'))
      .when({ type: 'WinDeal', data: {} })
      .thenRefused('stages-remaining', {
        details: { stages: ['offer', 'order'] },
        missing: [need, budgetMissing, offers(0), approval],
      })
    const last = definition({ stages: [...definition().stages.slice(0, 1), { ...book.stages[1]!, entry: {} }] })
    const needs = { playbook: published(last) }
    given(opened('need'))
      .when({ type: 'WinDeal', data: {} }, { needs })
      .thenRefused('gate-unmet', { missing: [need] })
    given(opened('need'), ...ready)
      .when({ type: 'WinDeal', data: {} }, { needs })
      .thenDecided({ type: 'DealWon', data: { stage: 'need', skipped: ['trial'] } })
  })

  it('loses with a reason of the playbook', () => {
    given(opened())
      .when({ type: 'LoseDeal', data: { reason: 'price', note: '贵了' } })
      .thenDecided({ type: 'DealLost', data: { stage: 'need', reason: 'price', note: '贵了' } })
    given(opened())
      .when({ type: 'LoseDeal', data: { reason: 'weather' } })
      .thenRefused('unknown-loss-reason', { details: { reason: 'weather', known: ['price', 'competitor'] } })
    const anything = { needs: { playbook: published(definition({ lossReasons: [] })) } }
    given(opened())
      .when({ type: 'LoseDeal', data: { reason: 'weather' } }, anything)
      .thenDecided({ type: 'DealLost', data: { stage: 'need', reason: 'weather' } })
  })

  it('is over then: the same again does nothing, anything else is refused until it is reopened', () => {
    const won = given(opened('order'), {
      type: 'DealWon',
      data: { stage: 'order', value: cny(100) },
      occurredAt: day(5),
    })
    won.when({ type: 'WinDeal', data: {} }).thenDecided()
    won.when({ type: 'WinDeal', data: { value: cny(100) } }).thenDecided()
    won.when({ type: 'WinDeal', data: { value: cny(101) } }).thenRefused('deal-won', { details: { closedAt: day(5) } })
    won.when({ type: 'LoseDeal', data: { reason: 'price' } }).thenRefused('deal-won')
    won.when({ type: 'AdvanceDeal', data: {} }).thenRefused('deal-won')
    won.when({ type: 'MoveDealBack', data: { to: 'need', reason: 'x' } }).thenRefused('deal-won')
    won.when({ type: 'BlockDeal', data: { reason: 'budget' } }).thenRefused('deal-won')
    const lost = given(opened(), { type: 'DealLost', data: { stage: 'need', reason: 'price' } })
    lost.when({ type: 'LoseDeal', data: { reason: 'price' } }).thenDecided()
    lost.when({ type: 'LoseDeal', data: { reason: 'competitor' } }).thenRefused('deal-lost')
    lost.when({ type: 'WinDeal', data: {} }).thenRefused('deal-lost')
  })

  it('reopens where it was closed, or before', () => {
    const lost = given(opened('offer'), {
      type: 'DealLost',
      data: { stage: 'offer', reason: 'price' },
      occurredAt: day(5),
    })
    const reopened = lost.when({ type: 'ReopenDeal', data: { reason: 'new budget' } })
    reopened.thenDecided({ type: 'DealReopened', data: { stage: 'offer', reason: 'new budget' } })
    expect(reopened.state).toMatchObject({ status: 'open', deal: { stage: 'offer', enteredAt: day(10) } })
    lost
      .when({ type: 'ReopenDeal', data: { stage: 'need', reason: 'all over' } })
      .thenDecided({ type: 'DealReopened', data: { stage: 'need', reason: 'all over' } })
    lost.when({ type: 'ReopenDeal', data: { stage: 'order', reason: 'x' } }).thenRefused('stage-ahead')
    lost.when({ type: 'ReopenDeal', data: { reason: 'x' } }, { at: day(4) }).thenRefused('before-closing')
    given(opened())
      .when({ type: 'ReopenDeal', data: { reason: 'x' } })
      .thenDecided()
    given(opened())
      .when({ type: 'ReopenDeal', data: { stage: 'order', reason: 'x' } })
      .thenRefused('deal-open')
  })
})

describe('business time', () => {
  it('takes a move entered late, but not one before the deal came into its stage', () => {
    const all = given(opened(), ...ready, done('device-lent'), moved('need', 'trial', 5))
    all
      .when({ type: 'AdvanceDeal', data: {} }, { at: day(6), now: day(20) })
      .thenDecided({ type: 'DealAdvanced', data: { from: 'trial', to: 'offer' } })
    for (const command of [
      { type: 'AdvanceDeal', data: {} },
      { type: 'MoveDealBack', data: { to: 'need', reason: 'x' } },
      { type: 'LoseDeal', data: { reason: 'price' } },
      { type: 'BlockDeal', data: { reason: 'budget' } },
    ] as const)
      all.when(command, { at: day(4) }).thenRefused('before-stage-entry', {
        details: { stage: 'trial', enteredAt: day(5), occurredAt: day(4) },
      })
  })

  it('flags what an import says in contradiction', () => {
    const outcome = given(opened('order'), back('order', 'offer', 8), moved('offer', 'order', 9)).when(
      { type: 'WinDeal', data: { waive: true } },
      { at: day(7), ...machine },
    )
    outcome.thenDecided({
      type: 'DealWon',
      data: {
        stage: 'order',
        flags: [{ code: 'before-stage-entry', detail: `left at ${day(7)}, entered "order" at ${day(9)}` }],
      },
    })
    given(opened('order'))
      .when({ type: 'WinDeal', data: { waive: true } }, { at: '2026-02-01T00:00:00.000Z', ...machine })
      .thenDecided({
        type: 'DealWon',
        data: {
          stage: 'order',
          flags: [
            {
              code: 'won-before-first-contact',
              detail: `won at 2026-02-01T00:00:00.000Z, first contact at ${day(1)}`,
            },
          ],
        },
      })
  })

  it('keeps to the playbook’s limit for late entry, whatever the fact; a waiver lets an import pass', () => {
    const needs = { playbook: published(definition({ backdating: { limit: 'P3D' } })) }
    const late = { at: day(10), now: day(14), needs }
    const value = { type: 'ValueDeal', data: { value: cny(1) } } as const
    const refusal = given(opened())
      .when({ type: 'LoseDeal', data: { reason: 'price' } }, late)
      .thenRefused('entered-too-late')
    expect(refusal.message).toContain(day(13))
    given(opened()).when(value, late).thenRefused('entered-too-late')
    given(opened())
      .when(value, { ...late, now: day(13) })
      .thenDecided({ type: 'DealValued', data: value.data })
    given(opened())
      .when({ type: 'ValueDeal', data: { ...value.data, waive: true } }, { ...late, ...machine })
      .thenDecided({ type: 'DealValued', data: value.data })
    given()
      .when({ type: 'OpenDeal', data: { playbook: { id: 'p' }, source: { channel: null } } }, late)
      .thenRefused('entered-too-late')
  })
})

describe('the waiver', () => {
  it('is for machines and administrators', () => {
    const advance = { type: 'AdvanceDeal', data: { waive: true } } as const
    given(opened()).when(advance).thenRefused('waiver-not-allowed')
    for (const role of ['service', 'administrator', 'import'])
      given(opened())
        .when(advance, { actor: { id: 'a', role } })
        .thenDecided({ type: 'DealAdvanced', data: { from: 'need', to: 'trial', waived: [need, lent] } })
  })

  it('lets jumps and remaining stages pass, and records what was missing', () => {
    given(opened())
      .when({ type: 'AdvanceDeal', data: { to: 'order', waive: true } }, machine)
      .thenDecided({
        type: 'DealSkippedAhead',
        data: {
          from: 'need',
          to: 'order',
          waived: [need, budgetMissing, offers(0), approval],
          skipped: ['trial', 'offer'],
          reason: 'not stated',
        },
      })
    given(opened('offer'))
      .when({ type: 'WinDeal', data: { waive: true } }, machine)
      .thenDecided({ type: 'DealWon', data: { stage: 'offer', skipped: ['order'], waived: [offers(0), approval] } })
  })
})

describe('evidence, fields, checklist', () => {
  it('attaches and withdraws evidence of a known kind', () => {
    given(opened())
      .when({ type: 'AttachEvidence', data: { evidenceId: 'e1', kind: 'brief', note: '见附件' } })
      .thenDecided({
        type: 'EvidenceAttached',
        data: { evidenceId: 'e1', kind: 'brief', stage: 'need', note: '见附件' },
      })
    given(opened())
      .when({ type: 'AttachEvidence', data: { kind: 'selfie' } })
      .thenRefused('unknown-evidence-kind', { details: { kind: 'selfie', known: ['brief', 'offer'] } })
    const attached = given(opened(), evidence('e1', 'brief'))
    attached.when({ type: 'AttachEvidence', data: { evidenceId: 'e1', kind: 'brief' } }).thenDecided()
    attached.when({ type: 'AttachEvidence', data: { evidenceId: 'e1', kind: 'offer' } }).thenRefused('evidence-exists')
    const withdraw = { type: 'WithdrawEvidence', data: { evidenceId: 'e1', reason: 'blurred' } } as const
    attached.when(withdraw).thenDecided({ type: 'EvidenceWithdrawn', data: withdraw.data })
    given(opened()).when(withdraw).thenRefused('unknown-evidence')
    const withdrawn = given(opened(), evidence('e1', 'brief'), { type: 'EvidenceWithdrawn', data: withdraw.data })
    withdrawn.when(withdraw).thenDecided()
    withdrawn
      .when({ type: 'AttachEvidence', data: { evidenceId: 'e1', kind: 'brief' } })
      .thenRefused('evidence-withdrawn')
  })

  it('sets the fields that differ', () => {
    given(opened(), budget)
      .when({ type: 'SetDealFields', data: { fields: { budget: cny(500_000), model: 'X1', urgent: false } } })
      .thenDecided({ type: 'DealFieldsSet', data: { fields: { model: 'X1', urgent: false } } })
    given(opened(), budget)
      .when({ type: 'SetDealFields', data: { fields: { budget: cny(500_000), model: null } } })
      .thenDecided()
    given(opened(), budget)
      .when({ type: 'SetDealFields', data: { fields: { budget: null } } })
      .thenDecided({ type: 'DealFieldsSet', data: { fields: { budget: null } } })
  })

  it('refuses fields it does not know and values of another type, all of them at once', () => {
    given(opened())
      .when({ type: 'SetDealFields', data: { fields: { colour: 'red', size: 3, budget: cny(1) } } })
      .thenRefused('unknown-field', {
        details: { unknown: ['colour', 'size'], known: ['budget', 'model', 'quantity', 'delivery', 'urgent'] },
      })
    const wrong: Record<string, FieldValue[]> = {
      budget: ['100', 100, true],
      model: [1, ' ', '', false, cny(1)],
      quantity: ['1', true, cny(1)],
      delivery: ['tomorrow', '2026-02-30', 20_260_222],
      urgent: ['yes', 1],
    }
    for (const [field, values] of Object.entries(wrong))
      for (const value of values)
        given(opened())
          .when({ type: 'SetDealFields', data: { fields: { [field]: value, model: 3 } } })
          .thenRefused('field-type-mismatch')
    given(opened())
      .when({ type: 'SetDealFields', data: { fields: { budget: '1', urgent: 1 } } })
      .thenRefused('field-type-mismatch', {
        details: {
          fields: [
            { field: 'budget', type: 'money' },
            { field: 'urgent', type: 'boolean' },
          ],
        },
      })
    const right = { budget: cny(1), model: 'X', quantity: 0, delivery: '2026-02-28', urgent: false }
    given(opened())
      .when({ type: 'SetDealFields', data: { fields: right } })
      .thenDecided({ type: 'DealFieldsSet', data: { fields: right } })
  })

  it('ticks items of the checklist, and takes ticks away', () => {
    given(opened())
      .when({ type: 'CompleteChecklistItem', data: { item: 'approved' } })
      .thenDecided(done('approved'))
    given(opened(), done('approved'))
      .when({ type: 'CompleteChecklistItem', data: { item: 'approved' } })
      .thenDecided()
    given(opened(), done('approved'))
      .when({ type: 'UndoChecklistItem', data: { item: 'approved', reason: 'wrong deal' } })
      .thenDecided({ type: 'ChecklistItemUndone', data: { item: 'approved', reason: 'wrong deal' } })
    given(opened())
      .when({ type: 'UndoChecklistItem', data: { item: 'approved', reason: 'x' } })
      .thenDecided()
    for (const command of [
      { type: 'CompleteChecklistItem', data: { item: 'danced' } },
      { type: 'UndoChecklistItem', data: { item: 'danced', reason: 'x' } },
    ] as const)
      given(opened())
        .when(command)
        .thenRefused('unknown-checklist-item', { details: { item: 'danced', known: ['device-lent', 'approved'] } })
  })
})

describe('value, owner, block, activities', () => {
  it('is valued and assigned, once', () => {
    given(opened())
      .when({ type: 'ValueDeal', data: { value: cny(5) } })
      .thenDecided({ type: 'DealValued', data: { value: cny(5) } })
    given(opened('need', { value: cny(5) }))
      .when({ type: 'ValueDeal', data: { value: cny(5) } })
      .thenDecided()
    const placed = (storeId: string | null) => ({ needs: { placement: { storeId, regionId: 'east' } } })
    const assign = (repId: string) => ({ type: 'AssignDeal', data: { repId } }) as const
    given(opened())
      .when(assign('han'), placed('s2'))
      .thenDecided({ type: 'DealAssigned', data: { repId: 'han', storeId: 's2' } })
    given(opened()).when(assign('li'), placed('s1')).thenDecided()
    given(opened()).when(assign('li'), placed(null)).thenRefused('rep-without-store')
    given(opened()).when(assign('ghost')).thenRefused('unknown-rep')
  })

  it('is blocked by one reason at a time, of the playbook’s', () => {
    const block = (reason: string) => ({ type: 'BlockDeal', data: { reason } }) as const
    const blocked = (reason: string) => ({ type: 'DealBlocked', data: { stage: 'need', reason } }) as const
    const unblocked = (reason: string) => ({ type: 'DealUnblocked', data: { stage: 'need', reason } }) as const
    given(opened()).when(block('budget')).thenDecided(blocked('budget'))
    given(opened()).when(block('mood')).thenRefused('unknown-blocking-reason')
    given(opened(), blocked('budget')).when(block('budget')).thenDecided()
    given(opened(), blocked('budget')).when(block('designer')).thenDecided(unblocked('budget'), blocked('designer'))
    given(opened(), blocked('budget')).when({ type: 'UnblockDeal', data: {} }).thenDecided(unblocked('budget'))
    given(opened()).when({ type: 'UnblockDeal', data: {} }).thenDecided()
    given(opened(), blocked('budget'))
      .when({ type: 'LoseDeal', data: { reason: 'price' } })
      .thenDecided(unblocked('budget'), { type: 'DealLost', data: { stage: 'need', reason: 'price' } })
  })

  it('logs what was done, as often as it was done', () => {
    const { decision } = given(opened()).when({ type: 'LogDealActivity', data: { kind: 'visit' } })
    expect(decision).toMatchObject([{ type: 'DealActivityLogged', data: { kind: 'visit' } }])
  })

  it('keeps on taking facts when it is closed', () => {
    const won = given(opened('order'), { type: 'DealWon', data: { stage: 'order' } })
    won
      .when({ type: 'ValueDeal', data: { value: cny(5) } })
      .thenDecided({ type: 'DealValued', data: { value: cny(5) } })
    won
      .when({ type: 'AttachEvidence', data: { evidenceId: 'e9', kind: 'brief' } })
      .thenDecided({ type: 'EvidenceAttached', data: { evidenceId: 'e9', kind: 'brief', stage: 'order' } })
  })
})

describe('migrating to another version', () => {
  const renamed = definition({
    stages: [
      { ...book.stages[0]!, id: 'talk', exit: { evidence: [{ kind: 'brief', min: 2 }] } },
      book.stages[1]!,
      { ...book.stages[2]!, entry: { fields: ['budget', 'model'] } },
      book.stages[3]!,
    ],
  })
  const needs = { playbook: published(book, renamed) }
  const inOffer = given(opened(), evidence('e1', 'brief'), moved('need', 'trial'), moved('trial', 'offer', 3))
  const model = { ...budgetMissing, item: 'model' }
  const missing = [{ ...need, stage: 'talk', required: 2, present: 1 }, lent, budgetMissing, model]

  it('says what the gates passed so far would miss, and does not hinder', () => {
    const stages = { need: 'talk' }
    const moved = inOffer.when({ type: 'MigrateDeal', data: { toVersion: 2, stages } }, { needs })
    moved.thenDecided({
      type: 'DealMigrated',
      data: {
        from: { id: 'p', version: 1 },
        to: { id: 'p', version: 2 },
        fromStage: 'offer',
        toStage: 'offer',
        stages,
        missing,
      },
    })
    expect(moved.state).toMatchObject({ deal: { playbook: { version: 2 }, visited: ['talk', 'trial', 'offer'] } })
    const { deal: before } = inOffer.state as Exclude<DealState, { status: 'none' }>
    expect(previewMigration(before, renamed, stages)).toEqual({ stage: 'offer', missing, unmapped: [] })
    expect(previewMigration(before, renamed).unmapped).toEqual(['need'])
  })

  it('needs a place for the stage the deal is in', () => {
    given(opened())
      .when({ type: 'MigrateDeal', data: { toVersion: 2 } }, { needs })
      .thenRefused('unmapped-stage', {
        details: { stage: 'need', known: ['talk', 'trial', 'offer', 'order'], unmapped: ['need'] },
      })
    given(opened())
      .when({ type: 'MigrateDeal', data: { toVersion: 2, stages: { need: 'chat' } } }, { needs })
      .thenRefused('unknown-stage')
    expect(
      given(opened()).when({ type: 'MigrateDeal', data: { toVersion: 2, stages: { need: 'talk' } } }, { needs }).state,
    ).toMatchObject({ deal: { stage: 'talk' } })
  })

  it('does nothing for the version it has, and refuses one that is not there or a closed deal', () => {
    given(opened())
      .when({ type: 'MigrateDeal', data: { toVersion: 1 } }, { needs })
      .thenDecided()
    given(opened())
      .when({ type: 'MigrateDeal', data: { toVersion: 3 } }, { needs })
      .thenRefused('unknown-playbook-version')
    given(opened(), { type: 'DealLost', data: { stage: 'need', reason: 'price' } })
      .when({ type: 'MigrateDeal', data: { toVersion: 2 } }, { needs })
      .thenRefused('deal-lost')
  })
})

describe('the next step, for boards', () => {
  const next = (...events: Past<DealEvent>[]) => {
    const { deal } = given(...events).state as Exclude<DealState, { status: 'none' }>
    return missingForNext(gateFacts(deal), book)
  }
  it('names the next stage, what is missing and what to do', () => {
    expect(next(opened())).toEqual({ next: 'trial', missing: [need, lent], nextAction: undefined })
    expect(next(opened('offer'), evidence('e1', 'offer'))).toEqual({
      next: 'order',
      missing: [offers(1), approval],
      nextAction: { 'zh-CN': 'Send the offer', en: 'Send the offer' },
    })
    expect(next(opened('order'))).toEqual({ next: null, missing: [], nextAction: undefined })
  })
})

describe('the built-in playbooks', () => {
  it('home improvement: holds the quote until the signed screenshot and the competitor price are there', () => {
    const needs = { playbook: published(homeImprovement) }
    const at = opened('quote')
    given(at)
      .when({ type: 'AdvanceDeal', data: {} }, { needs })
      .thenRefused('gate-unmet', {
        missing: [
          { gate: 'exit', stage: 'quote', kind: 'evidence', item: 'signed-quote-screenshot', required: 1, present: 0 },
          { gate: 'exit', stage: 'quote', kind: 'field', item: 'competitor-price', required: 1, present: 0 },
        ],
      })
    given(at, evidence('e1', 'signed-quote-screenshot'), {
      type: 'DealFieldsSet',
      data: { fields: { 'competitor-price': cny(8_000_000) } },
    })
      .when({ type: 'AdvanceDeal', data: {} }, { needs })
      .thenDecided({ type: 'DealAdvanced', data: { from: 'quote', to: 'contract' } })
  })

  it('B2B devices: each stage is left with its own document, up to the first payment that wins', () => {
    const { stages } = builtinPlaybooks['b2b-device']
    const needs = { playbook: published(builtinPlaybooks['b2b-device']) }
    let events: readonly Past<DealEvent>[] = [opened('needs-confirmed')]
    for (const { id, exit } of stages) {
      const last = id === 'first-payment-received'
      const command = last ? ({ type: 'WinDeal', data: {} } as const) : ({ type: 'AdvanceDeal', data: {} } as const)
      const [document] = exit.evidence
      const refusal = given(...events)
        .when(command, { needs })
        .thenRefused('gate-unmet')
      expect(refusal.missing?.map(({ item }) => item)).toEqual([document?.kind])
      events = [...events, evidence(id, document!.kind)]
      const { decision, state } = given(...events).when(command, { needs })
      expect(state.status).toBe(last ? 'won' : 'open')
      events = [...events, ...(decision as readonly DealEvent[])]
    }
  })
})
