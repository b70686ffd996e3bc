// Customers: who they are and how to reach them.
import type { Aggregate, CustomerEvent } from '@headwater/schema'
import { CustomerCommand } from './commands.ts'
import { decide } from './decide.ts'
import { type CustomerState, evolve, initialState } from './state.ts'

export { CustomerCommand } from './commands.ts'
export type { CustomerRefusal } from './decide.ts'
export type { CustomerState } from './state.ts'

export const customer: Aggregate<CustomerState, CustomerCommand, CustomerEvent> = {
  category: 'customer',
  command: CustomerCommand,
  initialState,
  evolve,
  decide,
  begins: ['RegisterCustomer'],
  caseId: (id, state) => (state.status === 'none' ? id : state.caseId),
}
