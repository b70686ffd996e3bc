// Plan versions, their texts read into whole numbers once.
import {
  type CommissionPlanDefinition,
  millionths,
  ONE,
  type Period,
  parseMoney,
  type Selector,
} from '@headwater/schema'
import type { ExactTier } from './exact.ts'
import type { LedgerFacts, PlanVersionFacts } from './facts.ts'
import { addMonths, later, monthOf, type Span } from './months.ts'

type Definition = CommissionPlanDefinition

type ExactOf<Rule> = Rule extends { kind: 'flat' }
  ? Omit<Rule, 'rate'> & { readonly rate: number }
  : Rule extends { kind: 'tiers' }
    ? Omit<Rule, 'tiers'> & { readonly tiers: readonly ExactTier[] }
    : Rule extends { kind: 'relationship' }
      ? Omit<Rule, 'rates'> & { readonly rates: readonly number[] }
      : never
/** A rule with rates in millionths and bounds in minor units. */
export type ExactRule = ExactOf<Definition['rules'][number]>
export type TierRule = Extract<ExactRule, { kind: 'tiers' }>

/** An approved version. Rates in millionths, amounts in minor units. */
export interface PlanVersion {
  readonly fact: PlanVersionFacts
  readonly planId: string
  readonly version: number
  readonly definition: Definition
  /** The months that it may rule: one that is not retroactive begins after what was closed when it was approved. */
  readonly first: Period
  readonly last: Period | undefined
  readonly rules: readonly ExactRule[]
  readonly multipliers: {
    readonly productLines: ReadonlyMap<string, number>
    readonly stores: ReadonlyMap<string, number>
  }
  readonly cap: number | undefined
  readonly floor: number | undefined
  readonly allowances: readonly { readonly certificate: string; readonly amount: number }[]
  readonly pools: readonly (Omit<Definition['pools'][number], 'rate'> & { readonly rate: number })[]
  readonly draw: { readonly amount: number; readonly recoverable: boolean } | undefined
  /** Nobody or somebody: fast to ask. */
  readonly reps: ReadonlySet<string> | undefined
  readonly stores: ReadonlySet<string> | undefined
}

/** The longest time over which a plan's receipts add up. */
export const longestSpan = (versions: readonly PlanVersionFacts[]): Span => {
  const spans = new Set(
    versions.flatMap(({ definition }) => definition.rules.map((r) => (r.kind === 'tiers' ? r.over : 'month'))),
  )
  return spans.has('year') ? 'year' : spans.has('quarter') ? 'quarter' : 'month'
}

export function readPlan(fact: PlanVersionFacts, ledger: LedgerFacts): PlanVersion {
  const { definition } = fact
  const amount = (text: string) => parseMoney(text, definition.currency).amount
  const rates = (record: Record<string, string>) =>
    new Map(Object.entries(record).map(([id, rate]) => [id, millionths(rate)]))
  const settled = ledger.closed.findLast(({ cutOff }) => cutOff < fact.position)
  const from = monthOf(definition.effective.from)
  const open = settled && !definition.retroactive ? addMonths(settled.period, 1) : from
  return {
    fact,
    planId: fact.planId,
    version: fact.version,
    definition,
    first: later(from, open),
    last: definition.effective.to && monthOf(definition.effective.to),
    rules: definition.rules.map(readRule),
    multipliers: {
      productLines: rates(definition.multipliers.productLines),
      stores: rates(definition.multipliers.stores),
    },
    cap: definition.cap === undefined ? undefined : amount(definition.cap),
    floor: definition.floor === undefined ? undefined : amount(definition.floor),
    allowances: definition.allowances.map((allowance) => ({ ...allowance, amount: amount(allowance.amount) })),
    pools: definition.pools.map((pool) => ({ ...pool, rate: millionths(pool.rate) })),
    draw: definition.draw && { ...definition.draw, amount: amount(definition.draw.amount) },
    reps: definition.covers.reps && new Set(definition.covers.reps),
    stores: definition.covers.stores && new Set(definition.covers.stores),
  }

  function readRule(rule: Definition['rules'][number]): ExactRule {
    switch (rule.kind) {
      case 'flat':
        return { ...rule, rate: millionths(rule.rate) }
      case 'relationship':
        return { ...rule, rates: rule.rates.map(millionths) }
      case 'tiers':
        return {
          ...rule,
          tiers: rule.tiers.map(({ from, to, rate }) => ({
            from: amount(from),
            to: to === undefined ? undefined : amount(to),
            rate: millionths(rate),
          })),
        }
    }
  }
}

/** Is a line of a contract what the selector is about? */
export const selects = (only: Selector | undefined, productLine: string, storeId: string): boolean =>
  (only?.productLines?.includes(productLine) ?? true) && (only?.stores?.includes(storeId) ?? true)

const NO_FACTORS = [ONE, ONE] as const

/** The factors on a receipt, in millionths: of its product line and of its store. */
export function factorsOf(
  { multipliers: { productLines, stores } }: PlanVersion,
  productLine: string,
  storeId: string,
): readonly [number, number] {
  if (productLines.size + stores.size === 0) return NO_FACTORS
  return [productLines.get(productLine) ?? ONE, stores.get(storeId) ?? ONE]
}
