import type { FieldValue } from '@headwater/schema'
import { describe, expect, it } from 'vitest'
import { DealCommand } from './commands.ts'
import { budget, cny, done, evidence, given, opened } from './testing.ts'

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

  it('is worth nothing or more', () => {
    const takes = (type: string, value: object) =>
      DealCommand.safeParse({ type, data: { value, playbook: { id: 'p' }, source: { channel: null } } }).success
    for (const type of ['OpenDeal', 'ValueDeal', 'WinDeal'])
      expect([0, 1, -1].map((amount) => takes(type, cny(amount)))).toEqual([true, true, false])
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
