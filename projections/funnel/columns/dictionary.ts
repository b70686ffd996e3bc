/** Values as small numbers, in order of appearance. */
export class Dictionary<T extends string | null = string | null> {
  readonly values: T[] = []
  private readonly codes = new Map<T, number>()

  get size(): number {
    return this.values.length
  }

  find(value: T): number | undefined {
    return this.codes.get(value)
  }

  codeOf(value: T): number {
    let code = this.codes.get(value)
    if (code === undefined) {
      code = this.values.push(value) - 1
      this.codes.set(value, code)
    }
    return code
  }
}

/** For so many values now, and some that may come. */
export const withRoom = (size: number) => size + (size >> 2) + 8
