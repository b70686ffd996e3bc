import type { EventLog, LeafStore, StoredEvents } from '@headwater/infra/ports'
import { type NewEvent, newId } from '@headwater/schema'
import { recordLog } from '../log/record.ts'
import { type ClosedPeriod, sealPeriod } from '../seal.ts'
import { contentOf } from './content.ts'

export const someEvent = (data: unknown): NewEvent => ({
  id: newId(),
  type: 'LeadTouched',
  version: 1,
  data,
  meta: {
    occurredAt: '2026-05-01T08:00:00.000Z',
    actor: { id: 'test', role: 'service' },
    caseId: 'lead-1',
    commandId: newId(),
    correlationId: 'test',
    causationId: 'test',
  },
})

interface Place {
  readonly writer: EventLog
  readonly log: StoredEvents
  readonly leaves: LeafStore
}

/** Closes months when so many events are appended, and then appends some more; the seals of the months. */
export async function closedHistory({ writer, log, leaves }: Place, sizes: readonly number[], unsealed: number) {
  const closed: ClosedPeriod[] = []
  let written = 0
  const append = async (count: number) => {
    const events = Array.from({ length: count }, () => someEvent({ note: `触达 no ${written++}` }))
    return (await writer.append(`lead-${newId()}`, events, { expected: 'none' })).position
  }
  for (const [i, size] of sizes.entries()) {
    const root = await recordLog(log, leaves, await append(size - written))
    const lines = [
      { rep: 'rep-1', amount: 500 },
      { rep: 'rep-2', amount: 700 + i },
    ]
    const content = contentOf(lines, { period: `2026-0${i + 1}`, statements: 0, total: 1200 + i, log: root })
    closed.push(sealPeriod(content, closed.at(-1)?.seal ?? null))
  }
  if (unsealed > 0) await append(unsealed)
  return closed
}
