// An explanation for people, in the product's two languages: made from the tree, so that it says what the arithmetic does.
import { formatMoney, minorUnitDigits, type TimeZone } from '@headwater/schema'
import { exactText, parseExact } from './exact.ts'
import type { Explanation, FactRef, LineExplanation, ReceiptRef, Step } from './explanation.ts'
import { type Locale, phrases } from './phrases.ts'

/** One sentence a step; amounts in the currency's major units, times on the plan's clock. */
export function sentences(explanation: Explanation, locale: Locale): string[] {
  const say = phrases[locale]
  const { currency } = explanation
  const money = (amount: number) => `${formatMoney({ amount, currency })} ${currency}`
  if (explanation.kind === 'line') return lineSentences(explanation, locale)
  const { line, before, after } = explanation
  return [
    say.adjustment(
      line.period,
      line.original.id,
      line.original.period,
      money(line.before),
      money(line.after),
      money(line.amount),
    ),
    say.causes(line.causes.map(({ eventId, position }) => event(eventId, position)).join(say.comma)),
    ...(before ? [say.before, ...lineSentences(before, locale)] : []),
    ...(after ? [say.after, ...lineSentences(after, locale)] : []),
  ]
}

function lineSentences(tree: LineExplanation, locale: Locale): string[] {
  const say = phrases[locale]
  const { line, plan, zone, credited, released, year, certificate, receipts } = tree
  const source = (fact: FactRef) => say.source(event(fact.eventId, fact.position), localTime(fact.occurredAt, zone))
  const sources = (facts: readonly FactRef[]) => facts.map(source).join(say.comma)
  const told = Math.min(receipts.length, line.kind === 'pool' ? 0 : 1)
  return [
    ...receipts.slice(0, told).flatMap((receipt) => receiptSentences(receipt, tree, locale, source)),
    ...(line.kind === 'pool' ? [say.fed(receipts.length)] : []),
    ...(credited ? [say.credited[credited.by](line.repId, sources(credited.facts))] : []),
    ...(released ? [say.released(localTime(released.at, zone), sources(released.facts))] : []),
    ...(year ? [say.year[year.by](year.year, year.contractId, source(year.fact))] : []),
    ...(certificate ? [say.certificate(line.ruleId, source(certificate))] : []),
    say.plan(
      plan.name[locale],
      plan.planId,
      plan.version,
      line.kind === 'rule' ? line.ruleId : say.kinds[line.kind],
      source(plan.approved),
    ),
    ...tree.steps.filter(isWorthSaying).map((step) => stepSentence(step, tree, locale)),
  ]
}

/** That nothing was given back needs no words. */
const isWorthSaying = (step: Step) => step.op !== 'net' || step.returned.length > 0

function receiptSentences(
  receipt: ReceiptRef,
  { currency }: LineExplanation,
  locale: Locale,
  source: (fact: FactRef) => string,
) {
  const say = phrases[locale]
  const money = (amount: number) => `${formatMoney({ amount, currency })} ${currency}`
  const { paymentId, payment, allocated, contractId, contractLineId, productLine } = receipt
  return [
    say.receipt(paymentId, source(payment), money(allocated), contractId, contractLineId, productLine),
    ...receipt.returned.map(({ kind, amount, fact }) => say.returned[kind](money(amount), source(fact))),
  ]
}

function stepSentence(step: Step, { currency }: LineExplanation, locale: Locale): string {
  const say = phrases[locale]
  const digits = minorUnitDigits(currency)
  const money = (amount: number) => formatMoney({ amount, currency })
  const exact = (text: string) => exactText(parseExact(text), digits)
  switch (step.op) {
    case 'net':
      return say.net([step.allocated, ...step.returned].map(money).join(' − '), money(step.result))
    case 'split': {
      const total = step.shares.reduce((sum, { weight }) => sum + BigInt(weight), 0n)
      const shares = step.shares.map(({ repId, weight }) => `${repId} ${weight}/${total}`).join(say.comma)
      return say.split(money(step.amount), shares, step.shares[step.place]!.repId, money(step.result))
    }
    case 'rate':
      return say.times([money(step.amount), step.rate, ...others(step.factors)].join(' × '), exact(step.result))
    case 'factors':
      return say.times([exact(step.amount), ...others(step.factors)].join(' × '), exact(step.result))
    case 'tiers': {
      const tiers = step.tiers.map(({ from, to, rate }) =>
        say.tier(money(from), to === undefined ? null : money(to), rate),
      )
      const [from, to] = [money(step.from), money(step.from + step.amount)]
      return say.tiers(step.window, say.modes[step.mode], tiers.join(say.comma), from, to, exact(step.result))
    }
    case 'round':
      return step.reason === 'once'
        ? say.roundOnce(exact(step.amount), money(step.result))
        : say.roundRunning(exact(step.before), exact(step.amount), money(step.result))
    case 'sum':
      return say.sum(step.of.length, money(step.result))
    case 'limit':
      return say.limit(money(step.amount), money(step.limit), money(step.result))
    case 'fixed':
      return say.fixed(money(step.result))
    case 'draw':
      return say.draw(money(step.due), money(step.draw), money(step.result))
  }
}

const others = (factors: readonly string[]) => factors.filter((factor) => factor !== '1')
const event = (eventId: string, position: string) => `${eventId} @ ${position}`

const localTime = (instant: string, zone: TimeZone): string =>
  new Date(instant).toLocaleString('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' })
