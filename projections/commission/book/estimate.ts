/** A proportion as it was observed; probabilities in millionths, so that amounts times them stay whole. */
export interface Proportion {
  readonly successes: number
  /** The sample size. */
  readonly n: number
  readonly p: number
  /** Wilson's interval at 95 %. */
  readonly low: number
  readonly high: number
}

const Z = 1.959964

/** Wilson's score interval (E. B. Wilson, "Probable inference", JASA 22, 1927): right also for few cases and for 0 and 1. Without any, all is possible. */
export function wilson(successes: number, n: number): Proportion {
  const millionths = (p: number) => Math.round(Math.min(1, Math.max(0, p)) * 1e6)
  if (n === 0) return { successes, n, p: 0, low: 0, high: 1e6 }
  const p = successes / n
  const spread = 1 + Z ** 2 / n
  const middle = (p + Z ** 2 / (2 * n)) / spread
  const half = (Z / spread) * Math.sqrt((p * (1 - p)) / n + Z ** 2 / (4 * n ** 2))
  return { successes, n, p: millionths(p), low: millionths(middle - half), high: millionths(middle + half) }
}
