// How a line came about, as a tree that a program can follow and recompute. Plain JSON: amounts in whole minor units; exact amounts as decimal texts of
// minor units; rates and shares as decimal texts.
import type { CommissionRule, Currency, Instant, LocalText, Position, TimeZone } from '@headwater/schema'
import type { Adjustment, CommissionLine } from './line.ts'

/** An event of the log. */
export interface FactRef {
  readonly eventId: string
  readonly position: Position
  readonly occurredAt: Instant
  readonly recordedAt: Instant
}

/** A payment's part for a line of its contract. */
export interface ReceiptRef {
  readonly customerId?: string
  readonly contractId: string
  readonly contractLineId: string
  readonly productLine: string
  readonly storeId: string
  readonly paymentId: string
  readonly payment: FactRef
  readonly allocated: number
  readonly returned: readonly {
    readonly kind: 'refund' | 'reversal'
    readonly amount: number
    readonly fact: FactRef
  }[]
  readonly net: number
}

/** What a step takes over from the one before it is written out as an operand, too. */
export type Step =
  | { readonly op: 'net'; readonly allocated: number; readonly returned: readonly number[]; readonly result: number }
  /** Of whole units by largest remainder, in this order. */
  | {
      readonly op: 'split'
      readonly amount: number
      readonly shares: readonly { readonly repId: string; readonly weight: string }[]
      readonly place: number
      readonly result: number
    }
  | {
      readonly op: 'rate'
      readonly amount: number
      readonly rate: string
      readonly factors: readonly string[]
      readonly result: string
    }
  /** What the tiers give for `from + amount`, less what they give for `from`. */
  | {
      readonly op: 'tiers'
      readonly mode: 'marginal' | 'whole'
      readonly tiers: readonly { readonly from: number; readonly to?: number; readonly rate: string }[]
      readonly window: string
      readonly from: number
      readonly amount: number
      readonly result: string
    }
  | { readonly op: 'factors'; readonly amount: string; readonly factors: readonly string[]; readonly result: string }
  /** Half up. `once`: before the split, so that the shares add up to it. `running`: the sum so far, so that a window's lines add up to its rounded total. */
  | { readonly op: 'round'; readonly reason: 'once'; readonly amount: string; readonly result: number }
  | {
      readonly op: 'round'
      readonly reason: 'running'
      readonly before: string
      readonly amount: string
      readonly result: number
    }
  | {
      readonly op: 'sum'
      readonly of: readonly { readonly id: string; readonly amount: number }[]
      readonly result: number
    }
  /** What leads from the sum to the cap or floor. */
  | { readonly op: 'limit'; readonly amount: number; readonly limit: number; readonly result: number }
  | { readonly op: 'fixed'; readonly result: number }
  /** What fills up what is due to the draw. */
  | { readonly op: 'draw'; readonly due: number; readonly draw: number; readonly result: number }

export interface LineExplanation {
  readonly kind: 'line'
  readonly line: CommissionLine
  readonly currency: Currency
  readonly zone: TimeZone
  /** What the log told up to here. */
  readonly asOf: Position
  readonly plan: {
    readonly planId: string
    readonly version: number
    readonly name: LocalText
    readonly approved: FactRef
    readonly rule?: CommissionRule
  }
  /** One for a rule's line; those that fed a pool. */
  readonly receipts: readonly ReceiptRef[]
  /** Since when it counts, and for what it waited. */
  readonly released?: { readonly at: Instant; readonly facts: readonly FactRef[] }
  /** Whom it counts for, and why. */
  readonly credited?: { readonly by: 'credits' | 'owner' | 'contract'; readonly facts: readonly FactRef[] }
  /** For a relationship rule, the customer's year and the contract that it counts from or that renewed it last. */
  readonly year?: {
    readonly year: number
    readonly by: 'anniversary' | 'renewals'
    readonly contractId: string
    readonly fact: FactRef
  }
  readonly certificate?: FactRef
  readonly steps: readonly Step[]
}

export interface AdjustmentExplanation {
  readonly kind: 'adjustment'
  readonly line: Adjustment
  readonly currency: Currency
  /** The original as it was at the last cut-off, and as it is now; null where there is none. */
  readonly before: LineExplanation | null
  readonly after: LineExplanation | null
}

export type Explanation = LineExplanation | AdjustmentExplanation
