// What the log tells that commission depends on. Facts are only ever added; each knows when it was so and where the log learnt of it.
import type {
  Allocation,
  AllocationRule,
  CommissionPlanDefinition,
  ContractLine,
  Credit,
  Currency,
  LocalDate,
  Period,
  Position,
  TimeZone,
} from '@headwater/schema'
import type { AllocationFact, CreditsFact, MilestoneFact } from '../../contracts/tables.ts'
import type { Fact } from '../../fact.ts'

export type { AllocationFact, CreditsFact, Fact, MilestoneFact }

/** Is it known to whoever has read the log up to and with this position? */
export const isKnown = (fact: Fact, asOf: Position): boolean => fact.position <= asOf

/** Those of which it holds; mostly all, so that there is nothing to copy. */
export const those = <F extends Fact>(facts: readonly F[], holds: (fact: F) => boolean): readonly F[] =>
  facts.every(holds) ? facts : facts.filter(holds)

/** `CustomerOwnerAssigned`. */
export interface OwnerFact extends Fact {
  readonly repId: string
  readonly storeId: string
  readonly previousRepId?: string
}

/** `PaymentRefunded`, or `PaymentReversed`, which has no refund id. Amounts in minor units. */
export interface ReturnFact extends Fact {
  readonly kind: 'refund' | 'reversal'
  readonly refundId?: string
  readonly amount: number
  readonly allocations: readonly Allocation[]
}

/** `PaymentReceived` and what became of it. */
export interface PaymentFacts extends Fact {
  readonly paymentId: string
  /** Minor units of the contract's currency. */
  readonly amount: number
  readonly rule: AllocationRule
  readonly allocations: readonly Allocation[]
  readonly allocated: readonly AllocationFact[]
  readonly returned: readonly ReturnFact[]
}

/** `ContractSigned` and what became of it; each list in the order of the log. */
export interface ContractFacts extends Fact {
  readonly contractId: string
  readonly renewalOf?: string
  readonly repId: string
  readonly storeId: string
  readonly currency: Currency
  readonly lines: readonly ContractLine[]
  readonly term: { readonly from: LocalDate; readonly to: LocalDate }
  /** As signed. */
  readonly credits?: readonly Credit[]
  readonly creditsChanged: readonly CreditsFact[]
  readonly milestones: readonly MilestoneFact[]
  readonly cancelled?: Fact
  readonly payments: readonly PaymentFacts[]
}

/** All that one customer's commission depends on; the lists in the order of the log. */
export interface CustomerFacts {
  readonly customerId: string
  readonly owners: readonly OwnerFact[]
  readonly contracts: readonly ContractFacts[]
}

/** A version of a plan that was approved: the fact is its `CommissionPlanApproved`. */
export interface PlanVersionFacts extends Fact {
  readonly planId: string
  readonly version: number
  readonly definition: CommissionPlanDefinition
}

/** `RepHired` or `RepMoved`: of this store from then on. */
export interface RepStoreFact extends Fact {
  readonly storeId: string | null
}

/** `RepCertified`: both days belong to it. */
export interface CertificateFact extends Fact {
  readonly certificate: string
  readonly from: LocalDate
  readonly until: LocalDate | null
}

/** A rep; `stores` begins with the hiring. */
export interface RepFacts {
  readonly repId: string
  readonly stores: readonly RepStoreFact[]
  readonly left?: Fact
  readonly certificates: readonly CertificateFact[]
}

/** A month that is closed, with its last `PeriodCutOff` before `PeriodClosed`. */
export interface ClosedPeriod {
  readonly period: Period
  readonly cutOff: Position
}

/** `LedgerOpened` and the months closed since, in order. */
export interface LedgerFacts {
  readonly zone: TimeZone
  readonly currency: Currency
  readonly firstPeriod: Period
  readonly closed: readonly ClosedPeriod[]
}

/** What all customers have in common: small enough to be in memory, while customers are streamed. */
export interface CommonFacts {
  readonly ledger: LedgerFacts
  readonly plans: readonly PlanVersionFacts[]
  readonly reps: readonly RepFacts[]
}

/** All facts up to and with `head`, in memory. */
export interface Facts {
  readonly common: CommonFacts
  readonly customers: readonly CustomerFacts[]
  readonly head: Position
}
