/** Counts by small numbers as an array, by larger ones as a map. */
export class Tally {
  private dense = new Float64Array(1024)
  private readonly sparse = new Map<number, number>()

  add(key: number, count = 1): void {
    if (key >= denseLimit) this.sparse.set(key, (this.sparse.get(key) ?? 0) + count)
    else {
      if (key >= this.dense.length) this.grow(key)
      this.dense[key]! += count
    }
  }

  *entries(): Iterable<readonly [key: number, count: number]> {
    for (const [key, count] of this.dense.entries()) if (count > 0) yield [key, count]
    yield* this.sparse
  }

  private grow(key: number): void {
    const grown = new Float64Array(Math.min(denseLimit, 2 * key + 1))
    grown.set(this.dense)
    this.dense = grown
  }
}

const denseLimit = 1 << 22
