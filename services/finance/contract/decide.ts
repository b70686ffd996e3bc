import {
  type ContractEvent,
  type Decision,
  type DecisionContext,
  isRefusal,
  type Need,
  type Refusal,
  sameData,
} from '@headwater/schema'
import type { ContractCommand, DataOf } from './commands.ts'
import { allocateRest, receive, refund, reverse } from './payments.ts'
import { refuse } from './refusals.ts'
import { type ContractNeeds, creditsProblem, needsToCredit, needsToSign, sign } from './sign.ts'
import type { Contract, ContractState } from './state.ts'

/** Only who is named has to be looked up. */
export function needs(
  { type, data }: ContractCommand,
  _: ContractState,
  { occurredAt }: DecisionContext,
): readonly Need[] {
  if (type === 'SignContract') return needsToSign(data, occurredAt)
  return type === 'ChangeContractCredits' ? needsToCredit(data.credits, occurredAt) : []
}

export function decide(
  command: ContractCommand,
  state: ContractState,
  context: DecisionContext & ContractNeeds,
): Decision<ContractEvent> {
  if (command.type === 'SignContract') return sign(command.data, state, context)
  const { streamId: contractId, occurredAt } = context
  if (state.status === 'none')
    return refuse('contract-not-found', `There is no contract ${contractId}: sign it first.`, { contractId })
  const { contract } = state
  if (occurredAt < contract.signedAt)
    return refuse('before-signing', `Contract ${contractId} was signed at ${contract.signedAt}, after ${occurredAt}.`, {
      signedAt: contract.signedAt,
      occurredAt,
    })
  if (command.type === 'CancelContract') return cancel(command.data, state, context)
  const decision = decideSigned(command, contract, context)
  // What holds already may be said again, and money goes back after the end, too.
  const goesBack = command.type === 'RefundPayment' || command.type === 'ReversePayment'
  if (isRefusal(decision) || decision.length === 0 || goesBack) return decision
  return endedBefore(state, occurredAt) ?? decision
}

function decideSigned(
  { type, data }: Exclude<ContractCommand, { type: 'SignContract' | 'CancelContract' }>,
  contract: Contract,
  context: DecisionContext & ContractNeeds,
): Decision<ContractEvent> {
  switch (type) {
    case 'ChangeContractCredits':
      if (sameData(data.credits, contract.credits)) return []
      return (
        creditsProblem(data.credits, context) ??
        earlier(contract.creditsSince, context, 'its credits changed') ?? [{ type: 'ContractCreditsChanged', data }]
      )
    case 'ReachMilestone':
      return contract.milestones.has(data.milestone) ? [] : [{ type: 'ContractMilestoneReached', data }]
    case 'ReceivePayment':
      return receive(data, contract, context)
    case 'AllocatePayment':
      return allocateRest(data, contract, context)
    case 'RefundPayment':
      return refund(data, contract, context)
    case 'ReversePayment':
      return reverse(data, contract, context)
  }
}

/** Nothing that belongs to a living contract may lie after its end; what goes back may. */
function cancel(
  data: DataOf<'CancelContract'>,
  state: Exclude<ContractState, { status: 'none' }>,
  context: DecisionContext,
): Decision<ContractEvent> {
  if (state.status === 'cancelled') return []
  const { creditsSince, milestones, payments } = state.contract
  const facts = [creditsSince, ...milestones.values(), ...[...payments.values()].map(({ allocatedAt }) => allocatedAt)]
  const last = facts.sort().at(-1)!
  return earlier(last, context, 'something happened under it') ?? [{ type: 'ContractCancelled', data }]
}

/** A payment from before the cancellation may be entered late, one from after it not. */
function endedBefore(state: ContractState, occurredAt: string): Refusal | undefined {
  if (state.status !== 'cancelled' || occurredAt < state.cancelledAt) return undefined
  return refuse('contract-cancelled', `The contract was cancelled at ${state.cancelledAt}.`, {
    cancelledAt: state.cancelledAt,
    occurredAt,
  })
}

function earlier(lastChange: string, { occurredAt }: DecisionContext, what: string): Refusal | undefined {
  if (lastChange <= occurredAt) return undefined
  return refuse('earlier-than-last-change', `At ${lastChange} ${what}: date this then or later.`, {
    lastChange,
    occurredAt,
  })
}
