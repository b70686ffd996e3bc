import type { Currency, Dated, Digest, LedgerEvent, Period, PeriodContent, TimeZone } from '@headwater/schema'
import { nextPeriod } from '@headwater/schema'

/** The month that is being closed, step by step. */
export type Closing = {
  readonly period: Period
  /** Actors who cut it off or prepared it since it was last returned. */
  readonly preparers: ReadonlySet<string>
} & (
  | { readonly stage: 'cut-off' | 'returned' }
  | { readonly stage: 'prepared' | 'approved'; readonly content: PeriodContent }
)

export type LedgerState =
  | { readonly status: 'none' }
  | {
      readonly status: 'open'
      readonly zone: TimeZone
      readonly currency: Currency
      readonly firstPeriod: Period
      /** The last month that was closed. */
      readonly closed: { readonly period: Period; readonly seal: Digest } | undefined
      readonly closing: Closing | undefined
    }

export const initialState: LedgerState = { status: 'none' }

export function evolve(state: LedgerState, { type, data, actor }: Dated<LedgerEvent>): LedgerState {
  if (type === 'LedgerOpened') return { status: 'open', ...data, closed: undefined, closing: undefined }
  if (state.status === 'none') throw new Error(`ledger stream: ${type} before LedgerOpened`)
  const { period } = data
  if (type === 'PeriodClosed') return { ...state, closed: { period, seal: data.seal }, closing: undefined }
  const preparers = state.closing?.preparers ?? new Set<string>()
  switch (type) {
    case 'PeriodCutOff':
      return { ...state, closing: { period, stage: 'cut-off', preparers: new Set([...preparers, actor.id]) } }
    case 'PeriodPrepared':
      return {
        ...state,
        closing: { period, stage: 'prepared', preparers: new Set([...preparers, actor.id]), content: data },
      }
    case 'PeriodReturned':
      return { ...state, closing: { period, stage: 'returned', preparers: new Set() } }
    case 'PeriodApproved':
      if (state.closing?.stage !== 'prepared')
        throw new Error(`ledger stream: ${period} is approved before it is prepared`)
      return { ...state, closing: { ...state.closing, stage: 'approved' } }
  }
}

type OpenLedger = Extract<LedgerState, { status: 'open' }>

/** The month whose turn it is. */
export const currentPeriod = ({ closed, firstPeriod }: OpenLedger): Period =>
  closed ? nextPeriod(closed.period) : firstPeriod

/** The last month that takes nothing in any more: closed, or cut off and on its way there. */
export const lastShut = ({ closed, closing }: OpenLedger): Period | undefined =>
  closing && closing.stage !== 'returned' ? closing.period : closed?.period
