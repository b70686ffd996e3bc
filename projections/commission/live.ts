// The open month as it grows: what customers bring is kept in memory, and worked out anew for those whose streams went on; so is what a rep's closed
// months came to, which nothing changes.
import type { Database } from '@headwater/infra/database'
import { type Instant, localDate, msOf, type Position } from '@headwater/schema'
import { LRUCache } from 'lru-cache'
import { commissionPlansModel } from '../commission-plans/fold.ts'
import { contractsModel } from '../contracts/fold.ts'
import { customersModel } from '../customers/fold.ts'
import { type Checkpoint, readCheckpoints } from '../engine/checkpoints.ts'
import type { Queryable } from '../engine/rows.ts'
import { ledgerModel } from '../ledger/fold.ts'
import { organisationModel } from '../organisation/fold.ts'
import { customersOf, feeding } from './bearing.ts'
import {
  type Credited,
  creditOf,
  type Outcome,
  openPools,
  statementsOf,
  type Timeline,
  timelineOf,
} from './book/index.ts'
import { type Cut, headOf, readCut } from './cut.ts'

/** Payments whose entries are kept: each takes some kilobytes. */
const KEPT = 100_000

/** Reps whose closed months are kept: each takes some hundred bytes a month. */
const KEPT_REPS = 10_000

/** Above every position of a log: the open month knows all that was read. */
const END = '~' as Position

type Credit = ReturnType<typeof creditOf>

/** All that stays the same while plans, ledger and organisation do, and the month. */
interface Known {
  readonly stamp: string
  readonly cut: Cut
  readonly timeline: Timeline
  /** By customer, as of a stamp of its streams. */
  readonly credits: LRUCache<string, { readonly stamp: string; readonly credit: Credit; readonly size: number }>
  /** By rep, what closed months came to. */
  readonly settled: LRUCache<string, readonly Outcome[]>
}

export interface Live {
  readonly cut: Cut
  readonly books: Credited | undefined
  /** What the rep's closed months came to, where all that was recorded before their cut-offs is known. */
  readonly settled: readonly Outcome[] | undefined
}

const known = new WeakMap<Database, Known>()

/**
 * The open month's cut, and a rep's books in it; these are left out where the rep has a part in pools, which far too many customers feed.
 * Never behind the snapshot: it says of every stream how far it has come, and what is kept of another state of it is not used.
 * @throws LedgerNotOpen
 */
export async function liveBooks(
  db: Database,
  on: Queryable,
  { repId, now }: { readonly repId: string; readonly now: Instant },
): Promise<Live> {
  const checkpoints = await readCheckpoints(on)
  const { cut: general, timeline, credits, settled } = await knownAt(db, on, checkpoints, now)
  const cut = { ...general, on, head: headOf(checkpoints), today: localDate(msOf(now), general.common.ledger.zone) }
  const pooled = feeding(cut, [repId])
  if (cut.stage || ('storeIds' in pooled && pooled.storeIds.length > 0))
    return { cut, books: undefined, settled: undefined }
  const stamps = await stampsOf(on, repId)
  const found = new Map<string, Credit>()
  for (const [customerId, stamp] of stamps) {
    const kept = credits.get(customerId)
    if (kept?.stamp === stamp) found.set(customerId, kept.credit)
  }
  const customerIds = [...stamps.keys()].filter((id) => !found.has(id))
  if (customerIds.length > 0)
    for await (const some of customersOf(cut, { customerIds }))
      for (const customer of some) {
        const credit = creditOf(customer, timeline)
        const size = 1 + customer.contracts.reduce((sum, { payments }) => sum + payments.length, 0)
        found.set(customer.customerId, credit)
        credits.set(customer.customerId, { stamp: stamps.get(customer.customerId)!, credit, size })
      }
  const held = [...stamps.keys()].flatMap((id) => found.get(id)?.get(repId) ?? [])
  const books = { timeline, pools: openPools(timeline), entries: new Map([[repId, held]]) }
  if (!settled.has(repId) && knowsClosed(cut, checkpoints)) settled.set(repId, outcomesOf(books, repId))
  return { cut, books, settled: settled.get(repId) }
}

/** A model that is behind a close may yet learn what was recorded before it. */
function knowsClosed({ common }: Cut, checkpoints: readonly Checkpoint[]): boolean {
  const cutOff = common.ledger.closed.at(-1)?.cutOff
  if (cutOff === undefined) return false
  return [customersModel, contractsModel].every(({ name }) =>
    checkpoints.some(({ model, position }) => model === name && position !== undefined && position >= cutOff),
  )
}

/** Of the closed months. */
function outcomesOf({ timeline, pools, entries }: Credited, repId: string): Outcome[] {
  return statementsOf(repId, entries.get(repId)!, pools, timeline)
    .filter(({ status }) => status === 'closed')
    .map(({ period, earned, adjusted, closing }) => ({ period, earned, adjusted, closing }))
}

async function knownAt(db: Database, on: Queryable, checkpoints: readonly Checkpoint[], now: Instant): Promise<Known> {
  const of = (name: string) => checkpoints.find(({ model }) => model === name)
  const stands = [organisationModel, commissionPlansModel, ledgerModel].map(({ name }) => of(name))
  const stamp = stands.map((one) => `${one?.generation}/${one?.events}`).join(' ')
  const kept = known.get(db)
  const zone = kept?.cut.common.ledger.zone
  if (kept?.stamp === stamp && localDate(msOf(now), zone!).startsWith(kept.cut.today.slice(0, 7))) return kept
  const cut = await readCut(on, { now })
  const timeline = timelineOf(cut.common, cut.stage ? cut.head : END, cut.period)
  const credits: Known['credits'] = new LRUCache({ maxSize: KEPT, sizeCalculation: ({ size }) => size })
  const settled: Known['settled'] = new LRUCache({ max: KEPT_REPS })
  const fresh = { stamp, cut, timeline, credits, settled }
  known.set(db, fresh)
  return fresh
}

/** How far the streams of each customer have come that may count for a rep: of the contracts together, whose revisions only grow, and its own. */
async function stampsOf(on: Queryable, repId: string): Promise<Map<string, string>> {
  const { rows } = await on.query<{ id: string; stamp: string }>({
    name: 'commission-stamps',
    text: `select t.customer_id collate "C" as id, concat_ws(' ', sum(t.revision + 1), max(c.revision)) as stamp
      from read.contracts t left join read.customers c on c.customer_id = t.customer_id
      where t.customer_id = any(array(
        select customer_id from read.contract_reps where rep_id = $1
        union select customer_id from read.customer_owners where rep_id = $1
        union select customer_id from read.customer_owners where previous_rep_id = $1))
      group by 1 order by 1`,
    values: [repId],
  })
  return new Map(rows.map(({ id, stamp }) => [id, stamp]))
}
