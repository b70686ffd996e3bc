import { CommissionPlanDefinition, type CommissionPlanInput } from '@headwater/schema'
import { spec } from '@headwater/schema/testing'
import { describe, expect, it } from 'vitest'
import type { LedgerState } from '../index.ts'
import { plan } from './index.ts'

const author = { id: 'author', role: 'headquarters' }
const finance = { id: 'finance', role: 'headquarters' }
const unopened: LedgerState = { status: 'none' }
const given = spec(plan, { streamId: 'base', actor: author, needs: { ledger: unopened } })

const definition = (more: Partial<CommissionPlanInput> = {}) =>
  CommissionPlanDefinition.parse({
    name: { 'zh-CN': '基础提成', en: 'Base' },
    currency: 'CNY',
    zone: 'Asia/Shanghai',
    effective: { from: '2026-01-01' },
    rules: [{ id: 'base', kind: 'flat', rate: '0.05' }],
    ...more,
  } satisfies CommissionPlanInput)
const other = definition({ rules: [{ id: 'base', kind: 'flat', rate: '0.06' }] })
const submit = (what = definition(), version?: number) =>
  ({ type: 'SubmitCommissionPlan', data: { definition: what, ...(version && { version }) } }) as const
const approve = (version = 1) => ({ type: 'ApproveCommissionPlan', data: { version } }) as const
const reject = (version = 1) => ({ type: 'RejectCommissionPlan', data: { version, reason: 'too much' } }) as const
const submitted = (version = 1, what = definition()) =>
  ({ type: 'CommissionPlanSubmitted', data: { planId: 'base', version, definition: what } }) as const
const approved = (version = 1) =>
  ({ type: 'CommissionPlanApproved', data: { planId: 'base', version }, actor: finance }) as const
const rejected = (version = 1) =>
  ({ type: 'CommissionPlanRejected', data: { planId: 'base', version, reason: 'too much' } }) as const

describe('a commission plan', () => {
  it('is submitted in versions that count up', () => {
    given().when(submit()).thenDecided(submitted())
    given(submitted(), approved()).when(submit(other)).thenDecided(submitted(2, other))
    given(submitted(), approved())
      .when(submit(other, 3))
      .thenRefused('version-conflict', { details: { expected: 3, next: 2 } })
  })

  it('is nothing new where its last version says the same, unless that was rejected', () => {
    given(submitted()).when(submit()).thenDecided()
    given(submitted()).when(submit(), { actor: finance }).thenDecided()
    given(submitted(), approved()).when(submit()).thenDecided()
    given(submitted(), rejected()).when(submit()).thenDecided(submitted(2))
  })

  it('has one version at a time that waits', () => {
    given(submitted()).when(submit(other)).thenRefused('version-pending')
    given(submitted(), rejected()).when(submit(other)).thenDecided(submitted(2, other))
  })

  it('is approved by somebody who did not submit it, whatever their role', () => {
    const { actor: _, ...event } = approved()
    given(submitted()).when(approve(), { actor: finance }).thenDecided(event)
    for (const role of ['headquarters', 'administrator', 'service'])
      given(submitted())
        .when(approve(), { actor: { ...author, role } })
        .thenRefused('segregation-of-duties')
    given({ ...submitted(), actor: finance }, { ...rejected(), actor: author }, submitted(2))
      .when(approve(2), { actor: finance })
      .thenDecided({ ...event, data: { planId: 'base', version: 2 } })
  })

  it('is decided on once', () => {
    given(submitted()).when(reject()).thenDecided(rejected())
    given(submitted(), approved()).when(approve()).thenDecided()
    given(submitted(), rejected()).when(reject()).thenDecided()
    given(submitted(), approved()).when(reject()).thenRefused('already-approved')
    given(submitted(), rejected()).when(approve()).thenRefused('already-rejected')
    given(submitted()).when(approve(2)).thenRefused('unknown-version')
    given().when(reject()).thenRefused('unknown-version')
  })

  it('keeps what was approved', () => {
    expect(given(submitted(), approved(), submitted(2, other)).state.versions).toEqual([
      { definition: definition(), submittedBy: 'author', status: 'approved' },
      { definition: other, submittedBy: 'author', status: 'pending' },
    ])
  })
})

describe('beside an open ledger, a commission plan', () => {
  const seal = 'a'.repeat(64)
  const ledger = {
    status: 'open',
    zone: 'Asia/Shanghai',
    currency: 'CNY',
    firstPeriod: '2025-12',
    closed: { period: '2026-01', seal },
    closing: undefined,
  } as const
  const february = { effective: { from: '2026-02-01' } }
  const cutOff = (stage: 'cut-off' | 'returned') =>
    ({ ...ledger, closing: { period: '2026-02', stage, preparers: new Set<string>() } }) as const

  it.each<[string, Partial<CommissionPlanInput>, LedgerState]>([
    ['wrong-currency', { ...february, currency: 'JPY' }, ledger],
    ['wrong-zone', { ...february, zone: 'Asia/Tokyo' }, ledger],
    ['month-closed', {}, ledger],
    ['month-closed', february, cutOff('cut-off')],
  ])('is refused: %s', (code, more, ledger) => {
    given()
      .when(submit(definition(more)), { needs: { ledger } })
      .thenRefused(code)
    given(submitted(1, definition(more)))
      .when(approve(), { needs: { ledger }, actor: finance })
      .thenRefused(code)
  })

  it.each<[string, Partial<CommissionPlanInput>, LedgerState]>([
    ['begins later', february, ledger],
    ['begins in a month that was returned', february, cutOff('returned')],
    ['says that it reaches back', { retroactive: true }, ledger],
    ['comes before any month is closed', {}, { ...ledger, closed: undefined }],
  ])('is right where it %s', (_, more, ledger) => {
    given()
      .when(submit(definition(more)), { needs: { ledger } })
      .thenDecided(submitted(1, definition(more)))
  })
})
