// A customer's money from the first contract on: whose the customer is, and every contract.
import type { Line } from '../market.ts'
import type { Staff } from '../organisation.ts'
import type { Random } from '../random.ts'
import { DAY, type Step, Story } from '../step.ts'
import { atOnce, cny, contractFacts, type Fact, hundreds, instalmentsOf, linesOf, type Sale } from './contract-story.ts'
import type { Months } from './months.ts'

/** Whom a customer belongs to from a moment (milliseconds) on. */
export interface Tenure {
  readonly from: number
  readonly rep: string
  readonly store: string
}

/** What all stories of money need to know. */
export interface Setting {
  readonly staff: Staff
  readonly months: Months
  /** Where the story begins and ends (milliseconds). */
  readonly from: number
  readonly until: number
  /** Begins the ids of commands. */
  readonly prefix: string
}

export interface Customer {
  readonly customerId: string
  /** Begins the ids of its contracts. */
  readonly name: string
  readonly line: Line
  readonly productLine: string
  readonly owners: readonly Tenure[]
}

/** An owner who leaves or moves hands the customers over to a colleague of the store, if there is one. */
export function tenures(first: Tenure, { staff, until }: Setting, random: Random): Tenure[] {
  const owners = [first]
  for (let owner = first; ; ) {
    const at = staff.changes(owner.rep, owner.from)
    if (at === undefined || at > until) return owners
    const colleagues = staff.inStore(owner.store, at)
    const rep = colleagues.length > 0 ? random.pick(colleagues) : owner.rep
    const store = colleagues.length > 0 ? owner.store : staff.storeOf(rep, at)
    if (store === undefined) return owners
    owner = { from: at, rep, store }
    owners.push(owner)
  }
}

const ownerAt = ({ owners }: Customer, at: number) => owners.findLast(({ from }) => from <= at)!

export const ownerships = ({ customerId, owners }: Customer, { staff }: Setting): Fact[] =>
  owners.map(({ from, rep, store }) => ({
    ...{ at: from, actor: { id: staff.managerOf(store), role: 'store-manager' } },
    ...{ stream: ['customer', customerId], type: 'AssignCustomerOwner', data: { repId: rep, storeId: store } },
  }))

const [SHARED, ADDED, RENEWED] = [0.08, 0.15, 0.7]

/** A contract by whoever has the customer when it is signed. `value` in fen; none where nobody works there any more. */
function signed(
  customer: Customer,
  sale: Pick<Sale, 'contractId' | 'at' | 'value' | 'lines' | 'instalments'> & Partial<Sale>,
  staff: Staff,
  random: Random,
): Fact[] {
  const { rep, store } = ownerAt(customer, sale.at)
  if (rep !== staff.managerOf(store) && staff.storeOf(rep, sale.at) === undefined) return []
  const colleagues = random.chance(SHARED) ? staff.inStore(store, sale.at).filter((id) => id !== rep) : []
  const partner = colleagues.length > 0 ? random.pick(colleagues) : undefined
  return contractFacts({ customerId: customer.customerId, rep, partner, ...sale }, random)
}

/** What is bought first, and what some buy with it some weeks later. `value` in fen. */
export function purchases(
  customer: Customer,
  first: Pick<Sale, 'at' | 'value' | 'dealId'>,
  { staff }: Setting,
  random: Random,
): Fact[] {
  const { line, name, productLine } = customer
  const contractId = `HT-${name}`
  const lines = linesOf(first.value, productLine, line, random)
  const facts = signed(customer, { ...first, contractId, lines, instalments: instalmentsOf(line) }, staff, random)
  if (!isKept(facts) || !random.chance(ADDED)) return facts
  const value = hundreds(first.value * random.between(0.08, 0.3))
  const added = {
    ...{ contractId: `${contractId}-B`, at: first.at + random.logNormal(35 * DAY, 0.5), value },
    ...{ lines: linesOf(value, random.pick(line.productLines).id, line, random), instalments: atOnce },
  }
  return [...facts, ...signed(customer, added, staff, random)]
}

/** Was it signed, and not cancelled? */
export const isKept = (contract: readonly Fact[]) => contract.length > 0 && contract.at(-1)!.type !== 'CancelContract'

/** A year of maintenance, time after time, until the customer does not renew. `value` of the first contract in fen. */
export function renewals(
  customer: Customer,
  first: Pick<Sale, 'at' | 'value'>,
  { staff, until }: Setting,
  random: Random,
): Fact[] {
  const value = Math.max(1, Math.round((first.value * random.between(0.02, 0.05)) / 1_000)) * 1_000
  const lines = [{ lineId: 'maintenance', productLine: 'maintenance', amount: cny(value) }]
  const facts: Fact[] = []
  let renewalOf = `HT-${customer.name}`
  for (let year = 1; first.at + year * 365 * DAY <= until && random.chance(RENEWED); year++) {
    const at = first.at + (year * 365 + random.between(-12, 8)) * DAY
    const contractId = `HT-${customer.name}-W${year}`
    const renewed = signed(customer, { contractId, renewalOf, at, value, lines, instalments: atOnce }, staff, random)
    if (!isKept(renewed)) return facts
    facts.push(...renewed)
    renewalOf = contractId
  }
  return facts
}

/** As steps in the order in which they are entered, parted at the cut-offs of the ledger's months: one part more than there are cut-offs. */
export function parted(
  facts: readonly Fact[],
  { until, months: { cutOffs }, prefix }: Setting,
  name: string,
): Step[][] {
  const story = new Story(`${prefix}.${name}.money`, until)
  const parts = [...cutOffs, Number.POSITIVE_INFINITY].map((): Step[] => [])
  const known = ({ at, enteredAt = at }: Fact) => enteredAt
  for (const fact of facts.toSorted((a, b) => known(a) - known(b))) {
    const { at, actor, stream, type, data } = fact
    if (known(fact) > until || story.tell(at, actor, stream, type, data) === undefined) break
    const part = cutOffs.filter((cutOff) => known(fact) >= cutOff).length
    parts[part]!.push(story.steps.at(-1)!)
  }
  return parts
}
