// The one place where amounts are multiplied, divided and rounded: whole numbers only, so that every result is exact.
import { millionths, ONE, type Rate } from '@headwater/schema'

/** Parts of a minor unit: three rates of millionths multiply without a remainder. */
const UNIT = 10n ** 18n
const SCALE = BigInt(ONE)
const POWERS = [1n, SCALE, SCALE ** 2n, SCALE ** 3n] as const

/** An amount before rounding, in 10⁻¹⁸ of a minor unit. */
export type Exact = bigint

/** `amount` (minor units) × up to three rates in millionths. Machine numbers are as exact, and faster, while they are safe. */
export function multiply(amount: number, rates: readonly number[]): Exact {
  let small = amount
  let big = 1n
  let power = 3
  for (const rate of rates) {
    if (rate === ONE) continue
    power -= 1
    if (Number.isSafeInteger(small * rate)) small *= rate
    else big *= BigInt(rate)
  }
  return BigInt(small) * big * POWERS[power]!
}

/** To whole minor units, a half up: towards plus infinity, so that adding whole units first changes nothing. @throws RangeError beyond the safe integers */
export function roundHalfUp(exact: Exact): number {
  const doubled = 2n * exact + UNIT
  const quotient = doubled / (2n * UNIT)
  const rounded = Number(doubled < 0n && doubled % (2n * UNIT) !== 0n ? quotient - 1n : quotient)
  if (!Number.isSafeInteger(rounded)) throw new RangeError('an amount exceeds the safe integers')
  return rounded
}

/** A tier with its bounds in minor units and its rate in millionths; the last has no end. */
export interface ExactTier {
  readonly from: number
  readonly to: number | undefined
  readonly rate: number
}

/** What tiers give for a cumulative base (minor units): its parts at their tiers' rates, or all of it at the rate of the tier that it reaches. */
export function onTiers(base: number, mode: 'marginal' | 'whole', tiers: readonly ExactTier[]): Exact {
  if (mode === 'whole') return multiply(base, [tierAt(base, tiers).rate])
  let small = 0
  let big = 0n
  for (const { from, to, rate } of tiers) {
    if (base <= from) break
    const part = (to === undefined || base < to ? base : to) - from
    if (Number.isSafeInteger(small + part * rate)) small += part * rate
    else big += BigInt(part) * BigInt(rate)
  }
  return (BigInt(small) + big) * POWERS[2]
}

/** The tier that a base lies in: from its start on, below its end. */
export const tierAt = (base: number, tiers: readonly ExactTier[]): ExactTier =>
  tiers.findLast(({ from }) => base >= from) ?? tiers[0]!

/** An exact amount × two factors in millionths. @throws RangeError where it has more digits than are kept */
export function scale(exact: Exact, factors: readonly number[]): Exact {
  let product = exact
  for (const factor of factors) {
    if (factor === ONE) continue
    product *= BigInt(factor)
    if (product % SCALE !== 0n) throw new RangeError('more digits than an exact amount keeps')
    product /= SCALE
  }
  return product
}

/** An exact amount as decimal text of minor units, such as `12.5` fen; with `digits` of the minor unit, of major ones: `0.125` yuan. */
export function exactText(exact: Exact, digits = 0): string {
  const places = 18 + digits
  const text = (exact < 0n ? -exact : exact).toString().padStart(places + 1, '0')
  const decimals = text.slice(-places).replace(/0+$/, '').padEnd(digits, '0')
  return `${exact < 0n ? '-' : ''}${text.slice(0, -places)}${decimals ? `.${decimals}` : ''}`
}

/** Reads what `exactText` writes. */
export function parseExact(text: string): Exact {
  const [whole = '0', decimals = ''] = text.replace('-', '').split('.')
  const exact = BigInt(whole) * UNIT + BigInt(decimals.padEnd(18, '0'))
  return text.startsWith('-') ? -exact : exact
}

/** Shares multiplied, as a whole number over a common power of ten: a chain of hand-overs stays exact. */
export interface Weight {
  readonly value: bigint
  /** The denominator is 10⁶ to this power. */
  readonly power: number
}

export const ALL: Weight = { value: 1n, power: 0 }

/** What the share takes of a weight, and what it leaves. */
export function divide(weight: Weight, share: Rate): { taken: Weight; left: Weight } {
  const part = BigInt(millionths(share))
  const power = weight.power + 1
  return {
    taken: { value: weight.value * part, power },
    left: { value: weight.value * (SCALE - part), power },
  }
}

/** Weights over one denominator. */
export function commonWeights(weights: readonly Weight[]): bigint[] {
  const power = Math.max(...weights.map((weight) => weight.power))
  return weights.map((weight) => weight.value * SCALE ** BigInt(power - weight.power))
}
