import { spec } from '@headwater/schema/testing'
import { describe, expect, it } from 'vitest'
import type { LeadState } from '../lead/index.ts'
import { channelOf, visitor } from './index.ts'

const given = spec(visitor, { streamId: 'v-1' })
const touched = {
  type: 'VisitorTouched',
  data: { visitorId: 'v-1', touchId: 't-1', channel: 'douyin-ads', direct: false },
} as const
const isLead = { type: 'VisitorIdentified', data: { as: 'lead', leadId: 'L1' } } as const
const isCustomer = { type: 'VisitorIdentified', data: { as: 'customer', customerId: 'C1' } } as const

const lead = (absorbed: readonly string[] = []): LeadState => ({
  status: 'active',
  lead: {
    leadId: 'L1',
    contact: undefined,
    organisation: undefined,
    tags: { type: null, region: null, firstContactChannel: null },
    owner: null,
    validity: null,
    qualification: null,
    suspected: [],
    absorbed,
  },
})
const customer = {
  status: 'registered',
  customerId: 'C1',
  caseId: 'C1',
  leadId: undefined,
  contact: undefined,
  organisation: undefined,
  owner: undefined,
} as const

describe('a touch of a visitor', () => {
  it('takes channel, campaign and content from the link', () => {
    const utm = { source: 'douyin', medium: 'cpc', campaign: '618', content: 'video-7' }
    const { decision } = given().when({ type: 'TouchVisitor', data: { channel: undefined, utm, system: 'web' } })
    expect(decision).toMatchObject([
      {
        type: 'VisitorTouched',
        data: { channel: 'douyin-ads', campaign: '618', content: 'video-7', direct: false, system: 'web', utm },
      },
    ])
  })

  it('is direct where nothing led here, and what is said holds', () => {
    expect(given().when({ type: 'TouchVisitor', data: {} }).decision).toMatchObject([
      { data: { channel: 'direct', direct: true } },
    ])
    const data = { channel: 'fair', cost: { amount: 12_00, currency: 'CNY' }, direct: false }
    expect(given(isLead).when({ type: 'TouchVisitor', data }).decision).toMatchObject([{ data }])
  })
})

describe('who a visitor is', () => {
  const identify = (data: { leadId?: string; customerId?: string }) => ({ type: 'IdentifyVisitor', data }) as const

  it('is told before or after the touches, once', () => {
    given(touched)
      .when(identify({ leadId: 'L1' }), { needs: { lead: lead() } })
      .thenDecided(isLead)
    given()
      .when(identify({ leadId: 'L1' }), { needs: { lead: lead() } })
      .thenDecided(isLead)
    given(isLead)
      .when(identify({ leadId: 'L1' }), { needs: { lead: lead() } })
      .thenDecided()
  })

  it('is one lead and one customer', () => {
    given(isLead)
      .when(identify({ leadId: 'L1', customerId: 'C1' }), { needs: { lead: lead(), customer } })
      .thenDecided(isCustomer)
    given(isLead)
      .when(identify({ leadId: 'L2' }), { needs: { lead: lead() } })
      .thenRefused('visitor-identified', { details: { leadId: 'L1' } })
    given(isCustomer)
      .when(identify({ customerId: 'C2' }), { needs: { customer } })
      .thenRefused('visitor-identified', { details: { customerId: 'C1' } })
  })

  it('holds already where the lead was merged into the one that is named', () => {
    given(isLead)
      .when(identify({ leadId: 'L2' }), { needs: { lead: lead(['L1']) } })
      .thenDecided()
  })

  it('is somebody', () => {
    given()
      .when(identify({ leadId: 'L9' }))
      .thenRefused('lead-not-found')
    given()
      .when(identify({ customerId: 'C9' }))
      .thenRefused('customer-not-found')
    given().when(identify({})).thenRefused('nobody-named')
  })
})

describe('the channel of a link', () => {
  it.each([
    [{}, 'direct'],
    [{ utm: { source: '(direct)', medium: '(none)' } }, 'direct'],
    [{ clickId: 'gclid' }, 'paid-search'],
    [{ clickId: 'bd_vid', referrer: 'www.baidu.com' }, 'baidu-search'],
    [{ utm: { source: 'baidu', medium: 'CPC' } }, 'baidu-search'],
    [{ referrer: 'm.baidu.com' }, 'organic-search'],
    [{ referrer: 'notbaidu.com' }, 'web-referral'],
    [{ utm: { source: 'xhs', medium: 'feed' } }, 'xiaohongshu'],
    [{ utm: { source: 'crm', medium: 'email' } }, 'email'],
    [{ utm: { source: 'weibo', medium: 'paid-social' } }, 'paid-social'],
    [{ utm: { source: 'weibo' } }, 'organic-social'],
    [{ utm: { source: 'magazine', medium: 'qr' } }, 'unassigned'],
    [{ utm: { campaign: 'spring' } }, 'unassigned'],
    [{ referrer: 'some.blog.example' }, 'web-referral'],
  ] as const)('%j is %s', (arrival, channel) => {
    expect(channelOf(arrival)).toBe(channel)
  })

  it('is told by rules that can be replaced', () => {
    expect(channelOf({ referrer: 'blog.example' }, [{ channel: 'blog', source: ['blog.example'] }])).toBe('blog')
  })
})
