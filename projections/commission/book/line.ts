// A line of the commission book: what somebody gets, for what, by which rule.
import type { Period, Position } from '@headwater/schema'

/** A rule's line is about a payment; the others are about a month. */
export type LineKind = 'rule' | 'cap' | 'floor' | 'allowance' | 'pool' | 'draw'

/** Plain JSON, amounts in minor units of the ledger's currency. */
export interface CommissionLine {
  /** The same for the same plan, rule, rep, month and receipt, whatever becomes known later: an adjustment finds its original by it. */
  readonly id: string
  readonly kind: LineKind
  readonly repId: string
  readonly period: Period
  readonly planId: string
  readonly planVersion: number
  /** Of the rule or pool, the certificate; for cap, floor and draw that word. */
  readonly ruleId: string
  readonly customerId?: string
  readonly contractId?: string
  readonly contractLineId?: string
  readonly paymentId?: string
  /** The receipt's part that the amount is of, after what was given back. */
  readonly base: number
  readonly amount: number
}

/** What became known of an earlier month after its close: in `period`, the difference to what its original was at the last cut-off. */
export interface Adjustment {
  /** The original's id, `@` and the month in which it appears. */
  readonly id: string
  readonly kind: 'adjustment'
  readonly repId: string
  /** In which it is paid or taken back. */
  readonly period: Period
  readonly original: { readonly id: string; readonly period: Period }
  /** Of the original before and now; 0 where there was or is none. */
  readonly before: number
  readonly after: number
  /** `after` − `before`. */
  readonly amount: number
  /** Facts that the log learnt between the two cut-offs and that bear on the original, in its order. */
  readonly causes: readonly { readonly eventId: string; readonly position: Position }[]
}

export type StatementLine = CommissionLine | Adjustment

/** Of one rep and month, in minor units. `opening + earned + adjusted − payable = closing`. */
export interface Statement {
  readonly repId: string
  readonly period: Period
  readonly status: 'closed' | 'open'
  /** Owed to the rep from before; negative where the rep owes. */
  readonly opening: number
  readonly lines: readonly CommissionLine[]
  readonly adjustments: readonly Adjustment[]
  readonly earned: number
  readonly adjusted: number
  /** Paid in advance of what is earned later; part of `payable`. */
  readonly advance: number
  readonly payable: number
  readonly closing: number
}
