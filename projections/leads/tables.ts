import type { Flag } from '@headwater/schema'
import { boolean, instant, integer, json, nullable, personalColumn, type Row, table, text } from '../engine/table.ts'
import { openContacts, type SealedContact } from '../personal.ts'

export type LeadStatus = 'open' | 'qualified' | 'disqualified' | 'converted' | 'merged'
export type DuplicateSuspicion = { readonly ofLeadId: string; readonly on: 'phone' | 'organisation' }

const source = {
  /** Null where the source did not say. */
  channel: nullable(text()),
  campaign: nullable(text()),
  content: nullable(text()),
  landingPage: nullable(text()),
}

export const leads = table(
  'leads',
  {
    leadId: text(),
    revision: integer,
    caseId: text(),
    status: text<LeadStatus>(),
    tagType: nullable(text()),
    tagRegion: nullable(text()),
    tagFirstContactChannel: nullable(text()),
    /** Of the capture, which is the first touch. */
    ...source,
    productLine: nullable(text()),
    segment: nullable(text()),
    contact: nullable(personalColumn(json<SealedContact>(), openContacts)),
    /** The contact's person. */
    subject: nullable(text()),
    organisation: nullable(text()),
    /** Normalised, for finding duplicates. */
    organisationKey: nullable(text()),
    /** Marketing's judgement; null before there is one. */
    valid: nullable(boolean),
    invalidReason: nullable(text()),
    judgedAt: nullable(instant),
    /** Sales' judgement that it is convertible; null before there is one. */
    qualified: nullable(boolean),
    disqualifiedReason: nullable(text()),
    qualifiedAt: nullable(instant),
    repId: nullable(text()),
    storeId: nullable(text()),
    assignedAt: nullable(instant),
    /** First touch from our side. */
    firstOutboundAt: nullable(instant),
    lastTouchAt: instant,
    touches: integer,
    convertedAt: nullable(instant),
    customerId: nullable(text()),
    dealId: nullable(text()),
    mergedInto: nullable(text()),
    suspectedDuplicates: json<readonly DuplicateSuspicion[]>(),
    flags: json<readonly Flag[]>(),
    capturedAt: instant,
    capturedRecordedAt: instant,
    changedAt: instant,
    changedRecordedAt: instant,
  },
  ['leadId'],
  ['captured_at, lead_id', 'subject', 'organisation_key', 'merged_into', 'rep_id', 'store_id'],
)

/** Touch 0 is the capture. */
export const leadTouches = table(
  'lead_touches',
  {
    leadId: text(),
    touchNo: integer,
    touchId: text(),
    direction: text<'inbound' | 'outbound'>(),
    ...source,
    occurredAt: instant,
    recordedAt: instant,
  },
  ['leadId', 'touchNo'],
)

/** Blind index: equal values of personal fields have equal tokens. Gone when the person is forgotten. */
export const leadIdentities = table(
  'lead_identities',
  { leadId: text(), kind: text<'phone'>(), token: personalColumn(text()) },
  ['leadId', 'kind'],
  ['kind, token'],
)

export type LeadRow = Row<typeof leads>
export type LeadTouchRow = Row<typeof leadTouches>
export type LeadIdentityRow = Row<typeof leadIdentities>
