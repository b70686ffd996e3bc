import type { LeadEvent } from '@headwater/schema'
import { describe, expect, test } from 'vitest'
import { fold } from '../testing/fold.ts'
import { leadsModel } from './fold.ts'

const on = (day: string) => `2026-03-${day}T01:00:00.000Z`
const captured: LeadEvent = {
  type: 'LeadCaptured',
  data: {
    leadId: 'L',
    organisation: 'ACME Co., Ltd.',
    tags: { type: 'retail', region: 'north', firstContactChannel: 'web' },
    source: { channel: 'web', landingPage: '/spring' },
  },
}
const touched = (touchId: string, direction: 'inbound' | 'outbound'): LeadEvent => ({
  type: 'LeadTouched',
  data: { touchId, direction, channel: 'phone' },
})
const lead = (...events: readonly (readonly [string, LeadEvent])[]) =>
  fold(leadsModel, 'lead-L', new Map(), [on('01'), captured], ...events)

describe('a lead', () => {
  test('is first touched by its capture', () => {
    const { root, touches } = lead([on('04'), touched('t2', 'outbound')], [on('03'), touched('t1', 'outbound')])
    expect(touches).toMatchObject([
      { touchNo: 0, direction: 'inbound', channel: 'web', landingPage: '/spring', occurredAt: on('01') },
      { touchNo: 1, touchId: 't2', occurredAt: on('04') },
      { touchNo: 2, touchId: 't1', occurredAt: on('03') },
    ])
    expect(root).toMatchObject({
      touches: 3,
      firstOutboundAt: on('03'),
      lastTouchAt: on('04'),
      organisationKey: 'acme',
    })
  })

  test("keeps marketing's and sales' judgements apart", () => {
    const { root } = lead(
      [on('02'), { type: 'LeadMarkedInvalid', data: { reason: 'test data' } }],
      [on('03'), { type: 'LeadQualified', data: {} }],
    )
    expect(root).toMatchObject({ valid: false, invalidReason: 'test data', qualified: true, status: 'qualified' })
  })

  test('ends in a deal and customer, or in another lead', () => {
    const converted = lead([on('02'), { type: 'LeadConverted', data: { customerId: 'C', dealId: 'D' } }])
    expect(converted.root).toMatchObject({ status: 'converted', customerId: 'C', dealId: 'D', convertedAt: on('02') })
    expect(lead([on('02'), { type: 'LeadMerged', data: { intoLeadId: 'M' } }]).root).toMatchObject({
      status: 'merged',
      mergedInto: 'M',
    })
  })
})
