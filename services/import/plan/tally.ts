// Counts of what a file has and the mapping does not name.

/** So that a column of ids taken for activities does not fill the memory. */
const mostNames = 1000
const others = '(others)'

export class Tally {
  private readonly counts = new Map<string, number>()

  add(name: string, count = 1): void {
    const key = this.counts.has(name) || this.counts.size < mostNames ? name : others
    this.counts.set(key, (this.counts.get(key) ?? 0) + count)
  }

  /** The most frequent first. */
  toObject(): Record<string, number> {
    return Object.fromEntries([...this.counts].sort(([, a], [, b]) => b - a))
  }
}

/** What the mapping does not name: non-blank cells or attributes by column or key, and events by activity. */
export interface Unmapped {
  readonly columns: Tally
  readonly activities: Tally
}
