import { type PeriodContent, type StoredEvent, streamId } from '@headwater/schema'
import type { ReadModel } from '../engine/read-model.ts'
import { actedFactOf } from '../fact.ts'
import { ledgers, type PeriodRow, type PeriodStep, periods } from './tables.ts'

const parts = { periods }

/** The commission ledger: its months, how each came to its close, and the seals. One document, as it is one stream. */
export const ledgerModel: ReadModel<typeof ledgers, typeof parts> = {
  name: 'ledger',
  version: 1,
  root: ledgers,
  parts,
  streams: ['ledger-'],
  key: (event) => streamId(event.stream),
  evolve(ledger, event) {
    const { revision } = event
    if (event.type === 'LedgerOpened') {
      const ledgerId = streamId(event.stream)
      return { root: { ledgerId, revision, ...event.data, openedAt: event.meta.occurredAt }, periods: [] }
    }
    if (!ledger) throw new Error(`${event.type} before the ledger was opened`)
    const { root, periods } = ledger
    return { root: { ...root, revision }, periods: stepped(root.ledgerId, periods, event) }
  },
}

function stepped(ledgerId: string, periods: readonly PeriodRow[], event: StoredEvent): readonly PeriodRow[] {
  switch (event.type) {
    case 'PeriodCutOff': {
      const { period } = event.data
      const fresh = { ledgerId, period, content: null, previousSeal: null, seal: null }
      return periods.some((row) => row.period === period)
        ? changed(periods, event, 'cut-off', { cutOff: event.position })
        : [...periods, { ...fresh, stage: 'cut-off', cutOff: event.position, steps: [step(event, 'cut-off')] }]
    }
    case 'PeriodPrepared':
      return changed(periods, event, 'prepared', { content: event.data })
    case 'PeriodReturned':
      return changed(periods, event, 'returned', { content: null }, { reason: event.data.reason })
    case 'PeriodApproved':
      return changed(periods, event, 'approved', {})
    case 'PeriodClosed': {
      const { previousSeal, seal, ...content } = event.data
      return changed(periods, event, 'closed', { previousSeal, seal, content: content satisfies PeriodContent })
    }
    default:
      return periods
  }
}

const step = (event: StoredEvent, stage: PeriodStep['stage'], more: Pick<PeriodStep, 'reason'> = {}): PeriodStep => ({
  ...actedFactOf(event),
  stage,
  ...more,
})

function changed(
  periods: readonly PeriodRow[],
  event: StoredEvent & { readonly data: { readonly period: string } },
  stage: PeriodStep['stage'],
  change: Partial<PeriodRow>,
  more?: Pick<PeriodStep, 'reason'>,
): readonly PeriodRow[] {
  return periods.map((row) =>
    row.period === event.data.period
      ? { ...row, ...change, stage, steps: [...row.steps, step(event, stage, more)] }
      : row,
  )
}
