import { describe, expect, it } from 'vitest'
import { deal } from './index.ts'
import {
  approval,
  back,
  book,
  budgetMissing,
  cny,
  day,
  definition,
  done,
  evidence,
  given,
  machine,
  moved,
  need,
  offers,
  opened,
  published,
  ready,
} from './testing.ts'

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
