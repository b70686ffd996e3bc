// What holds of a contract's money whatever the commands.
import { type ContractEvent, type DecisionContext, deriveId, instantOf, isRefusal } from '@headwater/schema'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Contract, type ContractCommand, type ContractNeeds, type ContractState, contract } from './index.ts'
import { leftOf, owedBy } from './state.ts'

const money = (most: number) =>
  fc.record({ amount: fc.integer({ min: 1, max: most }), currency: fc.constantFrom('CNY', 'CNY', 'CNY', 'JPY') })
const lineId = fc.constantFrom('a', 'b', 'c', 'd')
const paymentId = fc.constantFrom('p1', 'p2', 'p3', 'p4', 'p5')
const allocations = fc.array(fc.record({ lineId, amount: money(60) }), { maxLength: 3 })
const how = fc.oneof(
  fc.constant({}),
  fc.record({ rule: fc.constantFrom('in-order', 'pro-rata') }),
  fc.record({ allocations }),
)
const data = (type: ContractCommand['type'], ...parts: readonly fc.Arbitrary<object>[]) =>
  fc.tuple(...parts).map((all) => contract.command.parse({ type, data: Object.assign({}, ...all) }))
const command: fc.Arbitrary<ContractCommand> = fc.oneof(
  { weight: 4, arbitrary: data('ReceivePayment', fc.record({ paymentId, amount: money(150) }), how) },
  { weight: 2, arbitrary: data('AllocatePayment', fc.record({ paymentId }), how) },
  {
    weight: 4,
    arbitrary: data(
      'RefundPayment',
      fc.record({ paymentId, amount: money(80), reason: fc.constant('r') }),
      fc.oneof(fc.constant({}), fc.record({ allocations })),
    ),
  },
  data('ReversePayment', fc.record({ paymentId, reason: fc.constant('r') })),
  { weight: 1, arbitrary: data('CancelContract', fc.constant({ reason: 'r' })) },
)
const contractLines = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 3 }).map((amounts) =>
  amounts.map((amount, i) => ({
    lineId: 'abc'[i]!,
    productLine: 'kitchen',
    amount: { amount, currency: 'CNY' },
  })),
)
const steps = fc.array(fc.tuple(command, fc.integer({ min: -5, max: 20 })), { maxLength: 30, size: 'max' })
const actor = { id: 'cashier', role: 'headquarters' }
const base = { streamId: 'k', actor, customer: { status: 'registered' }, placement: { storeId: 's' } }

/** Runs the commands, an hour or so apart, now and then dated back; `seen` gets each decision with the state after it. */
function run(
  lines: object,
  wishes: readonly (readonly [ContractCommand, number])[],
  seen: (
    after: ContractState,
    events: readonly ContractEvent[],
    command: ContractCommand,
    context: DecisionContext & ContractNeeds,
  ) => void,
) {
  let time = Date.UTC(2026, 2, 2)
  let state: ContractState = contract.initialState
  const term = { from: '2026-03-01', to: '2027-02-28' }
  const sign = contract.command.parse({ type: 'SignContract', data: { customerId: 'c', repId: 'r', term, lines } })
  for (const [n, [command, hours]] of [[sign, 100] as const, ...wishes].entries()) {
    time += hours * 3_600_000
    const occurredAt = instantOf(time)
    const context = {
      ...base,
      now: occurredAt,
      occurredAt,
      commandId: `${n}`,
      id: (name: string) => deriveId(`${n}`, name),
    }
    const decision = contract.decide(command, state, context)
    if (isRefusal(decision)) continue
    state = decision.reduce((s, event) => contract.evolve(s, { ...event, occurredAt, actor }), state)
    seen(state, decision, command, context)
  }
  return state
}

const sum = (numbers: Iterable<number>) => [...numbers].reduce((a, b) => a + b, 0)
const payments = (state: ContractState) => (state.status === 'none' ? [] : [...state.contract.payments.values()])

describe('whatever the commands', () => {
  it('each payment is what its lines got, what is unallocated, and what went back', () => {
    fc.assert(
      fc.property(contractLines, steps, (lines, wishes) => {
        const back = new Map<string, number>()
        run(lines, wishes, (state, events) => {
          for (const { type, data } of events) {
            if (type === 'PaymentReceived' || type === 'PaymentAllocated')
              expect(data.unallocated).toBeGreaterThanOrEqual(0)
            if (type === 'PaymentReceived')
              expect(sum(data.allocations.map(({ amount }) => amount)) + data.unallocated).toBe(data.amount)
            if (type !== 'PaymentRefunded' && type !== 'PaymentReversed') continue
            expect(sum(data.allocations.map(({ amount }) => amount)) + data.fromUnallocated).toBe(data.amount)
            back.set(data.paymentId, (back.get(data.paymentId) ?? 0) + data.amount)
          }
          for (const payment of payments(state)) {
            const { amount, paymentId } = payment.received
            expect(leftOf(payment) + (back.get(paymentId) ?? 0)).toBe(amount)
            expect(payment.unallocated).toBeGreaterThanOrEqual(0)
            for (const net of payment.allocated.values()) expect(net).toBeGreaterThanOrEqual(0)
            if (payment.reversed) expect(leftOf(payment)).toBe(0)
          }
        })
      }),
    )
  })

  it('no line is paid more than its amount, nor less than nothing', () => {
    fc.assert(
      fc.property(contractLines, steps, (lines, wishes) => {
        run(lines, wishes, (state) => {
          const { contract } = state as { contract: Contract }
          for (const line of contract.signed.lines) {
            const owed = owedBy(line, contract)
            expect(owed).toBeGreaterThanOrEqual(0)
            expect(owed).toBeLessThanOrEqual(line.amount)
          }
        })
      }),
    )
  })

  it('a command that names its payment or refund and is decided again at once decides nothing, or is refused', () => {
    fc.assert(
      fc.property(contractLines, steps, (lines, wishes) => {
        run(lines, wishes, (state, _, command, context) => {
          if (command.type === 'AllocatePayment') return
          expect(contract.decide(command, state, context)).toEqual([])
        })
      }),
    )
  })
})
