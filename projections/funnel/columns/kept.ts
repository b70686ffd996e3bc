// What is worth its room: GreedyDual-Size (Cao and Irani, Cost-Aware WWW Proxy Caching Algorithms, 1997).

export interface Weighed {
  /** What it takes to have it again, in any unit. */
  readonly cost: number
  readonly bytes: number
}

interface Entry<T> {
  readonly value: T
  readonly bytes: number
  priority: number
}

/** Where the bytes are full, goes first what is cheap for its size and was not asked for lately. */
export class Kept<T extends Weighed> {
  private readonly entries = new Map<string, Entry<T>>()
  private held = 0
  /** Of what went last: whoever is asked for again is above it. */
  private floor = 0

  constructor(private readonly room: number) {}

  /** In all. */
  get bytes(): number {
    return this.held
  }

  get(key: string): T | undefined {
    const entry = this.entries.get(key)
    if (!entry) return undefined
    entry.priority = this.priorityOf(entry.value)
    return entry.value
  }

  set(key: string, value: T): void {
    this.delete(key)
    const { bytes } = value
    while (this.entries.size > 0 && this.held + bytes > this.room) this.evict()
    this.entries.set(key, { value, bytes, priority: this.priorityOf(value) })
    this.held += bytes
  }

  delete(key: string): void {
    this.held -= this.entries.get(key)?.bytes ?? 0
    this.entries.delete(key)
  }

  clear(): void {
    this.entries.clear()
    this.held = 0
  }

  *[Symbol.iterator](): Generator<[key: string, value: T]> {
    for (const [key, { value }] of this.entries) yield [key, value]
  }

  private priorityOf({ cost, bytes }: T): number {
    return this.floor + cost / Math.max(1, bytes)
  }

  private evict(): void {
    const [key, { priority }] = [...this.entries].reduce((a, b) => (b[1].priority < a[1].priority ? b : a))
    this.floor = priority
    this.delete(key)
  }
}
