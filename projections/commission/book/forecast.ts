// What a rep may expect of the next three years: the organisation's own rate of renewal × the rates that plans step to. An estimate, not an amount owed.
import { apportion, instantOf, type LocalDate, startOfDay } from '@headwater/schema'
import { creditingOf } from './crediting.ts'
import { type Proportion, wilson } from './estimate.ts'
import { multiply, roundHalfUp } from './exact.ts'
import { type ContractFacts, type CustomerFacts, type Facts, isKnown } from './facts.ts'
import { fullMonths, monthOf, nextDay, sameDay } from './months.ts'
import { factorsOf, selects } from './plan.ts'
import { relationshipYear } from './rules.ts'
import { covers, inForce, type View, viewsAt } from './view.ts'

const YEARS = 3
/** Months after its end within which a contract's renewal may be signed. */
export const GRACE = 3

export interface Forecast {
  /** Of the contracts whose term and grace are over, how many were renewed. */
  readonly renewal: Proportion & { readonly graceMonths: number }
  readonly source: 'the contracts of this organisation'
  readonly years: readonly {
    readonly from: LocalDate
    /** Exclusive. */
    readonly to: LocalDate
    readonly expected: number
    /** At the ends of the interval of the renewal probability. */
    readonly low: number
    readonly high: number
    /** If everything were renewed. */
    readonly ifAllRenew: number
  }[]
}

/** How often contracts were renewed whose time for it is over. */
export function renewalRate(customers: Iterable<CustomerFacts>, today: LocalDate, asOf: Facts['head']): Proportion {
  let [n, renewed] = [0, 0]
  for (const { contracts } of customers) {
    const signed = contracts.filter((contract) => isKnown(contract, asOf))
    for (const { contractId, term } of signed) {
      if (sameDay(term.to, GRACE) >= today) continue
      n++
      if (signed.some(({ renewalOf }) => renewalOf === contractId)) renewed++
    }
  }
  return wilson(renewed, n)
}

/**
 * From contracts that run today and were not renewed yet: each is taken to be renewed, at its amount and for its term, with the same probability every
 * time, and paid when it is. Flat and relationship rules count; tiers do not, as they depend on everything else that comes. Amounts in minor units.
 * @param renewal the organisation's, where the facts are not of all its customers
 */
export function forecast(
  { customers, common, head }: Facts,
  repId: string,
  today: LocalDate,
  renewal: Proportion = renewalRate(customers, today, head),
): Forecast {
  const view = viewsAt(common, [head])[0]!
  const years = Array.from({ length: YEARS }, (_, i) => ({
    ...{ from: sameDay(today, 12 * i), to: sameDay(today, 12 * (i + 1)) },
    ...{ expected: 0, low: 0, high: 0, ifAllRenew: 0 },
  }))
  for (const customer of customers)
    for (const contract of running(customer, today, head)) {
      const months = termOf(contract)
      for (let turn = 1; ; turn++) {
        const due = sameDay(nextDay(contract.term.to), (turn - 1) * months)
        const year = years.find(({ from, to }) => from <= due && due < to)
        if (!year) break
        const income = incomeOf(customer, contract, { due, turn, repId, view })
        year.ifAllRenew += income
        for (const [key, p] of [
          ['expected', renewal.p],
          ['low', renewal.low],
          ['high', renewal.high],
        ] as const)
          year[key] += timesPower(income, p, turn)
      }
    }
  return { renewal: { ...renewal, graceMonths: GRACE }, source: 'the contracts of this organisation', years }
}

const running = ({ contracts }: CustomerFacts, today: LocalDate, asOf: Facts['head']): ContractFacts[] =>
  contracts.filter(
    (contract) =>
      isKnown(contract, asOf) &&
      contract.term.to >= today &&
      !(contract.cancelled && isKnown(contract.cancelled, asOf)) &&
      !contracts.some((other) => other.renewalOf === contract.contractId && isKnown(other, asOf)),
  )

/** In whole months, at least one: from 10 January up to and with 9 January it is twelve. */
const termOf = ({ term: { from, to } }: ContractFacts): number => Math.max(1, fullMonths(from, nextDay(to)))

interface Renewal {
  readonly due: LocalDate
  readonly turn: number
  readonly repId: string
  readonly view: View
}

/** What the plans in force then would give the rep for all of the contract. */
function incomeOf(customer: CustomerFacts, contract: ContractFacts, { due, turn, repId, view }: Renewal): number {
  let income = 0
  for (const planId of view.plans.keys()) {
    const plan = inForce(view, planId, monthOf(due))
    if (plan?.definition.currency !== contract.currency) continue
    const { zone } = plan.definition
    const at = instantOf(startOfDay(due, zone))
    if (!covers(plan, repId, at, view)) continue
    const { reps, weights } = creditingOf(customer, contract, at, plan.definition, view.asOf)
    const place = reps.indexOf(repId)
    if (place < 0) continue
    for (const rule of plan.rules)
      for (const line of contract.lines) {
        if (rule.kind === 'tiers' || !selects(rule.only, line.productLine, contract.storeId)) continue
        const year = rule.kind === 'flat' ? 1 : yearOf(rule.year)
        const rate = rule.kind === 'flat' ? rule.rate : rule.rates[Math.min(year, rule.rates.length) - 1]!
        const factors = factorsOf(plan, line.productLine, contract.storeId)
        income += apportion(roundHalfUp(multiply(line.amount, [rate, ...factors])), weights)[place]!
      }
    function yearOf(by: 'anniversary' | 'renewals'): number {
      const { year } = relationshipYear(customer, by, at, zone, view) ?? { year: 1 }
      return by === 'anniversary' ? year : year + turn
    }
  }
  return income
}

function timesPower(amount: number, p: number, turns: number): number {
  let left = amount
  for (let i = 0; i < turns; i++) left = roundHalfUp(multiply(left, [p]))
  return left
}
