/**
 * Which of many tests stand when all were made at once: the step-up procedure that keeps the expected share of false ones among
 * those that stand at or below a rate.
 *
 * Source: Benjamini and Hochberg (1995), "Controlling the false discovery rate", J. R. Stat. Soc. B 57, 289–300.
 *
 * @param pValues one per test, each in [0, 1]
 * @returns per test its adjusted p-value (q): a test stands where q ≤ the false discovery rate that is accepted
 */
export function adjusted(pValues: readonly number[]): number[] {
  const descending = pValues.map((_, i) => i).sort((a, b) => pValues[b]! - pValues[a]!)
  const q = new Array<number>(pValues.length)
  let least = 1
  descending.forEach((i, above) => {
    least = Math.min(least, (pValues[i]! * pValues.length) / (pValues.length - above))
    q[i] = least
  })
  return q
}
