// Whom a payment counts for: the contract's credits, else the customer's owner at that time, else the contract's rep.
import type { CommissionPlanDefinition, Credit, Instant, Position } from '@headwater/schema'
import { millionths } from '@headwater/schema'
import { ALL, commonWeights, divide, type Weight } from './exact.ts'
import { type ContractFacts, type CustomerFacts, type Fact, isKnown, type OwnerFact, those } from './facts.ts'
import { dayOf, sameDay } from './months.ts'
import { latest } from './view.ts'

/** Shares in the order in which left-over units go round. */
export interface Crediting {
  readonly by: 'credits' | 'owner' | 'contract'
  readonly facts: readonly Fact[]
  readonly reps: readonly string[]
  readonly weights: readonly bigint[]
}

/** As known at `asOf`, for a payment at `at`. Credits keep their order; the owner comes first, then former ones, the last first. */
export function creditingOf(
  customer: CustomerFacts,
  contract: ContractFacts,
  at: Instant,
  { handOver, zone }: Pick<CommissionPlanDefinition, 'handOver' | 'zone'>,
  asOf: Position,
): Crediting {
  const holds = (fact: Fact) => fact.occurredAt <= at && isKnown(fact, asOf)
  const changed = latest(those(contract.creditsChanged, holds))
  const credits = changed ? changed.credits : contract.credits
  if (credits) return { by: 'credits', facts: [changed ?? contract], ...merged(credits.map(asShare)) }

  const known = those(customer.owners, holds)
  const current = latest(known)
  if (!current) return { by: 'contract', facts: [contract], reps: [contract.repId], weights: [1n] }
  if (handOver.kind === 'new-owner') return { by: 'owner', facts: [current], reps: [current.repId], weights: [1n] }

  const owners = known.toSorted((a, b) =>
    a.occurredAt < b.occurredAt || (a.occurredAt === b.occurredAt && a.position < b.position) ? -1 : 1,
  )
  const today = dayOf(at, zone)
  const former: (readonly [string, Weight])[] = []
  const facts: OwnerFact[] = []
  let weight = ALL
  let holder = formerOwner(owners[0]!, contract)
  for (const fact of owners) {
    if (
      holder !== undefined &&
      holder !== fact.repId &&
      today < sameDay(dayOf(fact.occurredAt, zone), handOver.months)
    ) {
      const { taken, left } = divide(weight, handOver.share)
      former.unshift([holder, taken])
      facts.push(fact)
      weight = left
    }
    holder = fact.repId
  }
  if (former.length === 0) return { by: 'owner', facts: [current], reps: [current.repId], weights: [1n] }
  if (facts.at(-1) !== current) facts.push(current)
  return { by: 'owner', facts, ...merged([[current.repId, weight], ...former]) }
}

/** Whoever had the customer before its first owner was assigned. */
const formerOwner = (first: OwnerFact, contract: ContractFacts): string | undefined =>
  first.previousRepId ?? (contract.occurredAt < first.occurredAt ? contract.repId : undefined)

const asShare = ({ repId, share }: Credit): [string, Weight] => [repId, { value: BigInt(millionths(share)), power: 1 }]

/** One weight a rep, at the place where the rep comes first; who has nothing is left out. */
function merged(shares: readonly (readonly [string, Weight])[]): { reps: string[]; weights: bigint[] } {
  const weights = commonWeights(shares.map(([, weight]) => weight))
  const byRep = new Map<string, bigint>()
  for (const [i, [repId]] of shares.entries()) byRep.set(repId, (byRep.get(repId) ?? 0n) + weights[i]!)
  const some = [...byRep].filter(([, weight]) => weight > 0n)
  return { reps: some.map(([repId]) => repId), weights: some.map(([, weight]) => weight) }
}
