// Contracts: what was sold, what was paid for it, and what went back.
import type { Aggregate, ContractEvent } from '@headwater/schema'
import { ContractCommand } from './commands.ts'
import { decide, needs } from './decide.ts'
import type { ContractNeeds } from './sign.ts'
import { type ContractState, evolve, initialState } from './state.ts'

export { ContractCommand } from './commands.ts'
export type { ContractRefusal } from './refusals.ts'
export type { ContractNeeds } from './sign.ts'
export type { Contract, ContractState, Payment } from './state.ts'

export const contract: Aggregate<ContractState, ContractCommand, ContractEvent, ContractNeeds> = {
  category: 'contract',
  command: ContractCommand,
  initialState,
  evolve,
  decide,
  needs,
  caseId: (id, state) => (state.status === 'none' ? id : state.contract.signed.caseId),
}
