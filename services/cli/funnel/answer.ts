// The funnel's answer for people and for programs.
import type { FunnelGroup, FunnelResult, StageFigures } from '@headwater/projections'
import { count, duration, instant, NONE, percent } from '../terminal/format.ts'
import { table } from '../terminal/table.ts'

/** The stable shape of `funnel --json`: the figures of all deals together, and those of each group where groups were asked for. */
export function funnelJson(total: FunnelResult, grouped: FunnelResult | undefined) {
  const { key: _, ...whole } = only(total)
  return { playbook: total.playbook, asOf: total.asOf, ...whole, ...(grouped && { groups: grouped.groups }) }
}

export function funnelText(total: FunnelResult, grouped: FunnelResult | undefined): string {
  const whole = only(total)
  const version = total.playbook.version === null ? '' : `, version ${total.playbook.version}`
  const lines = [
    `${total.playbook.id}${version}, as of ${instant(total.asOf.businessTime)}`,
    '',
    stageTable(whole.stages),
    '',
    `${count(whole.won)} won, ${count(whole.lost)} lost, ${count(whole.open)} open` +
      (whole.flaggedCases > 0 ? `; ${count(whole.flaggedCases)} flagged and kept out of durations` : ''),
  ]
  if (grouped) lines.push('', groupTable(grouped.groups, whole.stages))
  return lines.join('\n')
}

const only = (result: FunnelResult): FunnelGroup => {
  const [whole] = result.groups
  if (!whole) throw new Error('a funnel that is not split has one group')
  return whole
}

function stageTable(stages: readonly StageFigures[]): string {
  const head = ['stage', 'reached', 'step', 'overall', 'lost', 'open', 're-entered']
  return table(
    [...head, 'dwell mean', 'median', 'p90', 'to next (median)', 'main loss', 'main block'],
    stages.map((stage) => [
      stage.stage,
      count(stage.reached),
      percent(stage.stepConversion),
      percent(stage.overallConversion),
      count(stage.lost),
      count(stage.open),
      count(stage.reentries),
      duration(stage.dwell.mean),
      duration(stage.dwell.median),
      duration(stage.dwell.p90),
      duration(stage.dwellToNext.median),
      stage.lossReasons[0]?.reason ?? NONE,
      stage.dominantBlockingReason ?? NONE,
    ]),
  )
}

/** A line for each group: how many of its deals reached each stage, and how they ended. */
function groupTable(groups: readonly FunnelGroup[], stages: readonly StageFigures[]): string {
  const dimensions = Object.keys(groups[0]?.key ?? {})
  return table(
    [...dimensions, ...stages.map(({ stage }) => stage), 'won', 'lost', 'open', 'won of all'],
    groups.map((group) => {
      const reached = new Map(group.stages.map(({ stage, reached }) => [stage, reached]))
      const all = group.won + group.lost + group.open
      return [
        ...Object.values(group.key).map((value) => value ?? '(not stated)'),
        ...stages.map(({ stage }) => count(reached.get(stage) ?? 0)),
        count(group.won),
        count(group.lost),
        count(group.open),
        percent(all === 0 ? null : group.won / all),
      ]
    }),
  )
}
