import { apportion } from '@headwater/schema'

/**
 * Shares as whole numbers that are the ones for `apportion`: coarse enough that what adding up in another order leaves in the last bits does not
 * decide a tie (the first channel of the list has it), and fine enough to be exact to the unit for totals up to a million millions.
 */
const FINE = 2 ** 40

/** The total, divided as the credits are, to the unit; alike where no credit says how. */
export function shared(total: number, credits: Float64Array): number[] {
  const sum = credits.reduce((all, credit) => all + credit, 0)
  return apportion(
    total,
    Array.from(credits, (credit) => (sum > 0 ? Math.round((credit / sum) * FINE) : 1)),
  )
}
