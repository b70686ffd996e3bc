import type {
  Allocation,
  ContractEvent,
  ContractLine,
  ContractSigned,
  Credit,
  Dated,
  EventOf,
  Instant,
  PaymentReceived,
  PaymentRefunded,
} from '@headwater/schema'

export type Signed = EventOf<[typeof ContractSigned]>['data']

export interface Payment {
  readonly received: EventOf<[typeof PaymentReceived]>['data']
  readonly receivedAt: Instant
  /** Business time of the last allocation. */
  readonly allocatedAt: Instant
  /** What it still pays for each line, by line: net of refunds, in the contract's order. */
  readonly allocated: ReadonlyMap<string, number>
  readonly unallocated: number
  readonly reversed: boolean
}

export interface Contract {
  readonly signed: Signed
  readonly signedAt: Instant
  /** Null: receipts count for the customer's owner. */
  readonly credits: readonly Credit[] | null
  readonly creditsSince: Instant
  readonly milestones: ReadonlyMap<string, Instant>
  readonly payments: ReadonlyMap<string, Payment>
  /** As they were decided, by refund. */
  readonly refunds: ReadonlyMap<string, EventOf<[typeof PaymentRefunded]>['data']>
}

export type ContractState =
  | { readonly status: 'none' }
  | { readonly status: 'active'; readonly contract: Contract }
  | { readonly status: 'cancelled'; readonly contract: Contract; readonly cancelledAt: Instant }

export const initialState: ContractState = { status: 'none' }

export function evolve(state: ContractState, event: Dated<ContractEvent>): ContractState {
  const at = event.occurredAt
  if (event.type === 'ContractSigned') return { status: 'active', contract: signed(event.data, at) }
  if (state.status === 'none') throw new Error(`contract stream: ${event.type} before ContractSigned`)
  const contract = change(state.contract, event)
  return event.type === 'ContractCancelled'
    ? { status: 'cancelled', contract, cancelledAt: at }
    : { ...state, contract }
}

const signed = (data: Signed, at: Instant): Contract => ({
  signed: data,
  signedAt: at,
  credits: data.credits ?? null,
  creditsSince: at,
  milestones: new Map(),
  payments: new Map(),
  refunds: new Map(),
})

type Change = Dated<Exclude<ContractEvent, { type: 'ContractSigned' }>>

function change(contract: Contract, { type, data, occurredAt }: Change): Contract {
  switch (type) {
    case 'ContractCreditsChanged':
      return { ...contract, credits: data.credits, creditsSince: occurredAt }
    case 'ContractMilestoneReached':
      return { ...contract, milestones: new Map(contract.milestones).set(data.milestone, occurredAt) }
    case 'ContractCancelled':
      return contract
    case 'PaymentReceived': {
      const payment = {
        received: data,
        receivedAt: occurredAt,
        allocatedAt: occurredAt,
        allocated: plus(new Map(), data.allocations, 1),
        unallocated: data.unallocated,
        reversed: false,
      }
      return { ...contract, payments: new Map(contract.payments).set(data.paymentId, payment) }
    }
    case 'PaymentAllocated':
      return withPayment(contract, data.paymentId, ({ allocated, allocatedAt }) => ({
        allocated: plus(allocated, data.allocations, 1),
        unallocated: data.unallocated,
        allocatedAt: allocatedAt > occurredAt ? allocatedAt : occurredAt,
      }))
    case 'PaymentRefunded':
      return {
        ...withPayment(contract, data.paymentId, givenBack(data)),
        refunds: new Map(contract.refunds).set(data.refundId, data),
      }
    case 'PaymentReversed':
      return withPayment(contract, data.paymentId, (payment) => ({ ...givenBack(data)(payment), reversed: true }))
  }
}

const givenBack =
  ({ allocations, fromUnallocated }: { allocations: readonly Allocation[]; fromUnallocated: number }) =>
  ({ allocated, unallocated }: Payment) => ({
    allocated: plus(allocated, allocations, -1),
    unallocated: unallocated - fromUnallocated,
  })

function plus(to: ReadonlyMap<string, number>, allocations: readonly Allocation[], sign: 1 | -1) {
  const sums = new Map(to)
  for (const { lineId, amount } of allocations) sums.set(lineId, (sums.get(lineId) ?? 0) + sign * amount)
  return sums
}

function withPayment(contract: Contract, paymentId: string, change: (payment: Payment) => Partial<Payment>): Contract {
  const payment = contract.payments.get(paymentId)
  if (!payment) throw new Error(`contract stream: ${paymentId} changes before it was received`)
  return { ...contract, payments: new Map(contract.payments).set(paymentId, { ...payment, ...change(payment) }) }
}

/** What of a payment is there still: received, net of refunds and reversal. */
export const leftOf = ({ allocated, unallocated }: Payment): number =>
  [...allocated.values()].reduce((sum, amount) => sum + amount, unallocated)

/** What a line still owes: its amount, less what payments pay for it. */
export const owedBy = ({ lineId, amount }: ContractLine, { payments }: Pick<Contract, 'payments'>): number =>
  [...payments.values()].reduce((owed, { allocated }) => owed - (allocated.get(lineId) ?? 0), amount)
