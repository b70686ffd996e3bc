// Why a question about commission has no answer.
import type { Period } from '@headwater/schema'

/** No ledger was opened yet: there are no months to ask about. */
export class LedgerNotOpen extends Error {
  override readonly name = 'LedgerNotOpen'
  constructor() {
    super('There is no commission ledger yet: open it first')
  }
}

export class UnknownPeriod extends Error {
  override readonly name = 'UnknownPeriod'
  constructor(
    readonly period: string,
    readonly first: Period,
    readonly last: Period,
  ) {
    super(`"${period}" is not a month of the ledger: these go from ${first} to ${last}`)
  }
}

export class UnknownRep extends Error {
  override readonly name = 'UnknownRep'
  constructor(readonly repId: string) {
    super(`There is no rep "${repId}"`)
  }
}

export class UnknownLine extends Error {
  override readonly name = 'UnknownLine'
  constructor(readonly lineId: string) {
    super(`No statement has a line "${lineId}"`)
  }
}

/** Of who has neither a balance nor a line in a month there is no statement. */
export class UnknownStatement extends Error {
  override readonly name = 'UnknownStatement'
  constructor(
    readonly repId: string,
    readonly period: Period,
  ) {
    super(`"${repId}" has no statement of ${period}: neither a balance nor a line`)
  }
}

/** The role sees nobody's income, or not everybody's, which is asked for. Whose income is hidden from a role that sees some is told as unknown. */
export class IncomeHidden extends Error {
  override readonly name = 'IncomeHidden'
  constructor() {
    super('Your role may not see what people earn here')
  }
}
