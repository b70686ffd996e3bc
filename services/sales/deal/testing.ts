// A playbook and a deal for specs.
import { type DealEvent, PlaybookDefinition, type PlaybookInput } from '@headwater/schema'
import { type Past, spec } from '@headwater/schema/testing'
import { builtinPlaybooks, type PlaybookState } from '../playbook/index.ts'
import { deal } from './index.ts'

export const day = (d: number) => `2026-03-${String(d).padStart(2, '0')}T02:00:00.000Z`
export const homeImprovement = builtinPlaybooks['home-improvement']
export const cny = (amount: number) => ({ amount, currency: 'CNY' })

/** Five stages, of which `trial` may be skipped. */
export const definition = (change: Partial<PlaybookInput> = {}) => {
  const text = (en: string) => ({ 'zh-CN': en, en })
  const named = (...ids: string[]) => ids.map((id) => ({ id, name: text(id) }))
  return PlaybookDefinition.parse({
    ...homeImprovement,
    behaviours: [],
    stages: [
      { id: 'need', name: text('Need'), exit: { evidence: [{ kind: 'brief' }] } },
      { id: 'trial', name: text('Trial'), skippable: true, entry: { checklist: ['device-lent'] } },
      {
        id: 'offer',
        name: text('Offer'),
        entry: { fields: ['budget'] },
        exit: { evidence: [{ kind: 'offer', min: 2 }], checklist: ['approved'] },
        nextAction: text('Send the offer'),
      },
      { id: 'order', name: text('Order') },
    ],
    evidenceKinds: named('brief', 'offer'),
    fields: [
      { id: 'budget', name: text('Budget'), type: 'money' },
      { id: 'model', name: text('Model'), type: 'text' },
      { id: 'quantity', name: text('Quantity'), type: 'number' },
      { id: 'delivery', name: text('Delivery'), type: 'date' },
      { id: 'urgent', name: text('Urgent'), type: 'boolean' },
    ],
    checklist: named('device-lent', 'approved'),
    lossReasons: named('price', 'competitor'),
    blockingReasons: named('designer', 'budget'),
    ...change,
  })
}
export const published = (...versions: [PlaybookDefinition, ...PlaybookDefinition[]]): PlaybookState => ({
  status: 'published',
  playbookId: 'p',
  versions,
})
export const book = definition()
export const given = spec(deal, { streamId: 'd1', at: day(10), needs: { playbook: published(book) } })
export const machine = { actor: { id: 'importer', role: 'import' } }

export const opened = (stage = 'need', more: object = {}) =>
  ({
    type: 'DealOpened',
    data: {
      dealId: 'd1',
      caseId: 'lead-1',
      leadId: 'lead-1',
      playbook: { id: 'p', version: 1 },
      stage,
      repId: 'li',
      storeId: 's1',
      source: { channel: 'douyin' },
      ...more,
    },
    occurredAt: day(1),
  }) satisfies Past<DealEvent>
export const evidence = (evidenceId: string, kind: string) =>
  ({ type: 'EvidenceAttached', data: { evidenceId, kind, stage: 'need' } }) satisfies DealEvent
export const budget = { type: 'DealFieldsSet', data: { fields: { budget: cny(500_000) } } } satisfies DealEvent
export const done = (item: string) => ({ type: 'ChecklistItemDone', data: { item } }) satisfies DealEvent
export const moved = (from: string, to: string, d = 2) =>
  ({ type: 'DealAdvanced', data: { from, to }, occurredAt: day(d) }) satisfies Past<DealEvent>
export const back = (from: string, to: string, d = 3) =>
  ({ type: 'DealMovedBack', data: { from, to, reason: 'again' }, occurredAt: day(d) }) satisfies Past<DealEvent>
export const ready = [
  evidence('e1', 'brief'),
  budget,
  evidence('e2', 'offer'),
  evidence('e3', 'offer'),
  done('approved'),
] as const

export const need = { gate: 'exit', stage: 'need', kind: 'evidence', item: 'brief', required: 1, present: 0 } as const
export const budgetMissing = {
  gate: 'entry',
  stage: 'offer',
  kind: 'field',
  item: 'budget',
  required: 1,
  present: 0,
} as const
export const offers = (present: number) =>
  ({ gate: 'exit', stage: 'offer', kind: 'evidence', item: 'offer', required: 2, present }) as const
export const approval = {
  gate: 'exit',
  stage: 'offer',
  kind: 'checklist',
  item: 'approved',
  required: 1,
  present: 0,
} as const
export const lent = {
  gate: 'entry',
  stage: 'trial',
  kind: 'checklist',
  item: 'device-lent',
  required: 1,
  present: 0,
} as const
