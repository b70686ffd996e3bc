import {
  type Decision,
  type DecisionContext,
  instantOf,
  type LedgerEvent,
  nextPeriod,
  type Period,
  type Refusal,
  refusing,
  sameData,
  startOfDay,
} from '@headwater/schema'
import { samePerson } from '../duties.ts'
import type { LedgerCommand } from './commands.ts'
import { type Closing, currentPeriod, type LedgerState } from './state.ts'

export type LedgerRefusal =
  | 'ledger-not-open'
  | 'ledger-open'
  | 'period-closed'
  | 'not-next-period'
  | 'period-not-ended'
  | 'period-prepared'
  | 'period-approved'
  | 'not-cut-off'
  | 'not-prepared'
  | 'not-approved'
  | 'other-lines'
  | 'other-content'
  | 'seal-not-chained'

const refuse = refusing<LedgerRefusal>()
type Ledger = Extract<LedgerState, { status: 'open' }>

/** Months are closed one after the other: cut off, prepared by one, approved and closed by others. */
export function decide(command: LedgerCommand, state: LedgerState, context: DecisionContext): Decision<LedgerEvent> {
  if (command.type === 'OpenLedger') {
    const { data } = command
    if (state.status === 'none') return [{ type: 'LedgerOpened', data }]
    const { zone, currency, firstPeriod } = state
    return sameData(data, { zone, currency, firstPeriod })
      ? []
      : refuse('ledger-open', `The ledger is open already: in ${currency}, ${zone}, from ${firstPeriod} on.`)
  }
  if (state.status === 'none') return refuse('ledger-not-open', 'There is no commission ledger: open it first.')
  if (
    command.type === 'ClosePeriod' &&
    sameData(state.closed, { period: command.data.period, seal: command.data.seal })
  )
    return []
  return outOfTurn(command.data.period, state) ?? decideStep(command, state, context)
}

function outOfTurn(period: Period, state: Ledger): Refusal | undefined {
  const current = currentPeriod(state)
  if (period === current) return undefined
  const details = { period, next: current }
  return period < current
    ? refuse('period-closed', `${period} is closed: what changes now becomes an adjustment in ${current}.`, details)
    : refuse('not-next-period', `${current} is closed before ${period}.`, details)
}

function decideStep(
  { type, data }: Exclude<LedgerCommand, { type: 'OpenLedger' }>,
  { zone, closed, closing }: Ledger,
  { actor, now }: DecisionContext,
): Decision<LedgerEvent> {
  const { period } = data
  switch (type) {
    case 'CutOffPeriod': {
      if (closing?.stage === 'cut-off') return []
      if (closing && closing.stage !== 'returned') return prepared(closing)
      const end = instantOf(startOfDay(`${nextPeriod(period)}-01`, zone))
      if (now < end)
        return refuse('period-not-ended', `${period} ends at ${end}; it is ${now}.`, { period, ends: end, now })
      return [{ type: 'PeriodCutOff', data }]
    }
    case 'PreparePeriod':
      if (closing && 'content' in closing) return sameData(data, closing.content) ? [] : prepared(closing)
      if (closing?.stage !== 'cut-off') return refuse('not-cut-off', `Cut ${period} off first.`, { period })
      return [{ type: 'PeriodPrepared', data }]
    case 'ReturnPeriod':
      if (closing?.stage === 'returned') return []
      if (!closing) return refuse('not-cut-off', `${period} is not cut off: there is nothing to return.`, { period })
      return [{ type: 'PeriodReturned', data }]
    case 'ApprovePeriod':
      if (!closing || !('content' in closing)) return refuse('not-prepared', `Prepare ${period} first.`, { period })
      if (data.linesRoot !== closing.content.linesRoot)
        return refuse('other-lines', `${period} was prepared with other lines: look at them again.`, {
          prepared: closing.content.linesRoot,
          given: data.linesRoot,
        })
      if (closing.stage === 'approved') return []
      return samePerson(actor, closing.preparers, `approve ${period}`) ?? [{ type: 'PeriodApproved', data }]
    case 'ClosePeriod': {
      if (closing?.stage !== 'approved')
        return refuse('not-approved', `${period} is not approved: somebody who did not prepare it approves it first.`, {
          period,
        })
      const { previousSeal, seal: _, ...content } = data
      if (!sameData(content, closing.content))
        return refuse('other-content', `${period} was approved with other content than this.`, {
          approved: closing.content,
          given: content,
        })
      if (previousSeal !== (closed?.seal ?? null))
        return refuse('seal-not-chained', 'The seal of the last closed month is another one.', {
          last: closed?.seal ?? null,
          given: previousSeal,
        })
      return samePerson(actor, closing.preparers, `close ${period}`) ?? [{ type: 'PeriodClosed', data }]
    }
  }
}

const prepared = ({ period, stage }: Closing) =>
  refuse(
    stage === 'approved' ? 'period-approved' : 'period-prepared',
    `${period} is ${stage}: return it before it is cut off or prepared anew.`,
    { period },
  )
