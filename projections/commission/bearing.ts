// Whose customers bear on what some reps get: their own, and those that feed their pools.
import type { CommissionPlanDefinition as Definition } from '@headwater/schema'
import type { CustomerFacts, Facts } from './book/index.ts'
import type { Cut } from './cut.ts'
import { readCustomerFacts, type WhichCustomers } from './read-facts.ts'

/** Reps whose customers are in memory at a time. */
export const CHUNK = 50

/** Customers that feed the pools that some reps are members of, by approved plans or drafts. */
export function feeding(
  { common }: Cut,
  repIds: readonly string[],
  drafts: readonly Definition[] = [],
): WhichCustomers {
  const among = new Set(repIds)
  const pools = [...common.plans.map(({ definition }) => definition), ...drafts].flatMap(({ pools }) => pools)
  const theirs = pools.filter(({ members }) => members.some(({ repId }) => among.has(repId)))
  return { storeIds: [...new Set(theirs.flatMap(({ stores }) => stores))] }
}

/** Nobody is read where none is asked for. */
export async function* customersOf({ on, head }: Cut, which: WhichCustomers): AsyncGenerator<CustomerFacts[]> {
  if ('storeIds' in which && which.storeIds.length === 0) return
  yield* readCustomerFacts(on, head, which)
}

/** All that bears on some reps, in memory, each customer once. */
export async function factsOf(cut: Cut, repIds: readonly string[], drafts?: readonly Definition[]): Promise<Facts> {
  const customers = new Map<string, CustomerFacts>()
  for (const which of [{ repIds }, feeding(cut, repIds, drafts)])
    for await (const some of customersOf(cut, which))
      for (const customer of some) customers.set(customer.customerId, customer)
  return { common: cut.common, customers: [...customers.values()], head: cut.head }
}

/** Everybody who was ever hired, or for whom anything could count. */
export async function repIdsOf({ on, head, common }: Cut): Promise<string[]> {
  const { rows } = await on.query<{ id: string | null }>(
    `select distinct rep_id as id from read.rep_facts where position <= $1
    union select c.rep_id from read.contract_reps c
    union select unnest(array[o.rep_id, o.previous_rep_id]) from read.customer_owners o where o.position <= $1`,
    [head],
  )
  const members = common.plans.flatMap(({ definition }) => definition.pools.flatMap((pool) => pool.members))
  return [...new Set([...rows.flatMap(({ id }) => id ?? []), ...members.map(({ repId }) => repId)])].sort()
}
