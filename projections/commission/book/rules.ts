// Stage 2, rep by rep: what the rules give for entries.
import { apportion, type Instant, type Period, type TimeZone } from '@headwater/schema'
import type { Entry } from './entries.ts'
import { type Exact, multiply, onTiers, roundHalfUp, scale } from './exact.ts'
import { type ContractFacts, type CustomerFacts, isKnown, those } from './facts.ts'
import type { CommissionLine } from './line.ts'
import { dayOf, fullYears, windowOf } from './months.ts'
import { type ExactRule, factorsOf, selects, type TierRule } from './plan.ts'
import { latest, type View } from './view.ts'

/** How a rule's line came about. */
export type RuleBasis =
  | {
      readonly kind: 'flat' | 'relationship'
      readonly entry: Entry
      /** In millionths. */
      readonly rate: number
      readonly factors: readonly [number, number]
      /** The relationship year, and the contract that it counts from or that renewed it last. */
      readonly year: RelationshipYear | undefined
      /** Before the rounding, and before the split. */
      readonly exact: Exact
      readonly unsplit: number
    }
  | {
      readonly kind: 'tiers'
      readonly entry: Entry
      readonly rule: TierRule
      readonly window: string
      readonly factors: readonly [number, number]
      /** The cumulative base without this entry, in minor units. */
      readonly from: number
      /** What the entries before it give, unrounded. */
      readonly before: Exact
      /** What this one adds by the tiers, and after the factors. */
      readonly gained: Exact
      readonly exact: Exact
    }

/** A line and how it came about. */
export interface Worked<Basis> {
  readonly line: CommissionLine
  readonly basis: Basis
}

/** `rounded`: what its lines add up to. */
interface Window {
  base: number
  exact: Exact
  rounded: number
}

/** What came so far in each window of tiers, of one rep under one plan: by rule, then by window. */
export type Windows = Map<string, Map<string, Window>>

/** The lines of one rep under one plan; the entries are those of whole windows. */
export function ruleLines(entries: readonly Entry[], view: View): Worked<RuleBasis>[] {
  const windows: Windows = new Map()
  return [...entries].sort(inOrder).flatMap((entry) => linesOf(entry, windows, view))
}

/**
 * What the rules give for the next entry in order; `windows` goes on.
 * @param earlier what they gave for it at an earlier cut-off: lines that are still so are the same objects
 */
export function linesOf(
  entry: Entry,
  windows: Windows,
  view: View,
  earlier: readonly Worked<RuleBasis>[] = [],
): Worked<RuleBasis>[] {
  const { line, contract } = entry.receipt
  let lines: Worked<RuleBasis>[] = []
  for (const rule of entry.plan.rules) {
    if (!selects(rule.only, line.productLine, contract.storeId)) continue
    const before = earlier[lines.length]
    const one = rule.kind === 'tiers' ? tiered(entry, rule, windows, before) : (before ?? perReceipt(entry, rule, view))
    lines = lines.length === 0 ? [one] : [...lines, one]
  }
  return lines
}

/** As they count: by time, and of one time by ids, so that it never matters whose event the log took first. */
export function inOrder(a: Entry, b: Entry): number {
  if (a.release.at !== b.release.at) return a.release.at < b.release.at ? -1 : 1
  const [one, other] = [a.receipt, b.receipt]
  if (one.contract !== other.contract) return one.contract.contractId < other.contract.contractId ? -1 : 1
  if (one.payment !== other.payment) return one.payment.paymentId < other.payment.paymentId ? -1 : 1
  return one.contract.lines.indexOf(one.line) - other.contract.lines.indexOf(other.line)
}

/**
 * Each entry adds what the tiers give for all so far less what they gave before it, times its factors. Rounding is of the sum so far, so the lines of a
 * window add up to its rounded total. A version that begins within a quarter or year goes on from the base that is reached.
 */
function tiered(entry: Entry, rule: TierRule, windows: Windows, earlier?: Worked<RuleBasis>): Worked<RuleBasis> {
  const window = windowOf(entry.month, rule.over)
  const reached = reachedIn(windows, rule.id, window)
  const was = earlier?.basis
  const isSame = was?.kind === 'tiers' && was.from === reached.base && was.before === reached.exact
  const worked = earlier && isSame ? earlier : onward(entry, rule, window, reached)
  reached.base += worked.line.base
  reached.exact += worked.basis.exact
  reached.rounded += worked.line.amount
  return worked
}

function reachedIn(windows: Windows, ruleId: string, window: string): Window {
  const ofRule = windows.get(ruleId) ?? new Map<string, Window>()
  const known = ofRule.get(window)
  if (known) return known
  const reached = { base: 0, exact: 0n, rounded: 0 }
  windows.set(ruleId, ofRule.set(window, reached))
  return reached
}

function onward(
  entry: Entry,
  rule: TierRule,
  window: string,
  { base: from, exact: before, rounded }: Window,
): Worked<RuleBasis> {
  const { plan, receipt, base } = entry
  const factors = factorsOf(plan, receipt.line.productLine, receipt.contract.storeId)
  const gained = onTiers(from + base, rule.mode, rule.tiers) - onTiers(from, rule.mode, rule.tiers)
  const exact = scale(gained, factors)
  return {
    line: lineOf(entry, rule, base, roundHalfUp(before + exact) - rounded),
    basis: { kind: 'tiers', entry, rule, window, factors, from, before, gained, exact },
  }
}

/** Rounded once for the whole receipt, then split. */
function perReceipt(entry: Entry, rule: Exclude<ExactRule, TierRule>, view: View): Worked<RuleBasis> {
  const { plan, receipt, crediting, place } = entry
  const year =
    rule.kind === 'relationship'
      ? (relationshipYear(entry.customer, rule.year, receipt.payment.occurredAt, plan.definition.zone, view) ?? {
          ...{ year: 1, by: rule.year, contract: receipt.contract },
        })
      : undefined
  const rate = rule.kind === 'flat' ? rule.rate : rule.rates[Math.min(year!.year, rule.rates.length) - 1]!
  const factors = factorsOf(plan, receipt.line.productLine, receipt.contract.storeId)
  const exact = multiply(receipt.net, [rate, ...factors])
  const unsplit = roundHalfUp(exact)
  return {
    line: lineOf(entry, rule, entry.base, apportion(unsplit, crediting.weights)[place]!),
    basis: { kind: rule.kind, entry, rate, factors, exact, unsplit, year },
  }
}

export interface RelationshipYear {
  /** From 1 on. */
  readonly year: number
  readonly by: 'anniversary' | 'renewals'
  readonly contract: ContractFacts
}

/** Of a customer at an instant; add-on contracts are in the same year. Undefined before the first contract. */
export function relationshipYear(
  customer: CustomerFacts,
  by: 'anniversary' | 'renewals',
  at: Instant,
  zone: TimeZone,
  view: View,
): RelationshipYear | undefined {
  const signed = those(customer.contracts, (contract) => contract.occurredAt <= at && isKnown(contract, view.asOf))
  if (signed.length === 0) return undefined
  if (by === 'anniversary') {
    const first = signed.reduce((one, other) => (other.occurredAt < one.occurredAt ? other : one))
    return { year: 1 + fullYears(dayOf(first.occurredAt, zone), dayOf(at, zone)), by, contract: first }
  }
  const byId = new Map(signed.map((contract) => [contract.contractId, contract]))
  const renewals = (id: string, seen: ReadonlySet<string> = new Set()): number => {
    const earlier = byId.get(id)?.renewalOf
    return earlier === undefined || seen.has(earlier) ? 0 : 1 + renewals(earlier, new Set([...seen, id]))
  }
  const most = Math.max(...signed.map(({ contractId }) => renewals(contractId)))
  const deepest = signed.filter(({ contractId }) => renewals(contractId) === most)
  return { year: 1 + most, by, contract: latest(deepest)! }
}

/** The last beginning of an id: lines of one rule and month come one after the other. */
let begun = { rule: {} as ExactRule, repId: '', month: '', text: '' }

function idOf({ repId, plan, month, receipt }: Entry, rule: ExactRule): string {
  if (begun.rule !== rule || begun.repId !== repId || begun.month !== month)
    begun = { rule, repId, month, text: `${plan.planId}/${repId}/${month}/rule/${rule.id}/` }
  return begun.text + receipt.id
}

function lineOf(entry: Entry, rule: ExactRule, base: number, amount: number): CommissionLine {
  const { repId, plan, month, receipt, customer } = entry
  const { contract, payment, line } = receipt
  return {
    id: idOf(entry, rule),
    kind: 'rule',
    repId,
    period: month satisfies Period,
    planId: plan.planId,
    planVersion: plan.version,
    ruleId: rule.id,
    customerId: customer.customerId,
    contractId: contract.contractId,
    contractLineId: line.lineId,
    paymentId: payment.paymentId,
    base,
    amount,
  }
}
