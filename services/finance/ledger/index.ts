// The commission ledger: months closed one after the other, each sealed.
import type { Aggregate, LedgerEvent } from '@headwater/schema'
import { LedgerCommand } from './commands.ts'
import { decide } from './decide.ts'
import { evolve, initialState, type LedgerState } from './state.ts'

export { LedgerCommand } from './commands.ts'
export type { LedgerRefusal } from './decide.ts'
export { type Closing, currentPeriod, type LedgerState } from './state.ts'

/** The id of the only ledger stream, `ledger-main`. */
export const LEDGER_ID = 'main'

export const ledger: Aggregate<LedgerState, LedgerCommand, LedgerEvent> = {
  category: 'ledger',
  command: LedgerCommand,
  initialState,
  evolve,
  decide,
  caseId: (id) => id,
}
