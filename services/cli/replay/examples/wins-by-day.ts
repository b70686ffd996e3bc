// Deals opened, won and lost on each day of business time (UTC), and the value of those won. To run it over the whole log:
//   headwater replay wins-by-day.ts --into wins
// Types are imported for the editor alone: a file without them runs as well, wherever it lies.
import type { OwnTable, RowOf } from '@headwater/projections'
import type { StoredEvent } from '@headwater/schema'

export const table = {
  name: 'wins_by_day',
  key: 'day',
  columns: {
    day: 'text',
    opened: 'integer',
    won: 'integer',
    lost: 'integer',
    wonMinorUnits: 'bigint',
    lastWonAt: 'instant?',
  },
} as const satisfies OwnTable
type Day = RowOf<typeof table>

/** Only these are read from the log. */
export const events = ['DealOpened', 'DealWon', 'DealLost']

/** The row that an event belongs to; undefined where it means nothing here. */
export const key = ({ meta }: StoredEvent) => meta.occurredAt.slice(0, 10)

/** Pure: the row before (undefined where there is none yet) and an event give the row after. */
export function evolve(row: Day | undefined, event: StoredEvent): Day {
  const day = row ?? { day: key(event), opened: 0, won: 0, lost: 0, wonMinorUnits: 0, lastWonAt: null }
  switch (event.type) {
    case 'DealOpened':
      return { ...day, opened: day.opened + 1 }
    case 'DealWon':
      return {
        ...day,
        won: day.won + 1,
        wonMinorUnits: day.wonMinorUnits + (event.data.value?.amount ?? 0),
        lastWonAt: event.meta.occurredAt,
      }
    case 'DealLost':
      return { ...day, lost: day.lost + 1 }
    default:
      return day
  }
}
