import { hash } from 'node:crypto'
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** A source of chance: the same seed tells the same story. */
export class Random {
  readonly #seed: string
  readonly #generator: ReturnType<typeof xoroshiro128plus>

  constructor(seed: string) {
    this.#seed = seed
    this.#generator = xoroshiro128plus(hash('sha256', seed, 'buffer').readInt32BE())
  }

  /** An independent source for one part of the story, so that a change there leaves the others as they are. */
  fork(name: string | number): Random {
    return new Random(`${this.#seed}/${name}`)
  }

  /** In [0, 1). */
  number(): number {
    return uniformFloat64(this.#generator)
  }

  /** In [from, to). */
  between(from: number, to: number): number {
    return from + (to - from) * this.number()
  }

  /** A whole number from `from` to `to`, both included. */
  int(from: number, to: number): number {
    return uniformInt(this.#generator, from, to)
  }

  chance(probability: number): boolean {
    return this.number() < probability
  }

  /** @throws RangeError for an empty list. */
  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError('nothing to pick from')
    return list[this.int(0, list.length - 1)]!
  }

  /** One of the list, by its weight. */
  weighted<T extends { readonly weight: number }>(list: readonly T[]): T {
    let left = this.between(
      0,
      list.reduce((sum, { weight }) => sum + weight, 0),
    )
    for (const item of list) {
      left -= item.weight
      if (left < 0) return item
    }
    return this.pick(list)
  }

  /** Log-normal by its median; `sigma` is the deviation of the logarithm. */
  logNormal(median: number, sigma: number): number {
    return median * Math.exp(sigma * this.#normal())
  }

  /** How many independent rare things happen where `mean` are expected (Poisson, by the normal approximation above 30). */
  count(mean: number): number {
    if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * this.#normal()))
    let n = 0
    for (let p = this.number(); p > Math.exp(-mean); p *= this.number()) n++
    return n
  }

  /** Standard normal (Box and Muller, 1958). */
  #normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.number())) * Math.cos(2 * Math.PI * this.number())
  }
}
