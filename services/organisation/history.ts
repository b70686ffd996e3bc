// A value that changes in time.
import type { Instant } from '@headwater/schema'

/** What held from when on; in order of time. Of two entries at one instant the later one holds. */
export type History<T> = readonly { readonly since: Instant; readonly value: T }[]

/** What held at the instant; undefined before the first entry. */
export const valueAt = <T>(history: History<T>, at: Instant): T | undefined =>
  history.findLast(({ since }) => since <= at)?.value

/** The entry that holds now. */
export const latest = <T>(history: History<T>) => history[history.length - 1]

/** What held at the instant or at any time after it. */
export const valuesFrom = <T>(history: History<T>, at: Instant): readonly T[] => {
  const first = history.findLastIndex(({ since }) => since <= at)
  return history.slice(Math.max(first, 0)).map(({ value }) => value)
}
