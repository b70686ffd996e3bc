import { apportion } from '@headwater/schema'

/** Shares as whole numbers that are the ones for `apportion`: fine enough that rounding them changes no unit that matters. */
const FINE = 2 ** 52

/** The total, divided as the credits are, to the unit; alike where no credit says how. */
export function shared(total: number, credits: Float64Array): number[] {
  const sum = credits.reduce((all, credit) => all + credit, 0)
  return apportion(
    total,
    Array.from(credits, (credit) => (sum > 0 ? Math.round((credit / sum) * FINE) : 1)),
  )
}
