import type { LeafStore, StoredEvents } from '@headwater/infra/ports'
import type { Position } from '@headwater/schema'
import { leavesOf } from '../log/leaves.ts'
import { HASH, MerkleTree } from '../merkle/index.ts'
import { idAt, Suspects } from './suspects.ts'
import { Witnesses } from './witnesses.ts'

/** A stretch of the log: hashes and ids of its leaves end to end. */
interface Stretch {
  readonly hashes: Buffer
  readonly ids: Buffer
}

/** The log beside what was recorded of it. */
export class Comparison {
  /** Of each size asked for that the log or the recorded leaves reach: their roots there. */
  readonly roots = new Map<number, { log: string | undefined; recorded: string | undefined }>()
  readonly suspects = new Suspects()
  /** Place of the first leaf that is missing among the recorded ones, or has the right hash and another event's id. */
  firstFlaw: number | undefined
  /** Events looked at. */
  size = 0
  private readonly tree = new MerkleTree()
  /** Over the recorded leaves, once they differ from the log's. */
  private recordedTree: MerkleTree | undefined
  private recordedWhole = true
  private suspectedSince = 0

  constructor(private readonly sizes: readonly number[]) {}

  /** Events up to the next size asked for. */
  untilBoundary(): number {
    return (this.sizes.find((size) => size > this.size) ?? Number.POSITIVE_INFINITY) - this.size
  }

  get pastBoundaries(): boolean {
    return this.untilBoundary() === Number.POSITIVE_INFINITY
  }

  /** Both stretches begin at `size` and are equally long; `recorded` is undefined where nothing was recorded. */
  take(log: Stretch, recorded: Stretch | undefined, positionOf: (place: number) => Position): void {
    if (!recorded) this.gap()
    else if (!recorded.hashes.equals(log.hashes)) this.differ(log, recorded, positionOf)
    else if (!recorded.ids.equals(log.ids)) this.firstFlaw ??= this.size
    this.suspects.passLog(log.ids, this.size)
    if (recorded) {
      this.suspects.passRecorded(recorded.ids, this.size)
      this.recordedTree?.add(recorded.hashes)
    }
    this.tree.add(log.hashes)
    this.advance(log.hashes.length / HASH)
  }

  /** The log has ended; these leaves were recorded from there on. */
  takeMissing(recorded: Stretch | undefined, count: number): void {
    if (!recorded) this.gap()
    else {
      if (this.tree.size === this.size)
        this.suspects.add({ index: this.size, position: undefined, found: undefined, recorded: idAt(recorded.ids, 0) })
      this.suspects.passRecorded(recorded.ids, this.size)
      this.recordedTree ??= this.tree.clone()
      this.recordedTree.add(recorded.hashes)
    }
    this.advance(count)
  }

  private differ(log: Stretch, recorded: Stretch, positionOf: (place: number) => Position): void {
    let place = 0
    while (
      log.hashes.compare(recorded.hashes, place * HASH, (place + 1) * HASH, place * HASH, (place + 1) * HASH) === 0
    )
      place++
    this.recordedTree ??= this.tree.clone()
    if (this.suspects.all.some(({ index }) => index >= this.suspectedSince)) return
    this.suspects.add({
      index: this.size + place,
      position: positionOf(place),
      found: idAt(log.ids, place),
      recorded: idAt(recorded.ids, place),
    })
  }

  private gap(): void {
    this.firstFlaw ??= this.size
    this.recordedWhole = false
  }

  private advance(count: number): void {
    this.size += count
    if (!this.sizes.includes(this.size)) return
    const log = this.tree.size === this.size ? this.tree.root() : undefined
    const recorded = this.recordedWhole ? (this.recordedTree?.root() ?? log) : undefined
    this.roots.set(this.size, { log, recorded })
    this.suspectedSince = this.size
  }
}

/**
 * Reads the log beside its recorded leaves, as far as they or the sizes asked for reach; to its end where something is suspect, to see what
 * has become of the events in question. Memory is flat in the length of both.
 */
export async function compare(log: StoredEvents, leaves: LeafStore, sizes: readonly number[]): Promise<Comparison> {
  const witnesses = new Witnesses(leaves)
  const comparison = new Comparison(sizes)
  for await (const page of log.readStored()) {
    let hashes: Buffer | undefined
    for (let place = 0; place < page.count; ) {
      const recorded = await witnesses.at(comparison.size)
      if (!recorded && comparison.pastBoundaries) {
        if (comparison.suspects.all.length === 0) return comparison
        comparison.suspects.passLog(page.ids.subarray(place * 16), comparison.size)
        break
      }
      hashes ??= leavesOf(page)
      const count = Math.min(
        page.count - place,
        recorded?.count ?? Number.POSITIVE_INFINITY,
        comparison.untilBoundary(),
      )
      const start = place
      comparison.take(
        stretch({ hashes, ids: page.ids }, start, count),
        recorded?.page && stretch(recorded.page, recorded.start, count),
        (within) => page.positionOf(start + within),
      )
      place += count
    }
  }
  for (;;) {
    const recorded = await witnesses.at(comparison.size)
    if (!recorded) return comparison
    const count = Math.min(recorded.count, comparison.untilBoundary())
    comparison.takeMissing(recorded.page && stretch(recorded.page, recorded.start, count), count)
  }
}

const stretch = ({ hashes, ids }: Stretch, start: number, count: number): Stretch => ({
  hashes: hashes.subarray(start * HASH, (start + count) * HASH),
  ids: ids.subarray(start * 16, (start + count) * 16),
})
