import { type Flag, type StoredEvent, streamId } from '@headwater/schema'
import type { Document, ReadModel } from '../engine/read-model.ts'
import { changedRow } from '../engine/table.ts'
import { loadPlaybooks, type PlaybookRefs, refOf } from './playbooks.ts'
import {
  type DealBlockRow,
  type DealRow,
  dealBlocks,
  deals,
  type EntryKind,
  type ExitKind,
  type StageVisitRow,
  stageVisits,
} from './tables.ts'

const parts = { visits: stageVisits, blocks: dealBlocks }
type Deal = Document<typeof deals, typeof parts>
type EventOfType<T extends StoredEvent['type']> = Extract<StoredEvent, { type: T }>

/** Deals, the stages they visited and what stood in their way. */
export const dealsModel: ReadModel<typeof deals, typeof parts, PlaybookRefs> = {
  name: 'deals',
  version: 1,
  root: deals,
  parts,
  streams: ['deal-'],
  key: (event) => streamId(event.stream),
  prepare: (events, documents, { log }) => {
    const pinnedBy = documents.map(({ root }) => ({ id: root.playbookId, version: root.playbookVersion }))
    const named = events.flatMap((event) => {
      if (event.type === 'DealOpened') return [event.data.playbook]
      return event.type === 'DealMigrated' ? [event.data.to] : []
    })
    return loadPlaybooks([...pinnedBy, ...named], log)
  },
  evolve,
}

function evolve(deal: Deal | undefined, event: StoredEvent, refs: PlaybookRefs): Deal | undefined {
  if (event.type === 'DealOpened') return open(event, refs)
  if (!deal) throw new Error(`${event.type} before the deal was opened`)
  const changed = apply(deal, event, refs)
  const idle = event.type === 'DealAssigned' || event.type === 'DealMigrated' || event.type === 'DealUnblocked'
  return {
    ...changed,
    root: changedRow(deals, changed.root, {
      revision: event.revision,
      lastActivityAt: idle ? deal.root.lastActivityAt : later(deal.root.lastActivityAt, event.meta.occurredAt),
      changedRecordedAt: event.recordedAt,
    }),
  }
}

function apply(deal: Deal, event: StoredEvent, refs: PlaybookRefs): Deal {
  const { root } = deal
  const set = (changes: Partial<DealRow>): Deal => ({ ...deal, root: changedRow(deals, root, changes) })
  switch (event.type) {
    case 'DealAdvanced':
      return move(deal, event, refs, 'advance')
    case 'DealSkippedAhead':
      return move(deal, event, refs, 'skip')
    case 'DealMovedBack':
      return move(deal, event, refs, 'back')
    case 'DealReentered':
      return move(deal, event, refs, 'reentry')
    case 'DealWon':
      return end(deal, event, refs)
    case 'DealLost':
      return end(deal, event, refs)
    case 'DealReopened':
      return reopen(deal, event, refs)
    case 'DealMigrated':
      return migrate(deal, event, refs)
    case 'EvidenceAttached':
      return set({ evidence: [...root.evidence, { ...event.data, attachedAt: event.meta.occurredAt }] })
    case 'EvidenceWithdrawn':
      return set({ evidence: root.evidence.filter((evidence) => evidence.evidenceId !== event.data.evidenceId) })
    case 'DealFieldsSet': {
      const fields = Object.entries({ ...root.fields, ...event.data.fields }).filter(([, value]) => value !== null)
      return set({ fields: Object.fromEntries(fields) as DealRow['fields'] })
    }
    case 'ChecklistItemDone':
      return set({ checklist: [...root.checklist, event.data.item] })
    case 'ChecklistItemUndone':
      return set({ checklist: root.checklist.filter((item) => item !== event.data.item) })
    case 'DealValued':
      return set({ valueAmount: event.data.value.amount, valueCurrency: event.data.value.currency })
    case 'DealAssigned':
      return set({ repId: event.data.repId, storeId: event.data.storeId })
    case 'DealBlocked':
      return block(unblock(deal, event), event, event.data.reason)
    case 'DealUnblocked':
      return unblock(deal, event)
    default:
      return deal
  }
}

function open(event: EventOfType<'DealOpened'>, refs: PlaybookRefs): Deal {
  const { data } = event
  const at = event.meta.occurredAt
  const root: DealRow = {
    dealId: data.dealId,
    revision: event.revision,
    caseId: data.caseId,
    leadId: data.leadId ?? null,
    customerId: data.customerId ?? null,
    playbookId: data.playbook.id,
    playbookVersion: data.playbook.version,
    status: 'open',
    stage: data.stage,
    stageIndex: 0,
    stageEnteredAt: at,
    repId: data.repId,
    storeId: data.storeId,
    channel: data.source.channel,
    campaign: data.source.campaign ?? null,
    content: data.source.content ?? null,
    landingPage: data.source.landingPage ?? null,
    productLine: data.productLine ?? null,
    segment: data.segment ?? null,
    title: data.title ?? null,
    valueAmount: data.value?.amount ?? null,
    valueCurrency: data.value?.currency ?? null,
    lossReason: null,
    blockingReason: null,
    flags: data.flags ?? [],
    waived: data.waived ?? [],
    fields: {},
    checklist: [],
    evidence: [],
    openedAt: at,
    openedRecordedAt: event.recordedAt,
    closedAt: null,
    closedRecordedAt: null,
    lastActivityAt: at,
    changedRecordedAt: event.recordedAt,
  }
  return enter({ root, visits: [], blocks: [] }, event, refs, {
    kind: 'open',
    stage: data.stage,
    flagged: isFlagged(data.flags),
  })
}

type Move = EventOfType<'DealAdvanced' | 'DealSkippedAhead' | 'DealMovedBack' | 'DealReentered'>

function move(deal: Deal, event: Move, refs: PlaybookRefs, kind: ExitKind & EntryKind): Deal {
  const { to, flags, waived } = event.data
  const flagged = isFlagged(flags)
  const { indexes } = playbookOf(deal.root, refs)
  const toNext = indexOf(indexes, to) === deal.root.stageIndex + 1
  const skipped = 'skipped' in event.data ? (event.data.skipped ?? []) : []
  const left = leave(note(deal, flags, waived), event, refs, { kind, toNext, skipped, flagged })
  return enter(left, event, refs, { kind, stage: to, flagged })
}

function end(deal: Deal, event: EventOfType<'DealWon' | 'DealLost'>, refs: PlaybookRefs): Deal {
  const { flags } = event.data
  const flagged = isFlagged(flags)
  const closed = { closedAt: event.meta.occurredAt, closedRecordedAt: event.recordedAt }
  if (event.type === 'DealLost') {
    const { reason } = event.data
    const left = leave(note(deal, flags), event, refs, { kind: 'lost', flagged, lossReason: reason })
    return { ...left, root: { ...left.root, ...closed, status: 'lost', lossReason: reason } }
  }
  const { waived, value, skipped = [] } = event.data
  const toNext = deal.root.stageIndex === playbookOf(deal.root, refs).indexes.size - 1
  const left = leave(note(deal, flags, waived), event, refs, { kind: 'won', toNext, skipped, flagged })
  const amount = value ? { valueAmount: value.amount, valueCurrency: value.currency } : {}
  return { ...left, root: { ...left.root, ...closed, ...amount, status: 'won' } }
}

function reopen(deal: Deal, event: EventOfType<'DealReopened'>, refs: PlaybookRefs): Deal {
  const { stage, flags } = event.data
  const { root, ...rest } = note(deal, flags)
  const open: DealRow = { ...root, status: 'open', lossReason: null, closedAt: null, closedRecordedAt: null }
  return enter({ ...rest, root: open }, event, refs, { kind: 'reopen', stage, flagged: isFlagged(flags) })
}

/**
 * Under another version the stay goes on: a row closes and one opens, so that the figures of either version are right, and
 * `since` carries the time of entry over.
 */
function migrate(deal: Deal, event: EventOfType<'DealMigrated'>, refs: PlaybookRefs): Deal {
  const { to, toStage } = event.data
  const { blockingReason } = deal.root
  const left = leave(deal, event, refs, { kind: 'migrate' })
  const { since, entryFlagged } = left.visits.at(-1)!
  const moved = { ...left, root: { ...left.root, playbookId: to.id, playbookVersion: to.version } }
  const entered = enter(moved, event, refs, { kind: 'continue', stage: toStage, since, flagged: entryFlagged })
  return blockingReason === null ? entered : block(entered, event, blockingReason)
}

interface Entry {
  readonly kind: EntryKind
  readonly stage: string
  readonly since?: string
  readonly flagged?: boolean
}

function enter(deal: Deal, event: StoredEvent, refs: PlaybookRefs, { kind, stage, since, flagged }: Entry): Deal {
  const { root, visits } = deal
  const playbook = playbookOf(root, refs)
  const stageIndex = indexOf(playbook.indexes, stage)
  const at = event.meta.occurredAt
  const visit: StageVisitRow = {
    dealId: root.dealId,
    visitNo: visits.length,
    playbookId: root.playbookId,
    playbookVersion: root.playbookVersion,
    stage,
    stageIndex,
    repId: root.repId,
    storeId: root.storeId,
    channel: root.channel,
    campaign: root.campaign,
    productLine: root.productLine,
    segment: root.segment,
    entryKind: kind,
    since: since ?? at,
    enteredAt: at,
    enteredRecordedAt: event.recordedAt,
    exitedAt: null,
    exitedRecordedAt: null,
    sinceClock: playbook.clockAt(since ?? at),
    exitedClock: null,
    exitKind: null,
    toNext: false,
    skipped: [],
    lossReason: null,
    entryFlagged: flagged ?? false,
    exitFlagged: false,
  }
  const stageEnteredAt = since ?? at
  return { ...deal, root: changedRow(deals, root, { stage, stageIndex, stageEnteredAt }), visits: [...visits, visit] }
}

interface Exit {
  readonly kind: ExitKind
  readonly toNext?: boolean
  readonly skipped?: readonly string[]
  readonly flagged?: boolean
  readonly lossReason?: string
}

function leave(deal: Deal, event: StoredEvent, refs: PlaybookRefs, exit: Exit): Deal {
  const free = unblock(deal, event)
  const visit = free.visits.at(-1)
  if (visit?.exitedAt !== null) throw new Error(`${event.type} where the deal is in no stage`)
  const closed: StageVisitRow = {
    ...visit,
    exitedAt: event.meta.occurredAt,
    exitedRecordedAt: event.recordedAt,
    exitedClock: playbookOf(free.root, refs).clockAt(event.meta.occurredAt),
    exitKind: exit.kind,
    toNext: exit.toNext ?? false,
    skipped: exit.skipped ?? [],
    lossReason: exit.lossReason ?? null,
    exitFlagged: exit.flagged ?? false,
  }
  return { ...free, visits: free.visits.with(-1, closed) }
}

function block(deal: Deal, event: StoredEvent, reason: string): Deal {
  const { root, blocks, visits } = deal
  const row: DealBlockRow = {
    dealId: root.dealId,
    blockNo: blocks.length,
    visitNo: visits.length - 1,
    stage: root.stage,
    reason,
    fromAt: event.meta.occurredAt,
    fromRecordedAt: event.recordedAt,
    toAt: null,
    toRecordedAt: null,
  }
  return { ...deal, root: changedRow(deals, root, { blockingReason: reason }), blocks: [...blocks, row] }
}

function unblock(deal: Deal, event: StoredEvent): Deal {
  const last = deal.blocks.at(-1)
  if (!last || last.toAt !== null) return deal
  const ended = { ...last, toAt: event.meta.occurredAt, toRecordedAt: event.recordedAt }
  return { ...deal, root: changedRow(deals, deal.root, { blockingReason: null }), blocks: deal.blocks.with(-1, ended) }
}

function note(deal: Deal, flags: readonly Flag[] = [], waived: DealRow['waived'] = []): Deal {
  if (flags.length === 0 && waived.length === 0) return deal
  const { root } = deal
  return { ...deal, root: { ...root, flags: [...root.flags, ...flags], waived: [...root.waived, ...waived] } }
}

function playbookOf({ playbookId: id, playbookVersion: version }: DealRow, refs: PlaybookRefs) {
  const playbook = refs.get(refOf({ id, version }))
  if (!playbook) throw new Error(`version ${version} of playbook ${id} was never published`)
  return playbook
}

function indexOf(indexes: ReadonlyMap<string, number>, stage: string): number {
  const index = indexes.get(stage)
  if (index === undefined) throw new Error(`the playbook has no stage ${stage}`)
  return index
}

const isFlagged = (flags: readonly Flag[] | undefined) => (flags?.length ?? 0) > 0
const later = (a: string, b: string) => (a > b ? a : b)
