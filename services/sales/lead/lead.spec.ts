import { deriveId, FORGOTTEN, type LeadEvent } from '@headwater/schema'
import { type Past, spec } from '@headwater/schema/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LeadCommand, type LeadState, lead } from './index.ts'

const given = spec(lead, { streamId: 'lead-1' })
const tags = { type: 'new-home', region: 'east', firstContactChannel: 'douyin' }
const contact = { subject: 'p-1', name: '王女士', phone: '138 0013 8000' }
const capture = { contact, tags, source: { channel: 'douyin', campaign: '618' } }
const captured = { type: 'LeadCaptured', data: { leadId: 'lead-1', ...capture } } satisfies Past<LeadEvent>
const qualified = { type: 'LeadQualified', data: {} } as const
const converted = { type: 'LeadConverted', data: { customerId: 'cu-1', dealId: 'de-1' } } as const
const merged = { type: 'LeadMerged', data: { intoLeadId: 'lead-2' } } as const
const machine = { actor: { id: 'importer', role: 'import' } }
const context = {
  streamId: 'lead-1',
  now: '2026-03-02T02:00:00.000Z',
  occurredAt: '2026-03-01T02:00:00.000Z',
  actor: machine.actor,
  commandId: 'c',
  id: (name: string) => name,
}

describe('capturing', () => {
  it('takes a lead with its three tags and a way to reach it', () => {
    given().when({ type: 'CaptureLead', data: capture }).thenDecided(captured)
    given(captured).when({ type: 'CaptureLead', data: capture }).thenDecided()
    given(captured)
      .when({ type: 'CaptureLead', data: { ...capture, contact: { ...contact, phone: '13900139000' } } })
      .thenRefused('lead-exists')
  })

  it('refuses one without its tags and names them all', () => {
    given()
      .when({
        type: 'CaptureLead',
        data: { ...capture, tags: { type: null, region: 'east', firstContactChannel: ' ' } },
      })
      .thenRefused('missing-tags', { details: { tags: ['type', 'firstContactChannel'] } })
  })

  it('takes it from an import, with a flag for each', () => {
    const bare = { tags: { type: null, region: null, firstContactChannel: 'web' }, source: { channel: null } }
    const { decision } = given().when({ type: 'CaptureLead', data: { ...bare, waive: true } }, machine)
    expect(decision).toEqual([
      {
        type: 'LeadCaptured',
        data: {
          leadId: 'lead-1',
          ...bare,
          flags: [
            { code: 'missing-tag:type', detail: 'the source did not say' },
            { code: 'missing-tag:region', detail: 'the source did not say' },
          ],
        },
      },
    ])
    given()
      .when({ type: 'CaptureLead', data: { ...bare, waive: true } })
      .thenRefused('waiver-not-allowed')
  })

  it('takes words and names, no essays', () => {
    const takes = (channel: string) =>
      LeadCommand.safeParse({ type: 'CaptureLead', data: { ...capture, source: { channel } } }).success
    expect([takes('抖'.repeat(300)), takes('x'.repeat(301))]).toEqual([true, false])
  })

  it('refuses one that nobody can reach; an organisation is enough', () => {
    const { contact: _, ...without } = capture
    given().when({ type: 'CaptureLead', data: without }).thenRefused('no-way-to-contact')
    given()
      .when({ type: 'CaptureLead', data: { ...capture, contact: { subject: 'p-1', name: '王女士' } } })
      .thenRefused('no-way-to-contact')
    const business = { ...without, organisation: '搭贝（上海）有限公司' }
    given()
      .when({ type: 'CaptureLead', data: business })
      .thenDecided({ type: 'LeadCaptured', data: { leadId: 'lead-1', ...business } })
  })
})

describe('duplicates', () => {
  it('are looked for by normalised phone and organisation', () => {
    const ask = (data: object) =>
      lead.needs?.({ type: 'CaptureLead', data: { ...capture, ...data } }, { status: 'none' }, context)
    const lookup = (input: object) => [
      { kind: 'lookup', as: 'duplicates', name: 'duplicates', input: { leadId: 'lead-1', ...input } },
    ]
    expect(ask({})).toEqual(lookup({ phone: '+8613800138000' }))
    expect(ask({ organisation: 'ACME Co., Ltd.' })).toEqual(lookup({ phone: '+8613800138000', organisation: 'acme' }))
    expect(ask({ contact: { subject: 'p-1', phone: FORGOTTEN } })).toEqual([])
  })

  it('are suspected, never refused, and once each', () => {
    const needs = {
      duplicates: [
        { leadId: 'lead-7', on: 'phone' },
        { leadId: 'lead-7', on: 'organisation' },
        { leadId: 'lead-1', on: 'phone' },
        { leadId: 'lead-8', on: 'organisation' },
      ],
    } as const
    const suspected = [
      { type: 'LeadDuplicateSuspected', data: { ofLeadId: 'lead-7', on: 'phone' } },
      { type: 'LeadDuplicateSuspected', data: { ofLeadId: 'lead-8', on: 'organisation' } },
    ] as const
    given()
      .when({ type: 'CaptureLead', data: capture }, { needs })
      .thenDecided(captured, ...suspected)
    const other = { contact: { ...contact, phone: '13900139000' } }
    given(captured, suspected[0])
      .when({ type: 'ChangeLeadContact', data: other }, { needs })
      .thenDecided({ type: 'LeadContactChanged', data: other }, suspected[1])
  })
})

describe('working on a lead', () => {
  it('touches, tags and assigns', () => {
    given(captured)
      .when({ type: 'TouchLead', data: { channel: 'wechat', direction: 'outbound' } })
      .thenDecided({
        type: 'LeadTouched',
        data: { channel: 'wechat', direction: 'outbound', touchId: deriveId('c-1', 'touch') },
      })
    given(captured).when({ type: 'TagLead', data: { tags } }).thenDecided()
    given(captured)
      .when({ type: 'TagLead', data: { tags: { ...tags, region: 'south' } } })
      .thenDecided({ type: 'LeadTagged', data: { ...tags, region: 'south' } })
    given(captured)
      .when({ type: 'TagLead', data: { tags: { ...tags, region: null } } })
      .thenRefused('missing-tags')
    const placed = (storeId: string | null) => ({ needs: { placement: { storeId, regionId: null } } })
    const assign = { type: 'AssignLead', data: { repId: 'li' } } as const
    const assigned = { type: 'LeadAssigned', data: { repId: 'li', storeId: 's1' } } as const
    given(captured).when(assign, placed('s1')).thenDecided(assigned)
    given(captured, assigned).when(assign, placed('s1')).thenDecided()
    given(captured).when(assign, placed(null)).thenRefused('rep-without-store')
    given(captured).when(assign).thenRefused('unknown-rep')
    expect(lead.needs?.(assign, { status: 'none' }, context)).toEqual([
      { kind: 'lookup', as: 'placement', name: 'placement', input: { repId: 'li', at: context.occurredAt } },
    ])
  })

  it('changes contact details, but not to none at all', () => {
    given(captured).when({ type: 'ChangeLeadContact', data: { contact } }).thenDecided()
    given(captured)
      .when({ type: 'ChangeLeadContact', data: { contact, organisation: 'Acme' } })
      .thenDecided({ type: 'LeadContactChanged', data: { organisation: 'Acme' } })
    given(captured)
      .when({ type: 'ChangeLeadContact', data: { contact: { subject: 'p-1' } } })
      .thenRefused('no-way-to-contact')
  })

  it('keeps marketing’s and sales’ judgements apart, and lets both change', () => {
    const invalid = { type: 'LeadMarkedInvalid', data: { reason: 'wrong number' } } as const
    given(captured, qualified).when({ type: 'MarkLeadInvalid', data: invalid.data }).thenDecided(invalid)
    given(captured, invalid).when({ type: 'MarkLeadInvalid', data: invalid.data }).thenDecided()
    given(captured, invalid)
      .when({ type: 'MarkLeadInvalid', data: { reason: 'spam' } })
      .thenDecided({ type: 'LeadMarkedInvalid', data: { reason: 'spam' } })
    given(captured, invalid).when({ type: 'QualifyLead', data: {} }).thenDecided(qualified)
    given(captured, invalid)
      .when({ type: 'MarkLeadValid', data: {} })
      .thenDecided({ type: 'LeadMarkedValid', data: {} })
    const disqualified = { type: 'LeadDisqualified', data: { reason: 'no budget' } } as const
    given(captured, qualified).when({ type: 'DisqualifyLead', data: disqualified.data }).thenDecided(disqualified)
    given(captured, disqualified).when({ type: 'DisqualifyLead', data: disqualified.data }).thenDecided()
    given(captured, qualified).when({ type: 'QualifyLead', data: {} }).thenDecided()
    expect(given(captured, invalid, qualified).state).toMatchObject({
      lead: { validity: { verdict: 'invalid', reason: 'wrong number' }, qualification: { verdict: 'qualified' } },
    })
  })

  it('needs a lead', () => {
    given().when({ type: 'QualifyLead', data: {} }).thenRefused('lead-not-found')
  })
})

describe('converting', () => {
  it('names the customer and the deal, the same ids however often it is decided', () => {
    given(captured, qualified)
      .when({ type: 'ConvertLead', data: {} })
      .thenDecided({
        type: 'LeadConverted',
        data: { customerId: deriveId('c-1', 'customer'), dealId: deriveId('c-1', 'deal') },
      })
    given(captured, qualified)
      .when({ type: 'ConvertLead', data: { customerId: 'cu-9' } })
      .thenDecided({ type: 'LeadConverted', data: { customerId: 'cu-9', dealId: deriveId('c-1', 'deal') } })
  })

  it('needs sales’ judgement, whatever marketing thinks', () => {
    given(captured, { type: 'LeadMarkedValid', data: {} })
      .when({ type: 'ConvertLead', data: {} })
      .thenRefused('not-qualified')
    given(captured, qualified, { type: 'LeadDisqualified', data: { reason: 'x' } })
      .when({ type: 'ConvertLead', data: {} })
      .thenRefused('not-qualified')
  })

  it('happens once; the customer and the deal go on from there', () => {
    const after = given(captured, qualified, converted)
    after.when({ type: 'ConvertLead', data: {} }).thenDecided()
    after.when({ type: 'ConvertLead', data: { customerId: 'cu-1' } }).thenDecided()
    after
      .when({ type: 'ConvertLead', data: { customerId: 'cu-2' } })
      .thenRefused('lead-converted', { details: { customerId: 'cu-1', dealId: 'de-1' } })
    after.when({ type: 'DisqualifyLead', data: { reason: 'x' } }).thenRefused('lead-converted')
    after.when({ type: 'AssignLead', data: { repId: 'li' } }).thenRefused('lead-converted')
    after.when({ type: 'MergeLead', data: { intoLeadId: 'lead-2' } }).thenRefused('lead-converted')
    after.when({ type: 'QualifyLead', data: {} }).thenDecided()
    after.when({ type: 'MarkLeadValid', data: {} }).thenDecided({ type: 'LeadMarkedValid', data: {} })
    after
      .when({ type: 'AbsorbLead', data: { leadId: 'lead-3' } })
      .thenDecided({ type: 'LeadAbsorbed', data: { leadId: 'lead-3' } })
  })
})

describe('merging', () => {
  const survivorOf = (...events: Past<LeadEvent>[]) => ({ needs: { survivor: given(...events).state } })
  const merge = { type: 'MergeLead', data: { intoLeadId: 'lead-2' } } as const

  it('goes on in the survivor, which absorbs it', () => {
    expect(lead.needs?.(merge, { status: 'none' }, context)).toEqual([
      { kind: 'state', as: 'survivor', category: 'lead', id: 'lead-2' },
    ])
    given(captured).when(merge, survivorOf(captured)).thenDecided(merged)
    given(captured)
      .when(merge, survivorOf(captured, qualified, converted))
      .thenDecided(merged)
    given(captured, merged).when(merge, survivorOf(captured)).thenDecided()
    const absorbed = { type: 'LeadAbsorbed', data: { leadId: 'lead-3' } } as const
    given(captured)
      .when({ type: 'AbsorbLead', data: { leadId: 'lead-3' } })
      .thenDecided(absorbed)
    given(captured, absorbed)
      .when({ type: 'AbsorbLead', data: { leadId: 'lead-3' } })
      .thenDecided()
  })

  it('refuses survivors that cannot survive', () => {
    given(captured).when(merge).thenRefused('survivor-not-found')
    given(captured)
      .when(merge, survivorOf(captured, { type: 'LeadMerged', data: { intoLeadId: 'lead-5' } }))
      .thenRefused('survivor-merged', { details: { intoLeadId: 'lead-5' } })
    given(captured)
      .when({ type: 'MergeLead', data: { intoLeadId: 'lead-1' } })
      .thenRefused('merge-into-itself')
    given(captured)
      .when({ type: 'AbsorbLead', data: { leadId: 'lead-1' } })
      .thenRefused('merge-into-itself')
    given(captured, merged)
      .when({ type: 'MergeLead', data: { intoLeadId: 'lead-4' } }, survivorOf(captured))
      .thenRefused('lead-merged')
  })

  it('ends the duplicate: everything else is the survivor’s', () => {
    const commands: LeadCommand[] = [
      { type: 'TouchLead', data: { channel: 'web', direction: 'inbound' } },
      { type: 'TagLead', data: { tags } },
      { type: 'AssignLead', data: { repId: 'li' } },
      { type: 'QualifyLead', data: {} },
      { type: 'MarkLeadValid', data: {} },
      { type: 'ConvertLead', data: {} },
      { type: 'ChangeLeadContact', data: { organisation: 'Acme' } },
      { type: 'AbsorbLead', data: { leadId: 'lead-3' } },
    ]
    for (const command of commands)
      given(captured, merged)
        .when(command)
        .thenRefused('lead-merged', { details: { intoLeadId: 'lead-2' } })
  })
})

describe('a lead, whatever is asked of it', () => {
  const reason = fc.constantFrom('a', 'b').map((reason) => ({ reason }))
  const id = fc.constantFrom('lead-1', 'lead-2', 'lead-3')
  const command = fc.oneof(
    ...(['MarkLeadValid', 'QualifyLead', 'ConvertLead'] as const).map((type) => fc.constant({ type, data: {} })),
    ...(['MarkLeadInvalid', 'DisqualifyLead'] as const).map((type) => reason.map((data) => ({ type, data }))),
    fc.constantFrom(...['Acme', 'Bolt']).map((organisation) => ({ type: 'ChangeLeadContact', data: { organisation } })),
    fc.constantFrom('east', 'south').map((region) => ({ type: 'TagLead', data: { tags: { ...tags, region } } })),
    fc.constantFrom('li', 'han').map((repId) => ({ type: 'AssignLead', data: { repId } })),
    id.map((intoLeadId) => ({ type: 'MergeLead', data: { intoLeadId } })),
    id.map((leadId) => ({ type: 'AbsorbLead', data: { leadId } })),
  ) as fc.Arbitrary<LeadCommand>
  const needs = { survivor: given(captured).state, placement: { storeId: 's1', regionId: 'east' } }

  it('does nothing when asked again for what holds already, and never comes back from being merged or converted', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 25, size: 'max' }), (commands) => {
        let events: readonly LeadEvent[] = [captured]
        let status: LeadState['status'] = 'active'
        for (const command of commands) {
          const { decision, state } = given(...events).when(command, { needs })
          if ('refused' in decision) continue
          events = [...events, ...decision]
          expect(given(...events).when(command, { needs }).decision).toEqual([])
          if (status !== 'active') expect(state.status).toBe(status)
          status = state.status
        }
      }),
    )
  })
})
