import { describe, expect, it } from 'vitest'
import {
  approval,
  back,
  budgetMissing,
  cny,
  day,
  definition,
  done,
  given,
  lent,
  machine,
  moved,
  need,
  offers,
  opened,
  published,
  ready,
} from './testing.ts'

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

  it('flags a win before the first contact also where the stage was entered before it', () => {
    const early = '2026-02-01T00:00:00.000Z'
    const entered = { ...moved('offer', 'order', 2), occurredAt: early }
    given(opened('offer'), entered)
      .when({ type: 'WinDeal', data: { waive: true } }, { at: early, ...machine })
      .thenDecided({
        type: 'DealWon',
        data: {
          stage: 'order',
          flags: [{ code: 'won-before-first-contact', detail: `won at ${early}, first contact at ${day(1)}` }],
        },
      })
    given(opened('offer'), entered)
      .when({ type: 'LoseDeal', data: { reason: 'price' } }, { at: early })
      .thenRefused('before-stage-entry', { details: { stage: 'order', openedAt: day(1), occurredAt: early } })
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
