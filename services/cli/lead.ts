import {
  duplicatesOfLead,
  type LeadFilter,
  type LeadRow,
  leadById,
  listLeads,
  openContacts,
  touchesOfLead,
} from '@headwater/projections'
import { type Contact, isForgotten } from '@headwater/schema'
import { eventJson, historyTable } from './events.ts'
import type { Session } from './session.ts'
import { Failure } from './terminal/failure.ts'
import { instant, NONE } from './terminal/format.ts'
import { facts, table } from './terminal/table.ts'

/** @throws Failure when there is no such lead */
export async function leadShow(session: Session, id: string) {
  const { db, log, viewer } = session
  const row = await leadById(db, viewer, id)
  if (!row) throw new Failure(`there is no lead ${id}`)
  const [[lead], touches, duplicates, events] = await Promise.all([
    opened(session, [row]),
    touchesOfLead(db, viewer, id),
    duplicatesOfLead(db, viewer, id),
    log.readStream(`lead-${id}`),
  ])
  const possibleDuplicates = duplicates.map(({ lead, on }) => ({ leadId: lead.leadId, on }))
  return {
    json: { lead, touches, possibleDuplicates, events: events.map(eventJson) },
    text: () =>
      [
        facts(leadFacts(lead!, possibleDuplicates)),
        '',
        table(
          ['touched', 'direction', 'channel', 'campaign', 'lead'],
          touches.map((touch) => [
            instant(touch.occurredAt),
            touch.direction,
            touch.channel ?? NONE,
            touch.campaign ?? NONE,
            touch.leadId,
          ]),
        ),
        '',
        historyTable(events),
      ].join('\n'),
  }
}

export async function leadList(session: Session, filter: LeadFilter, first: number, after?: string) {
  const page = await listLeads(session.db, session.viewer, filter, { first, ...(after !== undefined && { after }) })
  const leads = await opened(
    session,
    page.edges.map(({ node }) => node),
  )
  const next = page.hasNextPage ? page.edges.at(-1)!.cursor : null
  return {
    json: { leads, next },
    text: () =>
      table(
        ['lead', 'name', 'status', 'valid', 'convertible', 'channel', 'region', 'rep', 'captured'],
        leads.map((lead) => [
          lead.leadId,
          personal(lead.contact?.name),
          lead.status,
          judgement(lead.valid),
          judgement(lead.qualified),
          lead.channel ?? NONE,
          lead.tagRegion ?? NONE,
          lead.repId ?? NONE,
          instant(lead.capturedAt),
        ]),
      ) + (next ? `\n\nmore: --after ${next}` : ''),
  }
}

type OpenedLead = Omit<LeadRow, 'contact'> & { readonly contact: Contact | null }

/** With their contacts readable, or shown as forgotten. */
async function opened({ vault }: Session, rows: readonly LeadRow[]): Promise<OpenedLead[]> {
  const sealed = rows.flatMap(({ contact }) => (contact ? [contact] : []))
  const contacts = await openContacts(vault, sealed)
  return rows.map((row) => ({ ...row, contact: row.contact ? contacts[sealed.indexOf(row.contact)]! : null }))
}

const personal = (value: unknown): string =>
  value === undefined || value === null ? NONE : isForgotten(value) ? '(forgotten)' : String(value)
const judgement = (judged: boolean | null) => (judged === null ? NONE : judged ? 'yes' : 'no')

function leadFacts(
  lead: OpenedLead,
  duplicates: readonly { leadId: string; on: readonly string[] }[],
): [string, string][] {
  const optional: [string, string | null][] = [
    ['name', personal(lead.contact?.name)],
    ['phone', personal(lead.contact?.phone)],
    ['e-mail', personal(lead.contact?.email)],
    ['WeChat', personal(lead.contact?.wechat)],
    ['organisation', lead.organisation],
    ['campaign', lead.campaign],
    ['product line', lead.productLine],
    ['segment', lead.segment],
    ['rep', lead.repId && `${lead.repId}, ${lead.storeId ?? 'no store'}`],
    ['invalid for', lead.invalidReason],
    ['disqualified for', lead.disqualifiedReason],
    ['converted', lead.convertedAt && `${instant(lead.convertedAt)}, deal ${lead.dealId}, customer ${lead.customerId}`],
    ['merged into', lead.mergedInto],
    ['may be the same', duplicates.map(({ leadId, on }) => `${leadId} (${on.join(', ')})`).join(', ')],
    ['flags', lead.flags.map(({ code, detail }) => `${code} (${detail})`).join('; ')],
  ]
  return [
    ['lead', lead.leadId],
    ['status', lead.status],
    ['captured', `${instant(lead.capturedAt)}, ${lead.channel ?? 'channel not stated'}`],
    ['valid', `${judgement(lead.valid)} (marketing)`],
    ['convertible', `${judgement(lead.qualified)} (sales)`],
    ['type, region', `${lead.tagType ?? NONE}, ${lead.tagRegion ?? NONE}`],
    ...optional.filter((line): line is [string, string] => Boolean(line[1]) && line[1] !== NONE),
  ]
}
