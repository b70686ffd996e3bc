import jStat from 'jstat'
import { adjusted } from './false-discovery.ts'
import { type Estimate, type Proportion, priorOf, shrunken } from './shrinkage.ts'

/** One step of the funnel in one store (or of one rep): the deals of which it is known whether they went on. */
export interface StepOfMember extends Proportion {
  /** The store's or the rep's id. */
  readonly member: string
  /** The stage that is left. */
  readonly step: string
}

/** When a low conversion is worth a person's time. Data of the organisation, see `CoachingThresholds`. */
export interface ConversionThresholds {
  /** How far below the others' rate it must lie, as a share (0.05 is five points). */
  readonly difference: number
  /** Accepted share of false alarms among all alarms. */
  readonly falseDiscoveryRate: number
  /** Coverage of the interval that is shown. */
  readonly coverage: number
}

export interface JudgedStep extends StepOfMember {
  /** The rate of all other members in this step; null where nobody else tried. */
  readonly others: number | null
  readonly observed: number | null
  /** Drawn towards the organisation's rate, the more so the fewer deals there are. */
  readonly estimate: Estimate
  /** Chance to see so few go on if this member were like all others: Fisher's exact test, one-sided. */
  readonly pValue: number
  /** The same with account of how many members and steps were looked at. */
  readonly qValue: number
  readonly low: boolean
}

/**
 * Judges every step of every member against all others. A member is low where chance does not explain it, all tests taken together, and the
 * difference matters. Exact for any number of deals: a store with nine deals is low only if all nine would be lost against good odds.
 *
 * Source of the test: Fisher (1935), "The logic of inductive inference", J. R. Stat. Soc. 98, 39–82 (hypergeometric tail given both margins).
 *
 * @param steps each member and step at most once
 */
export function judgeConversion(steps: readonly StepOfMember[], thresholds: ConversionThresholds): JudgedStep[] {
  const totals = new Map<string, StepOfMember[]>()
  for (const each of steps) totals.set(each.step, [...(totals.get(each.step) ?? []), each])
  const ofStep = new Map(
    [...totals].map(([step, members]) => [
      step,
      {
        prior: priorOf(members),
        trials: members.reduce((total, { trials }) => total + trials, 0),
        successes: members.reduce((total, { successes }) => total + successes, 0),
      },
    ]),
  )
  const pValues = steps.map(({ step, successes, trials }) => {
    const all = ofStep.get(step)!
    return trials === 0 ? 1 : Math.min(1, Math.max(0, jStat.hypgeom.cdf(successes, all.trials, all.successes, trials)))
  })
  const qValues = adjusted(pValues)
  return steps.map((each, i) => {
    const all = ofStep.get(each.step)!
    const others = ratio(all.successes - each.successes, all.trials - each.trials)
    const observed = ratio(each.successes, each.trials)
    const low =
      others !== null &&
      observed !== null &&
      others - observed >= thresholds.difference &&
      qValues[i]! <= thresholds.falseDiscoveryRate
    const estimate = shrunken(each, all.prior, thresholds.coverage)
    return { ...each, others, observed, estimate, pValue: pValues[i]!, qValue: qValues[i]!, low }
  })
}

const ratio = (part: number, whole: number) => (whole === 0 ? null : part / whole)
