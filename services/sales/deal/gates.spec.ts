import type { DealEvent } from '@headwater/schema'
import type { Past } from '@headwater/schema/testing'
import { describe, expect, it } from 'vitest'
import { builtinPlaybooks } from '../playbook/index.ts'
import { type DealState, gateFacts, missingForNext } from './index.ts'
import {
  approval,
  book,
  cny,
  evidence,
  given,
  homeImprovement,
  lent,
  need,
  offers,
  opened,
  published,
} from './testing.ts'

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
