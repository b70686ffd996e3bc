// A thread's share of the reps: their statements, rep by rep, from facts that are made as they are needed.
import { parentPort, workerData } from 'node:worker_threads'
import { book } from '@headwater/projections'
import type { Position } from '@headwater/schema'
import { commonFacts, customersOf, repId } from '../material/receipts.ts'

const HEAD = '9999' as Position

/** Reps from one number on, below another, of so many. */
export interface Share {
  readonly reps: number
  readonly from: number
  readonly to: number
}

/** `ms`: in the book, without the making of facts. */
export interface Done {
  readonly ms: number
  readonly payments: number
  readonly lines: number
  readonly adjustments: number
}

const { reps, from, to } = workerData as Share
const timeline = book.timelineOf(commonFacts(reps), HEAD)
const pools = book.openPools(timeline)
let [ms, payments, lines, adjustments] = [0, 0, 0, 0]
let handedOn: ReturnType<typeof book.creditOf> = new Map()
// The rep before the first hands customers on to it.
for (let rep = Math.max(0, from - 1); rep < to; rep++) {
  const customers = customersOf(rep)
  const began = performance.now()
  const own = handedOn.get(repId(rep)) ?? []
  handedOn = new Map()
  for (const customer of customers) {
    pools.add(customer)
    for (const [who, entries] of book.creditOf(customer, timeline))
      if (who === repId(rep)) own.push(...entries)
      else handedOn.set(who, [...(handedOn.get(who) ?? []), ...entries])
  }
  if (rep >= from) {
    for (const statement of book.statementsOf(repId(rep), own, pools, timeline)) {
      lines += statement.lines.length
      adjustments += statement.adjustments.length
    }
    payments += customers.flatMap(({ contracts }) => contracts.flatMap((contract) => contract.payments)).length
  }
  ms += performance.now() - began
}
parentPort!.postMessage({ ms, payments, lines, adjustments } satisfies Done)
