// How often each fact of a panel was met, by group and stage.
import type { Context } from '../context.ts'
import type { FactRow } from '../figures.ts'
import type { Durations, Measure } from '../query.ts'
import type { Columns } from './columns.ts'
import { withRoom } from './dictionary.ts'
import { Fact, type Scope } from './scope.ts'
import { Tally } from './tally.ts'

const factMeasures = (
  ['reached', 'converted', 'overall', 'visits', 'reentries', 'flagged', 'flaggedCases', 'won', 'open'] as const
).map((measure) => [measure, Fact[measure]] as const)

/** A cell is a group's stage: the group's number times the number of stages, and the stage's. */
export class Counts {
  /** By group and kind: `group * kindRoom + kind`. */
  readonly byKind = new Tally()
  readonly kindRoom: number
  /** By cell: of deals whose visits of this stage are in other groups. */
  readonly overall = new Tally()
  /** By cell. */
  readonly skipped = new Tally()
  private readonly lost = new Tally()
  private readonly lossRoom: number
  private readonly blocked = new Tally()
  private readonly blockRoom: number

  constructor(
    private readonly columns: Columns,
    private readonly scope: Scope,
    private readonly stages: Context['stages'],
  ) {
    this.kindRoom = withRoom(scope.facts.length)
    this.lossRoom = withRoom(columns.names.lossReason.size)
    this.blockRoom = withRoom(columns.names.blockReason.size)
  }

  get bytes(): number {
    return [this.byKind, this.lost, this.blocked].reduce((sum, { bytes }) => sum + bytes, 0)
  }

  /** False where there are more kinds or reasons by now than there is room for. */
  fits(): boolean {
    const { lossReason, blockReason } = this.columns.names
    return (
      this.scope.facts.length <= this.kindRoom && lossReason.size <= this.lossRoom && blockReason.size <= this.blockRoom
    )
  }

  addLost(cell: number, reason: number, count: number): void {
    this.lost.add(cell * this.lossRoom + reason, count)
  }

  addBlocked(cell: number, reason: number, count: number): void {
    this.blocked.add(cell * this.blockRoom + reason, count)
  }

  /** All of a group but durations. */
  rowsOf(group: number): FactRow[] {
    const { stages, columns } = this
    const rows: FactRow[] = []
    const add = (measure: Measure, stage: number, count: number, reason: string | null = null) => {
      if (count > 0) rows.push({ ...untimed, measure, stage: stages[stage]!.id, reason, count })
    }
    const counts = this.factsOf(group)
    for (let stage = 0; stage < stages.length; stage++) {
      const cell = group * stages.length + stage
      for (const [i, [measure]] of factMeasures.entries()) {
        const elsewhere = measure === 'overall' ? this.overall.of(cell) : 0
        add(measure, stage, counts[stage * factMeasures.length + i]! + elsewhere)
      }
      add('skipped', stage, this.skipped.of(cell))
      for (const [i, reason] of columns.names.lossReason.values.entries())
        add('lost', stage, this.lost.of(cell * this.lossRoom + i), reason)
      for (const [i, reason] of columns.names.blockReason.values.entries())
        add('blocked', stage, this.blocked.of(cell * this.blockRoom + i), reason)
    }
    return rows
  }

  /** By stage and measure. */
  private factsOf(group: number): Int32Array {
    const { facts, stageOf } = this.scope
    const counts = new Int32Array(this.stages.length * factMeasures.length)
    for (let kind = 1; kind < facts.length; kind++) {
      const count = this.byKind.of(group * this.kindRoom + kind)
      if (count === 0) continue
      const at = stageOf[kind]! * factMeasures.length
      for (let i = 0; i < factMeasures.length; i++)
        if ((facts[kind]! & factMeasures[i]![1]) !== 0) counts[at + i]! += count
    }
    return counts
  }
}

const untimed = {
  timedCount: 0,
  mean: null,
  percentiles: null,
  businessCount: 0,
  businessMean: null,
  businessPercentiles: null,
}

export const durationRow = (
  measure: Measure,
  stage: string,
  calendar: Durations,
  business: Durations | undefined,
): FactRow => ({
  measure,
  stage,
  reason: null,
  count: calendar.count,
  timedCount: calendar.count,
  mean: calendar.mean,
  percentiles: [calendar.median, calendar.p90],
  businessCount: business?.count ?? 0,
  businessMean: business?.mean ?? null,
  businessPercentiles: business ? [business.median, business.p90] : null,
})
