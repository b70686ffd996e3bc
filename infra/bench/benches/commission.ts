// All statements of a year, worked out from the facts of a million payments, rep by rep.
import { book } from '@headwater/projections'
import type { Position } from '@headwater/schema'
import { commonFacts, customersOf, repId } from '../material/receipts.ts'
import { canMeasureMemory, residentMiB } from '../memory.ts'
import { type Bench, result } from '../result.ts'

const REPS = 3030
const HEAD = '9999' as Position

export const commission: Bench = async function* () {
  const before = canMeasureMemory ? await residentMiB('self') : 0
  const timeline = book.timelineOf(commonFacts(REPS), HEAD)
  const pools = book.openPools(timeline)
  let [ms, payments, lines, adjustments] = [0, 0, 0, 0]
  let handedOn: ReturnType<typeof book.creditOf> = new Map()
  for (let rep = 0; rep < REPS; rep++) {
    const customers = customersOf(rep)
    const began = performance.now()
    const own = handedOn.get(repId(rep)) ?? []
    const next: typeof handedOn = new Map()
    for (const customer of customers) {
      pools.add(customer)
      for (const [who, entries] of book.creditOf(customer, timeline))
        if (who === repId(rep)) own.push(...entries)
        else next.set(who, [...(next.get(who) ?? []), ...entries])
    }
    for (const statement of book.statementsOf(repId(rep), own, pools, timeline)) {
      lines += statement.lines.length
      adjustments += statement.adjustments.length
    }
    ms += performance.now() - began
    handedOn = next
    payments += customers.flatMap(({ contracts }) => contracts.flatMap((contract) => contract.payments)).length
  }
  const per = { bench: `commission: ${payments} payments, ${REPS} reps, ${lines} lines, ${adjustments} adjustments` }
  yield result({ ...per, unit: 's', ours: ms / 1000, goal: 10, less: true })
  if (canMeasureMemory) {
    const grown = (await residentMiB('self', 'peak')) - before
    yield result({ bench: 'commission: memory above the start, at its highest', unit: 'MiB', ours: grown, less: true })
  }
}
