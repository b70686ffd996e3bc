import { spec } from '@headwater/schema/testing'
import { describe, expect, it } from 'vitest'
import { customer } from './index.ts'

const given = spec(customer, { streamId: 'cu-1' })
const contact = { subject: 'p-1', name: '王女士', phone: '13800138000' }
const registered = {
  type: 'CustomerRegistered',
  data: { customerId: 'cu-1', caseId: 'lead-1', leadId: 'lead-1', contact },
} as const
const register = { type: 'RegisterCustomer', data: { leadId: 'lead-1', contact } } as const

describe('a customer', () => {
  it('is registered in the story of its lead, or in its own', () => {
    given().when(register).thenDecided(registered)
    expect(customer.caseId('cu-1', given(registered).state)).toBe('lead-1')
    given()
      .when({ type: 'RegisterCustomer', data: { organisation: '搭贝' } })
      .thenDecided({ type: 'CustomerRegistered', data: { customerId: 'cu-1', caseId: 'cu-1', organisation: '搭贝' } })
  })

  it('is registered once', () => {
    given(registered).when(register).thenDecided()
    given(registered)
      .when({ type: 'RegisterCustomer', data: { leadId: 'lead-2', contact } })
      .thenRefused('customer-exists')
  })

  it('changes what differs of its contact details', () => {
    const change = (data: object) => ({ type: 'ChangeCustomerContact', data }) as const
    given(registered).when(change({ contact })).thenDecided()
    given(registered).when(change({})).thenDecided()
    given(registered)
      .when(change({ contact, organisation: '搭贝' }))
      .thenDecided({ type: 'CustomerContactChanged', data: { organisation: '搭贝' } })
    given().when(change({ contact })).thenRefused('customer-not-found')
  })

  it('has one owner at a time, handed over in the order of time', () => {
    const assign = (repId: string) => ({ type: 'AssignCustomerOwner', data: { repId, storeId: 's-1' } }) as const
    const assigned = { type: 'CustomerOwnerAssigned', data: { repId: 'rep-1', storeId: 's-1' } } as const
    given().when(assign('rep-1')).thenRefused('customer-not-found')
    given(registered).when(assign('rep-1')).thenDecided(assigned)
    given(registered, assigned).when(assign('rep-1')).thenDecided()
    given(registered, assigned)
      .when(assign('rep-2'))
      .thenDecided({ type: 'CustomerOwnerAssigned', data: { repId: 'rep-2', storeId: 's-1', previousRepId: 'rep-1' } })
    given(registered, { ...assigned, occurredAt: '2026-12-01T00:00:00.000Z' })
      .when(assign('rep-2'))
      .thenRefused('earlier-than-last-change')
  })
})
