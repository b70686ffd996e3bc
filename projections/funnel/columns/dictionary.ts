/** Values as small numbers, in order of appearance. */
export class Dictionary<T extends string | null = string | null> {
  readonly values: T[] = []
  private readonly codes = new Map<T, number>()
  /** The visits of a deal, one after another, mostly have the same. */
  private last: T | undefined
  private lastCode = 0

  get size(): number {
    return this.values.length
  }

  find(value: T): number | undefined {
    return this.codes.get(value)
  }

  codeOf(value: T): number {
    if (this.last === value) return this.lastCode
    let code = this.codes.get(value)
    if (code === undefined) {
      code = this.values.push(value) - 1
      this.codes.set(value, code)
    }
    this.last = value
    this.lastCode = code
    return code
  }
}

/** For so many values now, and some that may come. */
export const withRoom = (size: number) => size + (size >> 2) + 8
