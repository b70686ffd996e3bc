import jStat from 'jstat'

/** Successes among trials, of one store or rep. */
export interface Proportion {
  readonly successes: number
  readonly trials: number
}

/** Beta distribution of the members' true rates. */
export interface Prior {
  readonly alpha: number
  readonly beta: number
}

/** Trials that the prior is worth at most: true rates are never held for more alike than a standard deviation of some three points. */
const ALIKE = 200

/**
 * How much members differ beyond chance, by the method of moments of the beta-binomial distribution: from the pooled rate m and the weighted
 * variance between members, the prior's weight is (1 − ρ) / ρ trials, ρ the correlation between two trials of one member.
 * A rate that is all or nothing gets half a trial of each kind, so that it stays inside (0, 1).
 *
 * Source: Kleinman (1973), "Proportions with extraneous variance: single and independent samples", JASA 68, 46–54.
 */
export function priorOf(members: readonly Proportion[]): Prior {
  const tried = members.filter(({ trials }) => trials > 0)
  const trials = sum(tried.map((member) => member.trials))
  const successes = sum(tried.map((member) => member.successes))
  const mean = (successes + 0.5) / (trials + 1)
  const spread = sum(tried.map((member) => member.trials * (member.successes / member.trials - mean) ** 2))
  const chance = mean * (1 - mean)
  const free = trials - sum(tried.map((member) => member.trials ** 2)) / trials
  const correlation = free > 0 ? (spread - chance * (tried.length - 1)) / (chance * (free - tried.length + 1)) : 0
  const weight = correlation > 0 ? Math.min((1 - correlation) / correlation, ALIKE) : ALIKE
  const worth = Math.max(weight, 1)
  return { alpha: mean * worth, beta: (1 - mean) * worth }
}

/** A member's rate drawn towards the organisation's, and the equal-tailed credible interval of it. */
export interface Estimate {
  readonly rate: number
  readonly from: number
  readonly to: number
}

/** @param coverage of the interval, in (0, 1) */
export function shrunken({ successes, trials }: Proportion, prior: Prior, coverage: number): Estimate {
  const [alpha, beta] = [prior.alpha + successes, prior.beta + trials - successes]
  const tail = (1 - coverage) / 2
  return {
    rate: alpha / (alpha + beta),
    from: jStat.beta.inv(tail, alpha, beta),
    to: jStat.beta.inv(1 - tail, alpha, beta),
  }
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0)
