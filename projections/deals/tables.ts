import type { EvidenceAttached, FieldValue, Flag, MissingItem } from '@headwater/schema'
import { bigint, boolean, instant, integer, json, nullable, type Row, table, text } from '../engine/table.ts'

export type DealStatus = 'open' | 'won' | 'lost'
export type EntryKind = 'open' | 'advance' | 'skip' | 'back' | 'reentry' | 'reopen' | 'continue'
export type ExitKind = 'advance' | 'skip' | 'back' | 'reentry' | 'won' | 'lost' | 'migrate'
type Evidence = NonNullable<(typeof EvidenceAttached)['data']> & { readonly attachedAt: string }

const dimensions = {
  repId: nullable(text()),
  storeId: nullable(text()),
  channel: nullable(text()),
  campaign: nullable(text()),
  productLine: nullable(text()),
  segment: nullable(text()),
}

export const deals = table(
  'deals',
  {
    dealId: text(),
    revision: integer,
    caseId: text(),
    leadId: nullable(text()),
    customerId: nullable(text()),
    playbookId: text(),
    playbookVersion: integer,
    status: text<DealStatus>(),
    /** The current stage, or the last one. */
    stage: text(),
    stageIndex: integer,
    stageEnteredAt: instant,
    /** As they are now. */
    ...dimensions,
    content: nullable(text()),
    landingPage: nullable(text()),
    title: nullable(text()),
    /** Minor units. */
    valueAmount: nullable(bigint),
    valueCurrency: nullable(text()),
    lossReason: nullable(text()),
    /** What stands in the way just now. */
    blockingReason: nullable(text()),
    flags: json<readonly Flag[]>(),
    /** What an import let pass at the gates. */
    waived: json<readonly MissingItem[]>(),
    fields: json<Readonly<Record<string, FieldValue>>>(),
    checklist: json<readonly string[]>(),
    evidence: json<readonly Evidence[]>(),
    openedAt: instant,
    openedRecordedAt: instant,
    closedAt: nullable(instant),
    closedRecordedAt: nullable(instant),
    /** Something was done for the deal; assignments and migrations are not. */
    lastActivityAt: instant,
    changedRecordedAt: instant,
  },
  ['dealId'],
  ['opened_at, deal_id', 'rep_id', 'store_id', 'lead_id', 'customer_id'],
)

/**
 * A stay in a stage. Rows only ever open and close, each end with its business and its recorded time: so the table as of any
 * date, on either axis, is a mask over four columns.
 */
export const stageVisits = table(
  'stage_visits',
  {
    dealId: text(),
    visitNo: integer,
    playbookId: text(),
    playbookVersion: integer,
    stage: text(),
    stageIndex: integer,
    /** As of entry. */
    ...dimensions,
    entryKind: text<EntryKind>(),
    /** When the stay began: the entry, or the earlier one that goes on here after a migration to another playbook version. */
    since: instant,
    enteredAt: instant,
    enteredRecordedAt: instant,
    exitedAt: nullable(instant),
    exitedRecordedAt: nullable(instant),
    /** Readings of the playbook's business clock at `since` and `exitedAt`, milliseconds; null outside the years it knows. */
    sinceClock: nullable(bigint),
    exitedClock: nullable(bigint),
    exitKind: nullable(text<ExitKind>()),
    /** Left to the very next stage of the playbook version, or won from its last. */
    toNext: boolean,
    /** Stages that the exit jumped over. */
    skipped: json<readonly string[]>(),
    lossReason: nullable(text()),
    /** The entry, or the exit, contradicts other facts: the visit is kept out of durations. */
    entryFlagged: boolean,
    exitFlagged: boolean,
  },
  ['dealId', 'visitNo'],
  ['playbook_id, since'],
)

/** What stood in the way of a deal, during which visit. Ends with the visit at the latest. */
export const dealBlocks = table(
  'deal_blocks',
  {
    dealId: text(),
    blockNo: integer,
    visitNo: integer,
    stage: text(),
    reason: text(),
    fromAt: instant,
    fromRecordedAt: instant,
    toAt: nullable(instant),
    toRecordedAt: nullable(instant),
  },
  ['dealId', 'blockNo'],
)

export type DealRow = Row<typeof deals>
export type StageVisitRow = Row<typeof stageVisits>
export type DealBlockRow = Row<typeof dealBlocks>
