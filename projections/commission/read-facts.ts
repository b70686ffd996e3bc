// The facts that commission depends on, out of the read models: all that was recorded up to a position, and nothing of what came later.
import type { Position } from '@headwater/schema'
import { commissionPlanVersions } from '../commission-plans/tables.ts'
import { type ContractRow, contracts, type PaymentRow, payments } from '../contracts/tables.ts'
import { type CustomerOwnerRow, customerOwners } from '../customers/tables.ts'
import { type Queryable, selectRows } from '../engine/rows.ts'
import type { Fact } from '../fact.ts'
import { ledgers, periods } from '../ledger/tables.ts'
import { type RepFactRow, repFacts } from '../organisation/tables.ts'

/** Customers read at once. */
const pageSize = 500

/**
 * What all customers have in common: the ledger with its closed months, the approved versions of plans, the reps. Undefined where no ledger
 * was open. Run it and `readCustomerFacts` in one snapshot.
 * @param repIds the reps whose statements are wanted, so that no others are read; default: all
 */
export async function readCommonFacts(on: Queryable, upTo: Position, repIds?: readonly string[]) {
  const [ledger] = await selectRows(on, ledgers, '')
  if (!ledger) return undefined
  const { zone, currency, firstPeriod } = ledger
  const months = await selectRows(on, periods, `where t.stage = 'closed' order by t.period`)
  const versions = await selectRows(
    on,
    commissionPlanVersions,
    `where t.status = 'approved' order by t.plan_id, t.version`,
  )
  const among = repIds ? 'and t.rep_id = any($2)' : ''
  const rest = `where t.position <= $1 ${among} order by t.fact_no`
  const reps = await selectRows(on, repFacts, rest, repIds ? [upTo, repIds] : [upTo])
  return {
    ledger: {
      ...{ zone, currency, firstPeriod },
      closed: months
        .filter(({ steps }) => steps.at(-1)!.position <= upTo)
        .map(({ period, cutOff }) => ({ period, cutOff })),
    },
    plans: versions
      .filter(({ decided }) => decided!.position <= upTo)
      .map(({ planId, version, definition, decided }) => ({ ...factIn(decided!), planId, version, definition })),
    reps: [...grouped(reps, ({ repId }) => repId)].map(([repId, facts]) => repOf(repId, facts)),
  }
}

/** Whose facts: everybody's who has a contract, these customers', all that some reps may be credited for, or who has a contract of these stores. */
export type WhichCustomers =
  | { readonly customerIds: readonly string[] }
  | { readonly repIds: readonly string[] }
  | { readonly storeIds: readonly string[] }
  | Record<never, never>

/** Customers with their owners, contracts and payments, in the order of their ids (as texts of code points), some at a time. */
export async function* readCustomerFacts(on: Queryable, upTo: Position, which: WhichCustomers = {}) {
  let after = ''
  for (;;) {
    const ids = await customerIds(on, upTo, which, after)
    if (ids.length === 0) return
    yield await factsOf(on, upTo, ids)
    if (ids.length < pageSize) return
    after = ids.at(-1)!
  }
}

async function customerIds(on: Queryable, upTo: Position, which: WhichCustomers, after: string): Promise<string[]> {
  const values: unknown[] = [after, upTo]
  let among = ''
  if ('customerIds' in which) {
    values.push(which.customerIds)
    among = 'and t.customer_id collate "C" = any($3)'
  }
  if ('repIds' in which) {
    values.push(which.repIds)
    among = `and t.customer_id in (
      select customer_id from read.contract_reps where rep_id = any($3)
      union all select customer_id from read.customer_owners where rep_id = any($3) or previous_rep_id = any($3))`
  }
  if ('storeIds' in which) {
    values.push(which.storeIds)
    among = 'and t.store_id = any($3)'
  }
  const { rows } = await on.query<{ id: string }>(
    `select distinct t.customer_id collate "C" as id from read.contracts t
    where t.customer_id collate "C" > $1 and t.position <= $2 ${among} order by id limit ${pageSize}`,
    values,
  )
  return rows.map(({ id }) => id)
}

async function factsOf(on: Queryable, upTo: Position, ids: readonly string[]) {
  const known = 't.position <= $2 order by t.position'
  const of = [ids, upTo]
  const owners = grouped(
    await selectRows(on, customerOwners, `where t.customer_id = any($1) and ${known}`, of),
    ({ customerId }) => customerId,
  )
  const byCustomer = `where t.customer_id collate "C" = any($1) and ${known}`
  const paid = grouped(await selectRows(on, payments, byCustomer, of), ({ contractId }) => contractId)
  const signed = grouped(await selectRows(on, contracts, byCustomer, of), ({ customerId }) => customerId)
  return ids.map((customerId) => ({
    customerId,
    owners: (owners.get(customerId) ?? []).map(ownerOf),
    contracts: (signed.get(customerId) ?? []).map((row) => contractOf(row, paid.get(row.contractId) ?? [], upTo)),
  }))
}

const ownerOf = ({ repId, storeId, previousRepId, ...fact }: CustomerOwnerRow) => ({
  ...factIn(fact),
  repId,
  storeId,
  ...(previousRepId !== null && { previousRepId }),
})

function contractOf(row: ContractRow, paid: readonly PaymentRow[], upTo: Position) {
  const { contractId, renewalOf, repId, storeId, currency, lines, termFrom, termTo, credits, cancelled } = row
  return {
    ...factIn(row),
    ...{ contractId, repId, storeId, currency },
    lines: lines.map(({ lineId, productLine, amount }) => ({ lineId, productLine, amount })),
    term: { from: termFrom, to: termTo },
    ...(renewalOf !== null && { renewalOf }),
    ...(credits !== null && { credits }),
    creditsChanged: recorded(row.creditsChanged, upTo),
    milestones: recorded(row.milestones, upTo),
    ...(cancelled !== null && cancelled.position <= upTo && { cancelled: factIn(cancelled) }),
    payments: paid.map((payment) => paymentOf(payment, upTo)),
  }
}

function paymentOf(row: PaymentRow, upTo: Position) {
  const { paymentId, amount, rule, allocations, allocated, returned } = row
  return {
    ...factIn(row),
    ...{ paymentId, amount, rule, allocations },
    allocated: recorded(allocated, upTo),
    returned: recorded(returned, upTo),
  }
}

function repOf(repId: string, rows: readonly RepFactRow[]) {
  const of = (kind: RepFactRow['kind']) => rows.filter((row) => row.kind === kind)
  const [left] = of('left')
  return {
    repId,
    stores: of('store').map((row) => ({ ...factIn(row), storeId: row.storeId })),
    ...(left && { left: factIn(left) }),
    certificates: of('certificate').map((row) => ({
      ...factIn(row),
      certificate: row.certificate!,
      from: row.certifiedFrom!,
      until: row.certifiedUntil,
    })),
  }
}

const factIn = ({ eventId, position, occurredAt, recordedAt }: Fact): Fact => ({
  eventId,
  position,
  occurredAt,
  recordedAt,
})

const recorded = <T extends Fact>(facts: readonly T[], upTo: Position) =>
  facts.every(({ position }) => position <= upTo) ? facts : facts.filter(({ position }) => position <= upTo)

function grouped<T>(rows: readonly T[], key: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const row of rows) {
    const group = groups.get(key(row))
    if (group) group.push(row)
    else groups.set(key(row), [row])
  }
  return groups
}
