import { type Period, type Position, rateText } from '@headwater/schema'
import { credited } from './book.ts'
import { exactText } from './exact.ts'
import type { Explanation, FactRef, LineExplanation, ReceiptRef, Step } from './explanation.ts'
import type { Fact, Facts } from './facts.ts'
import { statementsOf } from './ledger.ts'
import type { CommissionLine, Statement } from './line.ts'
import type { MonthBasis } from './month-lines.ts'
import { weightsOf } from './month-lines.ts'
import type { PlanVersion } from './plan.ts'
import type { Receipt } from './receipts.ts'
import type { RuleBasis } from './rules.ts'
import { target, type WorkedLine } from './target.ts'
import { inForce, viewsAt } from './view.ts'

/**
 * How a line of a rep's statement came about; undefined if the statement has no such line. The facts are those of all customers that ever counted for the
 * rep or fed a pool of theirs: the line is worked out again from them, as known at the cut-off.
 */
export function explain(facts: Facts, repId: string, period: Period, id: string): Explanation | undefined {
  const { timeline, pools, entries } = credited(facts, period)
  const statements = statementsOf(repId, entries.get(repId) ?? [], pools, timeline)
  const statement = statements.find((one) => one.period === period)
  const line = [...(statement?.lines ?? []), ...(statement?.adjustments ?? [])].find((one) => one.id === id)
  if (!statement || !line) return undefined
  const { closed, currency } = facts.common.ledger
  const index = closed.findIndex((one) => one.period === period)
  const asOf = closed[index]?.cutOff ?? facts.head
  const at = (position: Position, originalId: string): LineExplanation | null => {
    const worked = target(facts, position, period, repId).find((one) => one.line.id === originalId)
    return worked ? lineTree(worked, position) : null
  }
  if (line.kind !== 'adjustment') return line.kind === 'draw' ? drawTree(facts, statement, line, asOf) : at(asOf, id)!
  const last = index < 0 ? closed.at(-1) : closed[index - 1]
  const { original } = line
  return {
    kind: 'adjustment',
    line,
    currency,
    before: last ? at(last.cutOff, original.id) : null,
    after: at(asOf, original.id),
  }
}

const ref = ({ eventId, position, occurredAt, recordedAt }: Fact): FactRef => ({
  eventId,
  position,
  occurredAt,
  recordedAt,
})

const common = (line: CommissionLine, { definition, planId, version, fact }: PlanVersion, asOf: Position) => {
  const rule = definition.rules.find(({ id }) => line.kind === 'rule' && id === line.ruleId)
  return {
    ...{ kind: 'line' as const, line, currency: definition.currency, zone: definition.zone, asOf },
    plan: { planId, version, name: definition.name, approved: ref(fact), ...(rule && { rule }) },
  }
}

function lineTree({ line, basis }: WorkedLine, asOf: Position): LineExplanation {
  return 'entry' in basis ? ruleTree(line, basis, asOf) : monthTree(line, basis, asOf)
}

function ruleTree(line: CommissionLine, basis: RuleBasis, asOf: Position): LineExplanation {
  const { receipt, release, crediting, plan, customer } = basis.entry
  return {
    ...common(line, plan, asOf),
    receipts: [receiptRef(receipt, customer.customerId)],
    ...(release.facts.length > 0 && { released: { at: release.at, facts: release.facts.map(ref) } }),
    credited: { by: crediting.by, facts: crediting.facts.map(ref) },
    ...(basis.kind !== 'tiers' &&
      basis.year && {
        year: {
          ...{ year: basis.year.year, by: basis.year.by },
          ...{ contractId: basis.year.contract.contractId, fact: ref(basis.year.contract) },
        },
      }),
    steps: ruleSteps(line, basis),
  }
}

function ruleSteps(line: CommissionLine, basis: RuleBasis): Step[] {
  const { receipt, crediting, place, base } = basis.entry
  const { gross: allocated, net, returned } = receipt
  const shares = crediting.reps.map((repId, i) => ({ repId, weight: String(crediting.weights[i]) }))
  const split = (amount: number, result: number): Step[] =>
    shares.length > 1 ? [{ op: 'split', amount, shares, place, result }] : []
  const factors = basis.factors.map(rateText)
  const given = returned.map((fact) =>
    fact.allocations.reduce((sum, { lineId, amount }) => (lineId === receipt.line.lineId ? sum + amount : sum), 0),
  )
  const start: Step = { op: 'net', allocated, returned: given, result: net }
  const exact = exactText(basis.exact)
  if (basis.kind !== 'tiers')
    return [
      start,
      { op: 'rate', amount: net, rate: rateText(basis.rate), factors, result: exact },
      { op: 'round', reason: 'once', amount: exact, result: basis.unsplit },
      ...split(basis.unsplit, line.amount),
    ]
  const { rule, window, from, before, gained } = basis
  const tiers = rule.tiers.map(({ to, ...tier }) => ({
    ...tier,
    ...(to !== undefined && { to }),
    rate: rateText(tier.rate),
  }))
  return [
    start,
    ...split(net, base),
    { op: 'tiers', mode: rule.mode, tiers, window, from, amount: base, result: exactText(gained) },
    ...(gained === basis.exact ? [] : [{ op: 'factors', amount: exactText(gained), factors, result: exact } as const]),
    { op: 'round', reason: 'running', before: exactText(before), amount: exact, result: line.amount },
  ]
}

function monthTree(line: CommissionLine, basis: MonthBasis, asOf: Position): LineExplanation {
  const tree = { ...common(line, basis.plan, asOf), receipts: [] }
  if (basis.kind === 'allowance')
    return { ...tree, certificate: ref(basis.fact), steps: [{ op: 'fixed', result: basis.amount }] }
  if (basis.kind !== 'pool') {
    const of = basis.lines.map(({ id, amount }) => ({ id, amount }))
    const limit: Step = { op: 'limit', amount: line.base, limit: basis.limit, result: line.amount }
    return { ...tree, steps: [{ op: 'sum', of, result: line.base }, limit] }
  }
  const { pool, total, exact, unsplit, place } = basis
  const weights = weightsOf(pool)
  const receipts = total.receipts.map(({ receipt }) => receiptRef(receipt))
  const shares = pool.members.map(({ repId }, i) => ({ repId, weight: String(weights[i]) }))
  return {
    ...tree,
    receipts,
    steps: [
      { op: 'sum', of: receipts.map(({ payment, net }) => ({ id: payment.eventId, amount: net })), result: total.net },
      { op: 'rate', amount: total.net, rate: rateText(pool.rate), factors: [], result: exactText(exact) },
      { op: 'round', reason: 'once', amount: exactText(exact), result: unsplit },
      { op: 'split', amount: unsplit, shares, place, result: line.amount },
    ],
  }
}

function drawTree(facts: Facts, { period }: Statement, line: CommissionLine, asOf: Position): LineExplanation {
  const plan = inForce(viewsAt(facts.common, [asOf])[0]!, line.planId, period)!
  const { base: due, amount: result } = line
  return { ...common(line, plan, asOf), receipts: [], steps: [{ op: 'draw', due, draw: plan.draw!.amount, result }] }
}

function receiptRef({ contract, payment, line, gross, net, returned }: Receipt, customerId?: string): ReceiptRef {
  return {
    ...(customerId !== undefined && { customerId }),
    ...{ contractId: contract.contractId, contractLineId: line.lineId, productLine: line.productLine },
    ...{ storeId: contract.storeId, paymentId: payment.paymentId, payment: ref(payment), allocated: gross, net },
    returned: returned.map((fact) => ({ kind: fact.kind, amount: fact.amount, fact: ref(fact) })),
  }
}
