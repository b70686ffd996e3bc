import { apportion, millionths } from '@headwater/schema'
import { type Exact, multiply, onTiers, parseExact, roundHalfUp, scale } from './exact.ts'
import type { Explanation, Step } from './explanation.ts'

/** The amount (minor units) that an explanation leads to: each step is done again, from its operands and the outcome of the step before it. */
export function recompute(explanation: Explanation): number {
  if (explanation.kind === 'adjustment') {
    const [before, after] = [explanation.before, explanation.after].map((tree) => (tree ? recompute(tree) : 0))
    return after! - before!
  }
  let [whole, exact] = [0, 0n]
  for (const step of explanation.steps) {
    const outcome = done(step, whole, exact)
    if (typeof outcome === 'bigint') exact = outcome
    else whole = outcome
  }
  return whole
}

function done(step: Step, whole: number, exact: Exact): number | Exact {
  switch (step.op) {
    case 'net':
      return step.returned.reduce((left, amount) => left - amount, step.allocated)
    case 'split':
      return apportion(
        whole,
        step.shares.map(({ weight }) => BigInt(weight)),
      )[step.place]!
    case 'rate':
      return multiply(whole, [step.rate, ...step.factors].map(millionths))
    case 'tiers': {
      const tiers = step.tiers.map(({ from, to, rate }) => ({ from, to, rate: millionths(rate) }))
      return onTiers(step.from + whole, step.mode, tiers) - onTiers(step.from, step.mode, tiers)
    }
    case 'factors':
      return scale(exact, step.factors.map(millionths))
    case 'round': {
      const before = step.reason === 'once' ? 0n : parseExact(step.before)
      return roundHalfUp(before + exact) - roundHalfUp(before)
    }
    case 'sum':
      return step.of.reduce((sum, { amount }) => sum + amount, 0)
    case 'limit':
      return step.limit - whole
    case 'fixed':
      return step.result
    case 'draw':
      return Math.max(0, step.draw - Math.max(0, step.due))
  }
}
