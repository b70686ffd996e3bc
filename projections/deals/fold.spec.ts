import type { DealEvent, Instant } from '@headwater/schema'
import { describe, expect, test } from 'vitest'
import { versions } from '../testing/deals.ts'
import { fold } from '../testing/fold.ts'
import { dealsModel } from './fold.ts'
import { pinned } from './playbooks.ts'

// Stages a, b, c, d; in version 2 c is called x. Open Mon–Fri 9–18 in Shanghai (UTC+8), closed on Wednesday 2026-01-14.
const refs = new Map(versions.map((version, i) => [`p@${i + 1}`, pinned(version)]))
const deal = (...events: readonly (readonly [Instant, DealEvent])[]) => fold(dealsModel, 'deal-D', refs, ...events)

const on = (day: string, time = '02:00') => `2026-01-${day}T${time}:00.000Z`
const opened: DealEvent = {
  type: 'DealOpened',
  data: {
    dealId: 'D',
    caseId: 'L',
    playbook: { id: 'p', version: 1 },
    stage: 'a',
    repId: 'r1',
    storeId: 's1',
    source: { channel: 'web', campaign: 'spring' },
    value: { amount: 120_000, currency: 'CNY' },
  },
}
const advanced = (from: string, to: string): DealEvent => ({ type: 'DealAdvanced', data: { from, to } })
const back = (from: string, to: string): DealEvent => ({ type: 'DealMovedBack', data: { from, to, reason: 'spec' } })
const assigned: DealEvent = { type: 'DealAssigned', data: { repId: 'r2', storeId: 's2' } }
const lost: DealEvent = { type: 'DealLost', data: { stage: 'b', reason: 'price' } }

describe('stage visits', () => {
  test('close and open with each move, in business and in recorded time', () => {
    const { visits, root } = deal([on('12'), opened], [on('15'), advanced('a', 'b')])
    expect(visits).toMatchObject([
      {
        visitNo: 0,
        stage: 'a',
        entryKind: 'open',
        enteredAt: on('12'),
        exitedAt: on('15'),
        exitKind: 'advance',
        toNext: true,
      },
      { visitNo: 1, stage: 'b', entryKind: 'advance', enteredAt: on('15'), exitedAt: null },
    ])
    expect(visits[0]).toMatchObject({
      enteredRecordedAt: '2026-06-01T00:00:00.000Z',
      exitedRecordedAt: '2026-06-01T00:00:01.000Z',
    })
    expect(root).toMatchObject({ status: 'open', stage: 'b', stageIndex: 1, revision: 1, lastActivityAt: on('15') })
  })

  test('carry the business clock: Monday 10:00 to Thursday 10:00 over a holiday is two working days', () => {
    const { visits } = deal([on('12'), opened], [on('15'), advanced('a', 'b')])
    expect(visits[0]!.exitedClock! - visits[0]!.sinceClock!).toBe(2 * 9 * 3_600_000)
  })

  test('belong to who had the deal when it entered the stage', () => {
    const { visits, root } = deal([on('12'), opened], [on('13'), assigned], [on('15'), advanced('a', 'b')])
    expect(visits).toMatchObject([
      { repId: 'r1', storeId: 's1', channel: 'web' },
      { repId: 'r2', storeId: 's2', campaign: 'spring' },
    ])
    expect(root).toMatchObject({ repId: 'r2', lastActivityAt: on('15') })
  })

  test('tell a way on to the next stage from any other way out', () => {
    const skipped: DealEvent = {
      type: 'DealSkippedAhead',
      data: { from: 'a', to: 'c', skipped: ['b'], reason: 'spec' },
    }
    const { visits } = deal([on('12'), opened], [on('13'), skipped], [on('14'), back('c', 'a')])
    expect(visits.map(({ exitKind, toNext, skipped }) => ({ exitKind, toNext, skipped }))).toEqual([
      { exitKind: 'skip', toNext: false, skipped: ['b'] },
      { exitKind: 'back', toNext: false, skipped: [] },
      { exitKind: null, toNext: false, skipped: [] },
    ])
    const won: DealEvent = { type: 'DealWon', data: { stage: 'd' } }
    const path = [advanced('a', 'b'), advanced('b', 'c'), advanced('c', 'd'), won].map(
      (event, i) => [on(`1${3 + i}`), event] as const,
    )
    expect(deal([on('12'), opened], ...path).visits.map(({ toNext }) => toNext)).toEqual([true, true, true, true])
  })

  test('are flagged on both sides of a move that contradicts other facts', () => {
    const flags = [{ code: 'before-entry', detail: 'spec' }]
    const { visits, root } = deal(
      [on('12'), opened],
      [on('11'), { type: 'DealAdvanced', data: { from: 'a', to: 'b', flags } }],
    )
    expect(visits).toMatchObject([
      { entryFlagged: false, exitFlagged: true },
      { entryFlagged: true, exitFlagged: false },
    ])
    expect(root.flags).toEqual(flags)
  })

  test('go on under another playbook version, from the time of entry', () => {
    const migrated: DealEvent = {
      type: 'DealMigrated',
      data: { from: { id: 'p', version: 1 }, to: { id: 'p', version: 2 }, fromStage: 'b', toStage: 'b', missing: [] },
    }
    const blocked: DealEvent = { type: 'DealBlocked', data: { stage: 'b', reason: 'budget' } }
    const { visits, root, blocks } = deal(
      [on('12'), opened],
      [on('13'), advanced('a', 'b')],
      [on('14'), blocked],
      [on('16'), migrated],
    )
    expect(visits.slice(1)).toMatchObject([
      { playbookVersion: 1, since: on('13'), exitedAt: on('16'), exitKind: 'migrate' },
      { playbookVersion: 2, since: on('13'), enteredAt: on('16'), entryKind: 'continue', exitedAt: null },
    ])
    expect(blocks).toMatchObject([
      { visitNo: 1, toAt: on('16') },
      { visitNo: 2, toAt: null },
    ])
    expect(root).toMatchObject({
      playbookVersion: 2,
      stageEnteredAt: on('13'),
      blockingReason: 'budget',
      lastActivityAt: on('14'),
    })
  })
})

describe('the deal', () => {
  test('lost and reopened is open again, and its loss stays with the visit', () => {
    const closed = deal([on('12'), opened], [on('13'), advanced('a', 'b')], [on('14'), lost])
    expect(closed.root).toMatchObject({ status: 'lost', lossReason: 'price', closedAt: on('14'), stage: 'b' })
    const reopened: DealEvent = { type: 'DealReopened', data: { stage: 'a', reason: 'spec' } }
    const { root, visits } = deal(
      [on('12'), opened],
      [on('13'), advanced('a', 'b')],
      [on('14'), lost],
      [on('15'), reopened],
    )
    expect(root).toMatchObject({ status: 'open', lossReason: null, closedAt: null, stage: 'a' })
    expect(visits.slice(1)).toMatchObject([
      { exitKind: 'lost', lossReason: 'price' },
      { stage: 'a', entryKind: 'reopen' },
    ])
  })

  test('is blocked for one reason at a time, at most as long as it stays', () => {
    const blocked = (reason: string): DealEvent => ({ type: 'DealBlocked', data: { stage: 'a', reason } })
    const { root, blocks } = deal(
      [on('12'), opened],
      [on('13'), blocked('price')],
      [on('14'), blocked('time')],
      [on('15'), advanced('a', 'b')],
    )
    expect(blocks).toMatchObject([
      { reason: 'price', stage: 'a', fromAt: on('13'), toAt: on('14') },
      { reason: 'time', stage: 'a', fromAt: on('14'), toAt: on('15') },
    ])
    expect(root.blockingReason).toBeNull()
  })

  test('keeps its evidence, fields and checklist as they stand', () => {
    const { root } = deal(
      [on('12'), opened],
      [on('13'), { type: 'EvidenceAttached', data: { evidenceId: 'e1', kind: 'sketch', stage: 'a' } }],
      [on('13'), { type: 'EvidenceAttached', data: { evidenceId: 'e2', kind: 'sketch', stage: 'a' } }],
      [on('14'), { type: 'EvidenceWithdrawn', data: { evidenceId: 'e1', reason: 'spec' } }],
      [on('14'), { type: 'DealFieldsSet', data: { fields: { area: 90, note: 'x' } } }],
      [on('14'), { type: 'DealFieldsSet', data: { fields: { note: null } } }],
      [on('14'), { type: 'ChecklistItemDone', data: { item: 'measured' } }],
      [on('15'), { type: 'DealValued', data: { value: { amount: 99, currency: 'JPY' } } }],
    )
    expect(root).toMatchObject({ fields: { area: 90 }, checklist: ['measured'], valueAmount: 99, valueCurrency: 'JPY' })
    expect(root.evidence).toEqual([{ evidenceId: 'e2', kind: 'sketch', stage: 'a', attachedAt: on('13') }])
  })

  test('of an unpublished playbook cannot be folded', () => {
    const elsewhere: DealEvent = {
      type: 'DealOpened',
      data: { ...opened.data, playbook: { id: 'p', version: 3 } } as never,
    }
    expect(() => deal([on('12'), elsewhere])).toThrow('version 3 of playbook p was never published')
  })
})
