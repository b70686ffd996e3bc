import {
  type ContractEvent,
  type Credit,
  type Decision,
  type DecisionContext,
  millionths,
  type Need,
  ONE,
  type Refusal,
  rateText,
  sameData,
} from '@headwater/schema'
import { currencyProblem } from './allocate.ts'
import type { DataOf } from './commands.ts'
import { refuse } from './refusals.ts'
import type { ContractState, Signed } from './state.ts'

/** What a signature needs to see: whose states have which shape is theirs to say. */
export interface ContractNeeds {
  readonly customer: { readonly status: string; readonly caseId?: string }
  /** Where the command names one. */
  readonly deal?: { readonly status: string; readonly deal?: { readonly customerId: string | undefined } }
  /** The contract that is renewed, where the command names one. */
  readonly renewed?: ContractState
  /** Where the rep works at the time; undefined for somebody unknown or not employed then. */
  readonly placement: { readonly storeId: string | null } | undefined
  /** Who of those credited does not work here at the time; where the command names any. */
  readonly absent?: readonly string[] | undefined
}

export function needsToSign(data: DataOf<'SignContract'>, at: string): Need[] {
  const { customerId, dealId, renewalOf, repId, credits = null } = data
  return [
    { kind: 'state', as: 'customer', category: 'customer', id: customerId },
    ...(dealId === undefined ? [] : [{ kind: 'state', as: 'deal', category: 'deal', id: dealId } as const]),
    ...(renewalOf === undefined
      ? []
      : [{ kind: 'state', as: 'renewed', category: 'contract', id: renewalOf } as const]),
    { kind: 'lookup', as: 'placement', name: 'placement', input: { repId, at } },
    ...needsToCredit(credits, at),
  ]
}

export function needsToCredit(credits: readonly Credit[] | null, at: string): Need[] {
  if (!credits) return []
  const repIds = credits.map(({ repId }) => repId)
  return [{ kind: 'lookup', as: 'absent', name: 'absent', input: { repIds, at } }]
}

export function sign(
  { lines, credits, ...data }: DataOf<'SignContract'>,
  state: ContractState,
  { streamId: contractId, occurredAt, customer, deal, renewed, placement, absent }: DecisionContext & ContractNeeds,
): Decision<ContractEvent> {
  const { customerId, dealId, renewalOf, repId, term } = data
  const { currency } = lines[0]!.amount
  const storeId = data.storeId ?? placement?.storeId ?? null
  const facts = {
    ...{ ...data, contractId, caseId: customer.caseId ?? customerId, currency },
    lines: lines.map(({ lineId, productLine, amount: { amount } }) => ({ lineId, productLine, amount })),
    ...(credits && { credits }),
  }
  if (state.status !== 'none') {
    const known = state.contract.signed
    return sameData({ ...facts, storeId: data.storeId ?? known.storeId }, known)
      ? []
      : refuse('contract-exists', `Contract ${contractId} exists already: a new contract needs a new id.`)
  }
  if (customer.status === 'none')
    return refuse('unknown-customer', `There is no customer ${customerId}: register them first.`, { customerId })
  if (deal?.status === 'none') return refuse('unknown-deal', `There is no deal ${dealId}.`, { dealId })
  const buyer = deal?.deal?.customerId
  if (buyer !== undefined && buyer !== customerId)
    return refuse('other-customer', `Deal ${dealId} is with customer ${buyer}, not with ${customerId}.`, { dealId })
  if (renewed?.status === 'none')
    return refuse('unknown-contract', `There is no contract ${renewalOf} to go on from.`, { renewalOf })
  if (renewed && renewed.contract.signed.customerId !== customerId)
    return refuse('other-customer', `Contract ${renewalOf} is not with customer ${customerId}.`, { renewalOf })
  if (!placement) return unknownRep(repId, occurredAt)
  if (storeId === null)
    return refuse('rep-without-store', `${repId} belongs to no store: name the store that the contract counts for.`)
  if (term.to < term.from)
    return refuse('ends-before-it-begins', `The term would end on ${term.to}, before it begins on ${term.from}.`)
  return (
    linesProblem(lines, currency) ??
    creditsProblem(credits ?? null, { occurredAt, absent }) ?? [
      { type: 'ContractSigned', data: { ...facts, storeId } satisfies Signed },
    ]
  )
}

function linesProblem(lines: DataOf<'SignContract'>['lines'], currency: string): Refusal | undefined {
  const seen = new Set<string>()
  let total = 0
  for (const { lineId, amount } of lines) {
    if (seen.has(lineId)) return refuse('duplicate-line', `Two lines have the id ${lineId}.`, { lineId })
    seen.add(lineId)
    const problem = currencyProblem(amount, currency)
    if (problem) return problem
    total += amount.amount
  }
  if (!Number.isSafeInteger(total))
    return refuse('amount-too-large', `The lines are more than ${Number.MAX_SAFE_INTEGER} minor units together.`)
  return undefined
}

/** Shares of a contract add up to one, exactly; a rep has one, and works here at the time. */
export function creditsProblem(
  credits: readonly Credit[] | null,
  { occurredAt, absent = [] }: Pick<DecisionContext & ContractNeeds, 'occurredAt' | 'absent'>,
): Refusal | undefined {
  if (!credits) return undefined
  if (absent[0] !== undefined) return unknownRep(absent[0], occurredAt)
  const reps = new Set(credits.map(({ repId }) => repId))
  if (reps.size < credits.length) return refuse('duplicate-rep', 'A rep is credited once: add up their shares.')
  const sum = credits.reduce((total, { share }) => total + millionths(share), 0)
  if (sum === ONE) return undefined
  return refuse('shares-not-one', `The shares add up to ${rateText(sum)}, not to 1.`, { millionths: sum })
}

const unknownRep = (repId: string, at: string): Refusal =>
  refuse('unknown-rep', `Nobody with the id ${repId} works here at ${at}.`, { repId, at })
