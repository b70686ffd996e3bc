// How far a month has come on its way to its close: from the ledger's own events, as no read model may be asked about them in between.

import { LEDGER_ID, ledger } from '@headwater/finance'
import type { EventLog } from '@headwater/infra/ports'
import {
  decodeEvent,
  type LedgerEvent,
  type OpenedEvent,
  type Period,
  type PeriodContent,
  type Position,
  streamName,
} from '@headwater/schema'

type Closed = Extract<LedgerEvent, { type: 'PeriodClosed' }>['data']

/** Empty for a month that is not cut off, or was returned. */
export interface Month {
  /** Of its last `PeriodCutOff`. */
  readonly cutOff?: Position
  readonly prepared?: PeriodContent
  readonly closed?: Closed
}

/** The months that are closed, with their seals, the first one first. @throws UnreadableEvent */
export async function closedMonths(log: Pick<EventLog, 'readStream'>): Promise<Closed[]> {
  return (await readLedger(log)).flatMap((event) => (event.type === 'PeriodClosed' ? [event.data] : []))
}

/** The month, and the seal of the last one that is closed. @throws UnreadableEvent */
export async function readMonth(log: Pick<EventLog, 'readStream'>, period: Period) {
  let month: Month = {}
  let lastSeal: string | null = null
  for (const event of await readLedger(log)) {
    if (event.type === 'PeriodClosed') lastSeal = event.data.seal
    if ('period' in event.data && event.data.period === period) month = stepped(month, event)
  }
  return { month, lastSeal }
}

const readLedger = async (log: Pick<EventLog, 'readStream'>): Promise<OpenedEvent[]> =>
  (await log.readStream(streamName(ledger.category, LEDGER_ID))).map((event) => decodeEvent(event, new Map()))

function stepped(month: Month, event: OpenedEvent): Month {
  switch (event.type) {
    case 'PeriodCutOff':
      return { cutOff: event.position }
    case 'PeriodPrepared':
      return { ...month, prepared: event.data }
    case 'PeriodReturned':
      return {}
    case 'PeriodClosed':
      return { ...month, closed: event.data }
    default:
      return month
  }
}
