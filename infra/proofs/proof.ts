export interface Outcome {
  readonly rounds: number
  /** What did not hold, a line each. */
  readonly failures: readonly string[]
}

/** A harness: bounded by `count` rounds, all chance from `seed`. */
export type Proof = (options: {
  readonly count?: number | undefined
  readonly seed: number
  say(line: string): void
}) => Promise<Outcome>
