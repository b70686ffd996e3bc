// The months of the story's commission ledger: the last two that are over are closed, the next one is open.
import { type Actor, instantOf, localDate, nextPeriod, type Period, startOfDay } from '@headwater/schema'
import { headquarters } from '../organisation.ts'
import { DAY, HOUR } from '../step.ts'

/** The zone of the business, and so of its months. */
export const ZONE = 'Asia/Shanghai'
export const accounting: Actor = { id: 'finance', role: 'headquarters' }

/** A month's close: one prepares it, another one looks at it, approves and closes it. */
export interface MonthClose {
  readonly period: Period
  readonly prepared: By
  readonly approved: By
  readonly closed: By
}

type By = { readonly commandId: string; readonly actor: Actor; readonly occurredAt: string }

export interface Months {
  readonly firstPeriod: Period
  readonly closes: readonly MonthClose[]
  /** When each is cut off (milliseconds): what is entered from then on is no longer in it. */
  readonly cutOffs: readonly number[]
}

/** More would make a long story slow to tell, and two show all there is to see. */
const CLOSED = 2
/** On the third of the month after, at ten. */
const DUE = 2 * DAY + 10 * HOUR

/** @param from where the story begins, and `until` where it ends (milliseconds) */
export function monthsOf(from: number, until: number, prefix: string): Months {
  const first = localDate(from, ZONE).slice(0, 7)
  const over: { period: Period; at: number }[] = []
  for (let period = first; ; period = nextPeriod(period)) {
    const at = startOfDay(`${nextPeriod(period)}-01`, ZONE) + DUE
    if (at + DAY > until) break
    over.push({ period, at })
  }
  const months = over.slice(-CLOSED)
  return {
    firstPeriod: months[0]?.period ?? first,
    closes: months.map(({ period, at }) => {
      const by = (step: string, actor: Actor, when: number) => ({
        commandId: `${prefix}.close.${period}.${step}`,
        ...{ actor, occurredAt: instantOf(when) },
      })
      return {
        period,
        prepared: by('prepare', accounting, at),
        approved: by('approve', headquarters, at + 5 * HOUR),
        closed: by('close', headquarters, at + 6 * HOUR),
      }
    }),
    cutOffs: months.map(({ at }) => at),
  }
}
