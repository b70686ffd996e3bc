/** Counts by small numbers as an array, by larger ones as a map. */
export class Tally {
  private dense = new Int32Array(1024)
  private readonly sparse = new Map<number, number>()

  add(key: number, count: number): void {
    if (key < this.dense.length) this.dense[key]! += count
    else if (key >= denseLimit) this.sparse.set(key, (this.sparse.get(key) ?? 0) + count)
    else {
      this.grow(key)
      this.dense[key]! += count
    }
  }

  of(key: number): number {
    return (key < this.dense.length ? this.dense[key] : this.sparse.get(key)) ?? 0
  }

  get bytes(): number {
    return this.dense.byteLength + 48 * this.sparse.size
  }

  private grow(key: number): void {
    const grown = new Int32Array(Math.min(denseLimit, 2 * key + 1))
    grown.set(this.dense)
    this.dense = grown
  }
}

const denseLimit = 1 << 22
