import type { Dated, DealEvent, DealOpened, EventOf, FieldValue, Instant, Money, PlaybookRef } from '@headwater/schema'

/** What a deal is, open or closed. */
export interface Deal {
  readonly dealId: string
  readonly caseId: string
  readonly leadId: string | undefined
  readonly customerId: string | undefined
  /** The version it is pinned to. */
  readonly playbook: PlaybookRef
  /** The stage it is in, or was closed in. */
  readonly stage: string
  readonly openedAt: Instant
  /** When it came into `stage`. */
  readonly enteredAt: Instant
  /** Every stage it has been in, each once. */
  readonly visited: readonly string[]
  /** By evidence id; what was withdrawn stays, and does not count. */
  readonly evidence: ReadonlyMap<string, { readonly kind: string; readonly withdrawn: boolean }>
  readonly fields: ReadonlyMap<string, FieldValue>
  /** Items that are done. */
  readonly checklist: ReadonlySet<string>
  /** The blocking reason. */
  readonly block: string | null
  readonly value: Money | null
  readonly owner: { readonly repId: string | null; readonly storeId: string | null }
}

export type DealState =
  | { readonly status: 'none' }
  | { readonly status: 'open'; readonly deal: Deal }
  | { readonly status: 'won'; readonly deal: Deal; readonly closedAt: Instant }
  | { readonly status: 'lost'; readonly deal: Deal; readonly closedAt: Instant; readonly reason: string }

export const initialState: DealState = { status: 'none' }

export function evolve(state: DealState, event: Dated<DealEvent>): DealState {
  const at = event.occurredAt
  if (event.type === 'DealOpened') return { status: 'open', deal: opened(event.data, at) }
  if (state.status === 'none') throw new Error(`deal stream: ${event.type} before DealOpened`)
  const deal = change(state.deal, event)
  switch (event.type) {
    case 'DealWon':
      return { status: 'won', deal, closedAt: at }
    case 'DealLost':
      return { status: 'lost', deal, closedAt: at, reason: event.data.reason }
    case 'DealReopened':
      return { status: 'open', deal }
    default:
      return { ...state, deal }
  }
}

function opened(data: EventOf<[typeof DealOpened]>['data'], at: Instant): Deal {
  const { dealId, caseId, leadId, customerId, playbook, stage, repId, storeId, value } = data
  return {
    dealId,
    caseId,
    leadId,
    customerId,
    playbook,
    stage,
    openedAt: at,
    enteredAt: at,
    visited: [stage],
    evidence: new Map(),
    fields: new Map(),
    checklist: new Set(),
    block: null,
    value: value ?? null,
    owner: { repId, storeId },
  }
}

function change(deal: Deal, event: Dated<Exclude<DealEvent, { type: 'DealOpened' }>>): Deal {
  switch (event.type) {
    case 'DealAdvanced':
    case 'DealSkippedAhead':
    case 'DealMovedBack':
    case 'DealReentered':
      return enter(deal, event.data.to, event.occurredAt)
    case 'DealReopened':
      return enter(deal, event.data.stage, event.occurredAt)
    case 'DealWon':
      return { ...deal, value: event.data.value ?? deal.value }
    case 'DealLost':
    case 'DealActivityLogged':
      return deal
    case 'EvidenceAttached': {
      const evidence = new Map(deal.evidence).set(event.data.evidenceId, { kind: event.data.kind, withdrawn: false })
      return { ...deal, evidence }
    }
    case 'EvidenceWithdrawn': {
      const { evidenceId } = event.data
      const withdrawn = { kind: deal.evidence.get(evidenceId)?.kind ?? '', withdrawn: true }
      return { ...deal, evidence: new Map(deal.evidence).set(evidenceId, withdrawn) }
    }
    case 'DealFieldsSet': {
      const fields = new Map(deal.fields)
      for (const [field, value] of Object.entries(event.data.fields)) {
        if (value === null) fields.delete(field)
        else fields.set(field, value)
      }
      return { ...deal, fields }
    }
    case 'ChecklistItemDone':
      return { ...deal, checklist: new Set(deal.checklist).add(event.data.item) }
    case 'ChecklistItemUndone':
      return { ...deal, checklist: new Set([...deal.checklist].filter((item) => item !== event.data.item)) }
    case 'DealValued':
      return { ...deal, value: event.data.value }
    case 'DealAssigned':
      return { ...deal, owner: event.data }
    case 'DealBlocked':
      return { ...deal, block: event.data.reason }
    case 'DealUnblocked':
      return { ...deal, block: null }
    case 'DealMigrated': {
      const { to, fromStage, toStage, stages } = event.data
      const renamed = (stage: string) => (stage === fromStage ? toStage : (stages?.[stage] ?? stage))
      return { ...deal, playbook: to, stage: toStage, visited: [...new Set(deal.visited.map(renamed))] }
    }
  }
}

function enter(deal: Deal, stage: string, at: Instant): Deal {
  const visited = deal.visited.includes(stage) ? deal.visited : [...deal.visited, stage]
  return { ...deal, stage, enteredAt: at, visited }
}
