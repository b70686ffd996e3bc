import type { KeyVault } from '@headwater/infra/ports'
import {
  Contact,
  normaliseOrganisation,
  normalisePhone,
  openData,
  SealBroken,
  type Source,
  type StoredEvent,
  type SubjectKeys,
  streamId,
  subjectsOf,
} from '@headwater/schema'
import { z } from 'zod'
import type { Document, ReadModel } from '../engine/read-model.ts'
import { changedRow } from '../engine/table.ts'
import type { SealedContact } from '../personal.ts'
import { type LeadIdentityRow, type LeadRow, leadIdentities, leads, leadTouches } from './tables.ts'

const parts = { touches: leadTouches, identities: leadIdentities }
type Lead = Document<typeof leads, typeof parts>
/** Event id → token of the phone number in its contact. */
type PhoneTokens = ReadonlyMap<string, string>

/** Leads, their touches, and blind indexes for finding those with the same phone. */
export const leadsModel: ReadModel<typeof leads, typeof parts, PhoneTokens> = {
  name: 'leads',
  version: 1,
  root: leads,
  parts,
  streams: ['lead-', 'person-'],
  key: (event) => (event.stream.startsWith('lead-') ? streamId(event.stream) : undefined),
  broadcast: (event) =>
    event.type === 'PersonForgotten' ? { column: 'subject', value: event.data.subject } : undefined,
  prepare: (events, _documents, { vault }) => phoneTokens(events, vault),
  evolve,
}

/** Domain of the blind index of normalised phone numbers. */
const phoneDomain = 'phone'

/** The token under which a phone number is found; undefined where it is none. */
export function phoneToken(vault: Pick<KeyVault, 'blindIndex'>, phone: string): string | undefined {
  const normalised = normalisePhone(phone)
  return normalised === null ? undefined : vault.blindIndex(phoneDomain, normalised)
}

/** What a seal is bound to: the field's path in the event, and the person. Only the phone number is opened. */
const PhoneHolder = z.object({ contact: Contact.pick({ subject: true, phone: true }) })

async function phoneTokens(events: readonly StoredEvent[], vault: KeyVault): Promise<PhoneTokens> {
  const tokens = new Map<string, string>()
  const contacts = events.flatMap((event) => {
    const { subject, phone } = contactOf(event) ?? {}
    return phone === undefined ? [] : [{ event, contact: { subject, phone } }]
  })
  if (contacts.length === 0) return tokens
  const keys = await vault.find([...new Set(contacts.flatMap((each) => subjectsOf(PhoneHolder, each)))])
  for (const { event, contact } of contacts) {
    const phone = openedPhone({ contact }, keys)
    const token = phone === undefined ? undefined : phoneToken(vault, phone)
    if (token !== undefined) tokens.set(event.id, token)
  }
  return tokens
}

/** Undefined also where the person is forgotten, or where the seal is broken: such a lead is not found by its phone, and that is all. */
function openedPhone(sealed: unknown, keys: SubjectKeys): string | undefined {
  try {
    const { contact } = openData(PhoneHolder, sealed, keys) as z.infer<typeof PhoneHolder>
    return typeof contact.phone === 'string' ? contact.phone : undefined
  } catch (error) {
    if (error instanceof SealBroken) return undefined
    throw error
  }
}

function contactOf(event: StoredEvent): SealedContact | undefined {
  return event.type === 'LeadCaptured' || event.type === 'LeadContactChanged' ? event.data.contact : undefined
}

function evolve(lead: Lead | undefined, event: StoredEvent, tokens: PhoneTokens): Lead | undefined {
  // The tokens go; the rest is sealed, and cannot be opened any more.
  if (event.type === 'PersonForgotten') return lead && { ...lead, identities: [] }
  if (event.type === 'LeadCaptured') return capture(event, tokens)
  if (!lead) throw new Error(`${event.type} before the lead was captured`)
  const changed = apply(lead, event, tokens)
  const { revision, recordedAt: changedRecordedAt, meta } = event
  const changedAt = later(lead.root.changedAt, meta.occurredAt)
  return { ...changed, root: changedRow(leads, changed.root, { revision, changedAt, changedRecordedAt }) }
}

function capture(event: Extract<StoredEvent, { type: 'LeadCaptured' }>, tokens: PhoneTokens): Lead {
  const { leadId, contact, organisation, tags, source, productLine, segment, flags = [] } = event.data
  const at = event.meta.occurredAt
  const root: LeadRow = {
    leadId,
    revision: event.revision,
    caseId: event.meta.caseId,
    status: 'open',
    tagType: tags.type,
    tagRegion: tags.region,
    tagFirstContactChannel: tags.firstContactChannel,
    ...sourceColumns(source),
    productLine: productLine ?? null,
    segment: segment ?? null,
    contact: contact ?? null,
    subject: contact?.subject ?? null,
    ...organisationColumns(organisation),
    valid: null,
    invalidReason: null,
    judgedAt: null,
    qualified: null,
    disqualifiedReason: null,
    qualifiedAt: null,
    repId: null,
    storeId: null,
    assignedAt: null,
    firstOutboundAt: null,
    lastTouchAt: at,
    touches: 1,
    convertedAt: null,
    customerId: null,
    dealId: null,
    mergedInto: null,
    suspectedDuplicates: [],
    flags,
    capturedAt: at,
    capturedRecordedAt: event.recordedAt,
    changedAt: at,
    changedRecordedAt: event.recordedAt,
  }
  const first = { leadId, touchNo: 0, touchId: event.id, direction: 'inbound', ...sourceColumns(source) } as const
  return {
    root,
    touches: [{ ...first, occurredAt: at, recordedAt: event.recordedAt }],
    identities: identities(leadId, tokens.get(event.id)),
  }
}

function apply(lead: Lead, event: StoredEvent, tokens: PhoneTokens): Lead {
  const { root } = lead
  const at = event.meta.occurredAt
  const set = (changes: Partial<LeadRow>): Lead => ({ ...lead, root: changedRow(leads, root, changes) })
  switch (event.type) {
    case 'LeadDuplicateSuspected':
      return set({ suspectedDuplicates: [...root.suspectedDuplicates, event.data] })
    case 'LeadContactChanged': {
      const { contact, organisation } = event.data
      return {
        ...set({
          ...(contact && { contact, subject: contact.subject }),
          ...(organisation && organisationColumns(organisation)),
        }),
        ...(contact && { identities: identities(root.leadId, tokens.get(event.id)) }),
      }
    }
    case 'LeadTagged': {
      const { type: tagType, region: tagRegion, firstContactChannel: tagFirstContactChannel } = event.data
      return set({ tagType, tagRegion, tagFirstContactChannel })
    }
    case 'LeadTouched':
      return touch(lead, event)
    case 'LeadAssigned':
      return set({ repId: event.data.repId, storeId: event.data.storeId, assignedAt: at })
    case 'LeadMarkedValid':
      return set({ valid: true, invalidReason: null, judgedAt: at })
    case 'LeadMarkedInvalid':
      return set({ valid: false, invalidReason: event.data.reason, judgedAt: at })
    case 'LeadQualified':
      return set({ status: 'qualified', qualified: true, disqualifiedReason: null, qualifiedAt: at })
    case 'LeadDisqualified':
      return set({
        status: 'disqualified',
        qualified: false,
        disqualifiedReason: event.data.reason,
        qualifiedAt: at,
      })
    case 'LeadConverted':
      return set({ status: 'converted', ...event.data, convertedAt: at })
    case 'LeadMerged':
      return set({ status: 'merged', mergedInto: event.data.intoLeadId })
    default:
      return lead
  }
}

function touch(lead: Lead, event: Extract<StoredEvent, { type: 'LeadTouched' }>): Lead {
  const { root, touches } = lead
  const { touchId, direction } = event.data
  const at = event.meta.occurredAt
  const row = { leadId: root.leadId, touchNo: touches.length, touchId, direction, ...sourceColumns(event.data) }
  const firstOutboundAt =
    direction === 'inbound' || (root.firstOutboundAt !== null && root.firstOutboundAt <= at) ? root.firstOutboundAt : at
  return {
    ...lead,
    root: changedRow(leads, root, {
      firstOutboundAt,
      lastTouchAt: later(root.lastTouchAt, at),
      touches: touches.length + 1,
    }),
    touches: [...touches, { ...row, occurredAt: at, recordedAt: event.recordedAt }],
  }
}

function identities(leadId: string, token: string | undefined): LeadIdentityRow[] {
  return token === undefined ? [] : [{ leadId, kind: 'phone', token }]
}

function sourceColumns({ channel, campaign, content, landingPage }: Source) {
  return { channel, campaign: campaign ?? null, content: content ?? null, landingPage: landingPage ?? null }
}

function organisationColumns(organisation: string | undefined) {
  if (organisation === undefined) return { organisation: null, organisationKey: null }
  return { organisation, organisationKey: normaliseOrganisation(organisation) }
}

const later = (a: string, b: string) => (a > b ? a : b)
