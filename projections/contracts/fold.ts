import { type Allocation, type StoredEvent, streamId } from '@headwater/schema'
import type { Document, ReadModel } from '../engine/read-model.ts'
import { factOf } from '../fact.ts'
import { type ContractRow, contractReps, contracts, type PaidLine, type PaymentRow, payments } from './tables.ts'

const parts = { payments, reps: contractReps }
type Contract = Document<typeof contracts, typeof parts>

/** Contracts with their payments, as they are and with every fact that led there. */
export const contractsModel: ReadModel<typeof contracts, typeof parts> = {
  name: 'contracts',
  version: 1,
  root: contracts,
  parts,
  streams: ['contract-'],
  key: (event) => streamId(event.stream),
  evolve(contract, event) {
    if (event.type === 'ContractSigned') return signed(event)
    if (!contract) throw new Error(`${event.type} before the contract was signed`)
    const { root, ...rows } = apply(contract, event)
    return { root: { ...root, revision: event.revision }, ...rows }
  },
}

type Of<Type extends StoredEvent['type']> = Extract<StoredEvent, { type: Type }>

function signed(event: Of<'ContractSigned'>): Contract {
  const { term, lines, dealId = null, renewalOf = null, credits = null, ...facts } = event.data
  return {
    root: {
      ...{ ...facts, dealId, renewalOf, credits },
      revision: event.revision,
      status: 'active',
      amount: lines.reduce((sum, line) => sum + line.amount, 0),
      paid: 0,
      unallocated: 0,
      lines: lines.map((line) => ({ ...line, paid: 0 })),
      termFrom: term.from,
      termTo: term.to,
      creditsChanged: [],
      milestones: [],
      cancelled: null,
      ...factOf(event),
    },
    payments: [],
    reps: withReps([], event.data, [facts.repId, ...(credits ?? []).map(({ repId }) => repId)]),
  }
}

/** Each rep once. */
function withReps(
  known: Contract['reps'],
  { contractId, customerId }: Pick<ContractRow, 'contractId' | 'customerId'>,
  reps: readonly string[],
): Contract['reps'] {
  const fresh = new Set(reps.filter((repId) => !known.some((row) => row.repId === repId)))
  return fresh.size === 0 ? known : [...known, ...[...fresh].map((repId) => ({ contractId, repId, customerId }))]
}

function apply(contract: Contract, event: StoredEvent): Contract {
  const { root, payments } = contract
  switch (event.type) {
    case 'ContractCreditsChanged': {
      const { credits } = event.data
      const creditsChanged = [...root.creditsChanged, { ...factOf(event), credits }]
      const reps = withReps(contract.reps, root, credits?.map(({ repId }) => repId) ?? [])
      return { ...contract, root: { ...root, creditsChanged }, reps }
    }
    case 'ContractMilestoneReached': {
      const reached = { ...factOf(event), milestone: event.data.milestone }
      return { ...contract, root: { ...root, milestones: [...root.milestones, reached] } }
    }
    case 'ContractCancelled': {
      const cancelled = { ...factOf(event), reason: event.data.reason }
      return { ...contract, root: { ...root, status: 'cancelled', cancelled } }
    }
    case 'PaymentReceived': {
      const { unallocated, allocations, method = null, reference = null, ...facts } = event.data
      const payment: PaymentRow = {
        ...{ ...facts, allocations, unallocated, method, reference },
        contractId: root.contractId,
        customerId: root.customerId,
        paymentNo: payments.length,
        returnedAmount: 0,
        reversed: false,
        allocated: [],
        returned: [],
        ...factOf(event),
      }
      return { ...contract, root: paid(root, allocations, 1, unallocated), payments: [...payments, payment] }
    }
    case 'PaymentAllocated': {
      const { paymentId, rule, allocations, unallocated } = event.data
      const before = payments.find((payment) => payment.paymentId === paymentId)?.unallocated ?? 0
      return {
        ...contract,
        root: paid(root, allocations, 1, unallocated - before),
        payments: changed(payments, paymentId, ({ allocated }) => ({
          unallocated,
          allocated: [...allocated, { ...factOf(event), rule, allocations }],
        })),
      }
    }
    case 'PaymentRefunded':
      return givenBack(contract, event, { kind: 'refund', refundId: event.data.refundId })
    case 'PaymentReversed':
      return givenBack(contract, event, { kind: 'reversal' })
    default:
      return contract
  }
}

function givenBack(
  contract: Contract,
  event: Of<'PaymentRefunded' | 'PaymentReversed'>,
  which: { readonly kind: 'refund'; readonly refundId: string } | { readonly kind: 'reversal' },
): Contract {
  const { paymentId, amount, allocations, fromUnallocated, reason } = event.data
  return {
    ...contract,
    root: paid(contract.root, allocations, -1, -fromUnallocated),
    payments: changed(contract.payments, paymentId, ({ unallocated, returnedAmount, reversed, returned }) => ({
      unallocated: unallocated - fromUnallocated,
      returnedAmount: returnedAmount + amount,
      reversed: reversed || which.kind === 'reversal',
      returned: [...returned, { ...factOf(event), ...which, amount, allocations, fromUnallocated, reason }],
    })),
  }
}

/** The contract with allocations added to its lines, or taken from them, and another unallocated rest. */
function paid(root: ContractRow, allocations: readonly Allocation[], sign: 1 | -1, unallocated: number): ContractRow {
  const of = ({ lineId }: PaidLine) =>
    sign * allocations.reduce((sum, part) => (part.lineId === lineId ? sum + part.amount : sum), 0)
  const lines = root.lines.map((line) => ({ ...line, paid: line.paid + of(line) }))
  return {
    ...root,
    lines,
    paid: lines.reduce((sum, line) => sum + line.paid, 0),
    unallocated: root.unallocated + unallocated,
  }
}

const changed = (
  payments: readonly PaymentRow[],
  paymentId: string,
  change: (payment: PaymentRow) => Partial<PaymentRow>,
): PaymentRow[] =>
  payments.map((payment) => (payment.paymentId === paymentId ? { ...payment, ...change(payment) } : payment))
