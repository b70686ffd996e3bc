// How often each fact of a panel was met, by group and stage.
import type { Columns } from './columns.ts'
import { withRoom } from './dictionary.ts'
import { countedMeasures, Layout } from './numbers.ts'
import { Fact, type Scope } from './scope.ts'
import { Tally } from './tally.ts'

/** By counted measure; none for what is counted by itself. */
const factOf = countedMeasures.map((measure) => (measure in Fact ? Fact[measure as keyof typeof Fact] : 0))
const overallAt = countedMeasures.indexOf('overall')
const skippedAt = countedMeasures.indexOf('skipped')

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
  readonly lossRoom: number
  private readonly blocked = new Tally()
  readonly blockRoom: number
  readonly layout: Layout

  constructor(
    private readonly columns: Columns,
    private readonly scope: Scope,
    private readonly stageCount: number,
  ) {
    this.kindRoom = withRoom(scope.facts.length)
    this.lossRoom = withRoom(columns.names.lossReason.size)
    this.blockRoom = withRoom(columns.names.blockReason.size)
    this.layout = new Layout(this.lossRoom, this.blockRoom)
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

  /** All of a group but durations, from `at` on. */
  write(group: number, numbers: Float64Array, at: number): void {
    const { columns, layout } = this
    this.writeFacts(group, numbers, at)
    for (let stage = 0; stage < this.stageCount; stage++) {
      const cell = group * this.stageCount + stage
      const from = at + stage * layout.width
      numbers[from + overallAt]! += this.overall.of(cell)
      numbers[from + skippedAt] = this.skipped.of(cell)
      for (let i = 0; i < columns.names.lossReason.size; i++)
        numbers[from + layout.lossReasons + i] = this.lost.of(cell * this.lossRoom + i)
      for (let i = 0; i < columns.names.blockReason.size; i++)
        numbers[from + layout.blockReasons + i] = this.blocked.of(cell * this.blockRoom + i)
    }
  }

  private writeFacts(group: number, numbers: Float64Array, at: number): void {
    const { facts, stageOf } = this.scope
    for (let kind = 1; kind < facts.length; kind++) {
      const count = this.byKind.of(group * this.kindRoom + kind)
      if (count === 0) continue
      const from = at + stageOf[kind]! * this.layout.width
      for (let i = 0; i < factOf.length; i++) if ((facts[kind]! & factOf[i]!) !== 0) numbers[from + i]! += count
    }
  }
}
