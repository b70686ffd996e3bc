// What no single field of a commission plan can say: tiers without gaps, shares of one, ends of months, names that are known.
import { MoneyError, parseMoney } from '../money.ts'
import { millionths, ONE } from '../rate.ts'
import type { CommissionPlanFields, Selector, Tier } from './definition.ts'

type Path = (string | number)[]

/** A mistake, at its place in the file. */
export interface PlanProblem {
  readonly path: Path
  readonly message: string
}

/** Everything that is wrong with a plan whose fields are right one by one. */
export function planProblems(plan: CommissionPlanFields): PlanProblem[] {
  const problems: PlanProblem[] = []
  const issue = (path: Path, message: string) => {
    problems.push({ path, message })
  }
  /** In minor units; undefined where there is none, or none that can be read. */
  const amount = (path: Path, text: string | undefined): number | undefined => {
    if (text === undefined) return undefined
    try {
      const { amount } = parseMoney(text, plan.currency)
      if (amount >= 0) return amount
      issue(path, `${text} is negative`)
    } catch (error) {
      if (!(error instanceof MoneyError)) throw error
      if (error.code !== 'unknown-currency') issue(path, error.message)
    }
    return undefined
  }
  checkMonths(plan, issue)
  checkNames(plan, issue)

  const [cap, floor] = [amount(['cap'], plan.cap), amount(['floor'], plan.floor)]
  if (cap !== undefined && floor !== undefined && floor > cap) issue(['floor'], 'the floor is above the cap')
  amount(['draw', 'amount'], plan.draw?.amount)
  for (const [i, allowance] of plan.allowances.entries()) amount(['allowances', i, 'amount'], allowance.amount)
  for (const [i, rule] of plan.rules.entries())
    if (rule.kind === 'tiers') checkTiers(rule.tiers, ['rules', i, 'tiers'], amount, issue)
  for (const [i, { members }] of plan.pools.entries()) {
    const path = ['pools', i, 'members']
    if (members.reduce((sum, { share }) => sum + millionths(share), 0) !== ONE)
      issue(path, 'the shares must add up to 1')
    if (new Set(members.map(({ repId }) => repId)).size < members.length) issue(path, 'a rep is a member once')
  }
  return problems
}

type Issue = (path: Path, message: string) => void

function checkMonths({ effective: { from, to } }: CommissionPlanFields, issue: Issue): void {
  if (!from.endsWith('-01')) issue(['effective', 'from'], `${from} is not the first day of a month`)
  if (to !== undefined && !isLastOfMonth(to)) issue(['effective', 'to'], `${to} is not the last day of a month`)
  if (to !== undefined && to < from) issue(['effective', 'to'], `${to} is before ${from}`)
}

const isLastOfMonth = (date: string) => new Date(Date.parse(date) + 86_400_000).getUTCDate() === 1

function checkNames(plan: CommissionPlanFields, issue: Issue): void {
  for (const list of ['rules', 'pools'] as const)
    if (new Set(plan[list].map(({ id }) => id)).size < plan[list].length) issue([list], 'ids must be unique')
  const known = new Set(plan.productLines)
  const check = (path: Path, line: string) => {
    if (!known.has(line)) issue(path, `unknown product line ${line}: productLines does not name it`)
  }
  const selector = (path: Path, only: Selector | undefined) => {
    for (const [i, line] of (only?.productLines ?? []).entries()) check([...path, 'only', 'productLines', i], line)
  }
  for (const [i, { only }] of plan.rules.entries()) selector(['rules', i], only)
  for (const [i, { only }] of plan.holds.entries()) selector(['holds', i], only)
  for (const line of Object.keys(plan.multipliers.productLines)) check(['multipliers', 'productLines', line], line)
}

function checkTiers(
  tiers: readonly Tier[],
  path: Path,
  amount: (path: Path, text: string | undefined) => number | undefined,
  issue: Issue,
): void {
  let end: number | undefined = 0
  for (const [i, tier] of tiers.entries()) {
    const from = amount([...path, i, 'from'], tier.from)
    const to = amount([...path, i, 'to'], tier.to)
    const isLast = i === tiers.length - 1
    if (from !== undefined && end !== undefined && from !== end)
      issue([...path, i, 'from'], i === 0 ? 'the first tier begins at 0' : 'a tier begins where the one before it ends')
    if (isLast !== (tier.to === undefined))
      issue([...path, i, 'to'], isLast ? 'the last tier has no end' : 'only the last tier has no end')
    if (from !== undefined && to !== undefined && to <= from)
      issue([...path, i, 'to'], 'a tier ends above where it begins')
    end = to
  }
}
