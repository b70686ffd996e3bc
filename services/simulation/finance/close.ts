import type { Closing } from '@headwater/application'
import { LEDGER_ID, ledger } from '@headwater/finance'
import type { EventLog } from '@headwater/infra/ports'
import { streamName } from '@headwater/schema'
import { StoryRefused } from '../refused.ts'
import type { MonthClose } from './months.ts'

export type MonthCloser = Pick<Closing, 'preparePeriod' | 'approvePeriod' | 'closePeriod'>

/**
 * Closes a month, or completes what was interrupted of it; returns how many events it took.
 * @throws StoryRefused; what the shell throws
 */
export async function closeMonth(
  { period, ...by }: MonthClose,
  closing: MonthCloser,
  log: Pick<EventLog, 'readStream'>,
): Promise<number> {
  const written = () => log.readStream(streamName(ledger.category, LEDGER_ID))
  const before = await written()
  if (before.some(({ meta }) => meta.commandId === by.closed.commandId)) return 0
  const steps = [
    ['prepare', () => closing.preparePeriod(period, by.prepared)],
    ['approve', () => closing.approvePeriod(period, by.approved)],
    ['close', () => closing.closePeriod(period, by.closed)],
  ] as const
  for (const [name, step] of steps) {
    const answer = await step()
    if (answer.status === 'refused') throw new StoryRefused(`${name} ${period}`, answer.refusal)
  }
  return (await written()).length - before.length
}
