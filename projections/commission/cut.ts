// What was known at a month's cut-off, or is known now of an open month: one snapshot of the read models that commission depends on.
import type { Database } from '@headwater/infra/database'
import { type Instant, type LocalDate, localDate, msOf, nextPeriod, Period, type Position } from '@headwater/schema'
import { type Checkpoint, readCheckpoints } from '../engine/checkpoints.ts'
import { type Queryable, selectRows } from '../engine/rows.ts'
import { inTransaction } from '../engine/transaction.ts'
import { ledgers, type PeriodRow, periods } from '../ledger/tables.ts'
import type { CommonFacts } from './book/index.ts'
import { LedgerNotOpen, UnknownPeriod } from './errors.ts'
import { readCommonFacts } from './read-facts.ts'

/** A month with all that was known when it was cut off; until then, with all that is known now. */
export interface Cut {
  readonly on: Queryable
  readonly period: Period
  /** Undefined while the month was not cut off, or was returned since. */
  readonly stage: Exclude<PeriodRow['stage'], 'returned'> | undefined
  readonly head: Position
  readonly common: CommonFacts
  /** Now, on the ledger's calendar. */
  readonly today: LocalDate
}

export interface Asked {
  /** Default: the month that it is now, or the first open one where that is later. */
  readonly period?: Period | undefined
  readonly now: Instant
  /** Whose statements are wanted; default: everybody's. */
  readonly repIds?: readonly string[] | undefined
}

/** Whatever commission is worked out from; held, so that no rebuild swaps one of them meanwhile. In the order in which rebuilds drop them. */
const snapshot = `begin isolation level repeatable read read only;
  lock table read.rep_facts, read.customers, read.customer_owners, read.contracts, read.payments, read.contract_reps,
    read.commission_plan_versions, read.ledgers, read.periods in access share mode;
  set local jit = off`

export function inSnapshot<T>(db: Database, use: (on: Queryable) => Promise<T>): Promise<T> {
  return inTransaction(db, use, snapshot)
}

/** @throws LedgerNotOpen, UnknownPeriod */
export function atCut<T>(db: Database, asked: Asked, use: (cut: Cut) => Promise<T>): Promise<T> {
  return inSnapshot(db, async (on) => use(await readCut(on, asked)))
}

/** Of a snapshot. @throws LedgerNotOpen, UnknownPeriod */
export async function readCut(on: Queryable, { period: asked, now, repIds }: Asked): Promise<Cut> {
  const [ledger] = await selectRows(on, ledgers, '')
  if (!ledger) throw new LedgerNotOpen()
  const months = await selectRows(on, periods, 'order by t.period')
  const today = localDate(msOf(now), ledger.zone)
  const { firstPeriod } = ledger
  const lastClosed = months.findLast(({ stage }) => stage === 'closed')?.period
  const open = lastClosed === undefined ? firstPeriod : nextPeriod(lastClosed)
  const last = [open, today.slice(0, 7)].sort()[1]!
  const period = asked ?? last
  if (!Period.safeParse(period).success || period < firstPeriod || period > last)
    throw new UnknownPeriod(period, firstPeriod, last)
  const row = months.find((month) => month.period === period)
  const stage = row && row.stage !== 'returned' ? row.stage : undefined
  const head = row && stage ? row.cutOff : headOf(await readCheckpoints(on))
  const common = await readCommonFacts(on, head, repIds)
  if (!common) throw new LedgerNotOpen()
  const closed = months
    .filter((month) => month.stage !== 'returned' && month.period <= period && month.cutOff <= head)
    .map(({ period, cutOff }) => ({ period, cutOff }))
  return { on, period, stage, head, today, common: { ...common, ledger: { ...common.ledger, closed } } }
}

/** How far the read models have got; of those that are behind, what they hold is known. */
export const headOf = (checkpoints: readonly Checkpoint[]): Position =>
  checkpoints
    .map(({ position }) => position ?? '')
    .sort()
    .at(-1)! as Position
