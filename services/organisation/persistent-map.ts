/** How many changes are kept apart before they are worked in: `with` costs about the square root of the map's size. */
const apart = (size: number) => 16 + Math.sqrt(size)

/**
 * A map that never changes: `with` gives another one, which shares what is the same. A copy of a plain map for each change would make
 * a fold take the square of its events.
 */
export class PersistentMap<K, V extends object> implements ReadonlyMap<K, V> {
  readonly size: number
  private readonly base: ReadonlyMap<K, V>
  private readonly changes: ReadonlyMap<K, V>

  /** `changes` are in force before `base`; those that `base` does not have come after it. */
  private constructor(base: ReadonlyMap<K, V>, changes: ReadonlyMap<K, V>, size: number) {
    this.base = base
    this.changes = changes
    this.size = size
  }

  static empty<K, V extends object>(): PersistentMap<K, V> {
    return new PersistentMap<K, V>(new Map(), new Map(), 0)
  }

  with(key: K, value: V): PersistentMap<K, V> {
    const size = this.size + (this.has(key) ? 0 : 1)
    if (this.changes.size < apart(this.base.size))
      return new PersistentMap(this.base, new Map(this.changes).set(key, value), size)
    return new PersistentMap(new Map(this).set(key, value), new Map(), size)
  }

  get(key: K): V | undefined {
    return this.changes.get(key) ?? this.base.get(key)
  }

  has(key: K): boolean {
    return this.changes.has(key) || this.base.has(key)
  }

  *entries(): MapIterator<[K, V]> {
    for (const [key, value] of this.base) yield [key, this.changes.get(key) ?? value]
    for (const entry of this.changes) if (!this.base.has(entry[0])) yield entry
  }

  *keys(): MapIterator<K> {
    for (const [key] of this.entries()) yield key
  }

  *values(): MapIterator<V> {
    for (const [, value] of this.entries()) yield value
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries()
  }

  forEach(use: (value: V, key: K, map: ReadonlyMap<K, V>) => void): void {
    for (const [key, value] of this.entries()) use(value, key, this)
  }
}
