// Dividing amounts so that nothing is lost.

/**
 * Divides `total` (0 or more) in proportion to the weights: each part is its exact share rounded down or up, and together they are the total.
 * Largest remainder (Hamilton's method): what rounding down leaves over goes, one unit each, to the largest remainders; of equal ones to the
 * first in the list. All are whole numbers. No part exceeds its weight where the total does not exceed their sum.
 * @throws RangeError where there is something to divide, and nothing to divide it by
 */
export function apportion(total: number, weights: readonly (number | bigint)[]): number[] {
  if (total === 0) return weights.map(() => 0)
  const sum = weights.reduce<bigint>((s, weight) => s + BigInt(weight), 0n)
  if (sum === 0n) throw new RangeError('weights that add up to nothing divide nothing')
  if (weights.length === 1) return [total]
  const exact = weights.map((weight) => BigInt(total) * BigInt(weight))
  const parts = exact.map((share) => Number(share / sum))
  const left = total - parts.reduce((s, part) => s + part, 0)
  const byRemainder = exact.map((share, i) => ({ i, remainder: share % sum }))
  byRemainder.sort((a, b) => (a.remainder === b.remainder ? a.i - b.i : a.remainder < b.remainder ? 1 : -1))
  for (const { i } of byRemainder.slice(0, left)) parts[i]! += 1
  return parts
}
