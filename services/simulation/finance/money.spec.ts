// What a year of the simulated organisation's money looks like, figure by figure.
import { builtinPlaybooks } from '@headwater/sales'
import { CommissionPlanDefinition, type Money, msOf } from '@headwater/schema'
import { describe, expect, it } from 'vitest'
import { writeScript } from '../script.ts'
import { DAY, type Step } from '../step.ts'

const options = {
  ...{ seed: 9, regions: 3, stores: 10, reps: 60, days: 365, leadsPerDay: 24 },
  ...{ endsAt: '2026-11-22T08:00:00.000Z', playbooks: builtinPlaybooks },
}
const until = msOf(options.endsAt)
const parts = writeScript(options).parts.map(({ blocks, ...part }) => ({ ...part, steps: [...blocks].flat(2) }))
const steps = parts.flatMap(({ steps }) => steps)
const ofType = (type: string, of = steps) => of.filter(({ command }) => command.type === type)
const at = ({ envelope }: Step) => msOf(envelope.occurredAt)
const share = <T>(list: readonly T[], which: (item: T) => boolean) => list.filter(which).length / list.length
const amountOf = ({ command }: Step) => (command.data.amount as Money).amount
const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0)

const contracts = ofType('SignContract').map((signed) => {
  const own = steps.filter(({ category, id }) => category === 'contract' && id === signed.id)
  const bounced = new Set(ofType('ReversePayment', own).map(({ command }) => command.data.paymentId))
  const lines = signed.command.data.lines as { amount: Money }[]
  return {
    signed,
    value: sum(lines.map(({ amount }) => amount.amount)),
    received: sum(
      ofType('ReceivePayment', own)
        .filter(({ command }) => !bounced.has(command.data.paymentId))
        .map(amountOf),
    ),
    refunded: ofType('RefundPayment', own),
    cancelled: ofType('CancelContract', own).length > 0,
    isBounced: bounced.size > 0,
  }
})

describe('contracts', () => {
  it('are of the value that their deal was won with, in one to three lines', () => {
    const won = new Map(
      ofType('WinDeal')
        .filter(({ refused }) => refused === undefined)
        .map(({ id, command }) => [id, (command.data.value as Money).amount]),
    )
    const ofDeals = contracts.filter(({ signed }) => signed.command.data.dealId !== undefined)
    const first = ofDeals.filter(({ signed }) => !signed.id.endsWith('-B'))
    expect(first.length / won.size).toBeGreaterThan(0.97)
    for (const { signed, value } of first) expect(value).toBe(won.get(signed.command.data.dealId as string))
    const lines = first.map(({ signed }) => (signed.command.data.lines as unknown[]).length)
    expect(new Set(lines)).toEqual(new Set([1, 2, 3]))
  })

  it('are paid in full, and never more than that', () => {
    for (const { value, received } of contracts) expect(received).toBeLessThanOrEqual(value)
    const old = contracts.filter(({ signed }) => at(signed) < until - 120 * DAY)
    expect(share(old, ({ value, received }) => received === value)).toBeGreaterThan(0.95)
    expect(share(contracts, ({ value, received }) => received < value)).toBeGreaterThan(0.1)
  })

  it('now and then have money go back', () => {
    const given = (few: number, many: number, which: (contract: (typeof contracts)[number]) => boolean) => {
      expect(share(contracts, which)).toBeGreaterThan(few)
      expect(share(contracts, which)).toBeLessThan(many)
    }
    given(0.02, 0.09, ({ refunded }) => refunded.length > 0)
    given(0.01, 0.08, ({ isBounced }) => isBounced)
    given(0.002, 0.03, ({ cancelled }) => cancelled)
  })

  it('are renewed by most, a year later', () => {
    const renewed = new Set(contracts.map(({ signed }) => signed.command.data.renewalOf))
    const due = contracts.filter(
      ({ signed, cancelled }) => /^HT-R\d+$/.test(signed.id) && !cancelled && at(signed) < until - 365 * DAY,
    )
    expect(due.length).toBeGreaterThan(30)
    expect(share(due, ({ signed }) => renewed.has(signed.id))).toBeGreaterThan(0.5)
    expect(share(due, ({ signed }) => renewed.has(signed.id))).toBeLessThan(0.9)
  })
})

describe('customers', () => {
  it('belong to somebody before they pay, and to a colleague when that one leaves or moves', () => {
    const owners = new Map<string, Step[]>()
    for (const step of ofType('AssignCustomerOwner')) owners.set(step.id, [...(owners.get(step.id) ?? []), step])
    for (const { signed } of contracts)
      expect(at(owners.get(signed.command.data.customerId as string)![0]!)).toBeLessThanOrEqual(at(signed))
    const changed = new Set(
      [...ofType('RepLeaves'), ...ofType('MoveRep')].map((step) => `${step.command.data.repId} ${at(step)}`),
    )
    const handedOver = [...owners.values()].flatMap((own) =>
      own.slice(1).filter((step, i) => changed.has(`${own[i]!.command.data.repId} ${at(step)}`)),
    )
    expect(handedOver.length).toBeGreaterThan(10)
  })
})

describe('the ledger', () => {
  const [plans] = parts.filter(({ name }) => name === 'plans and ledger')
  const closes = parts.flatMap(({ closes }) => closes ?? [])

  it('has two plans, in force from its first month on, approved by others than wrote them', () => {
    const submitted = ofType('SubmitCommissionPlan', plans!.steps)
    const [{ command }] = ofType('OpenLedger', plans!.steps) as [Step]
    expect(submitted).toHaveLength(2)
    for (const step of submitted) {
      const { effective } = CommissionPlanDefinition.parse(step.command.data.definition)
      expect(effective.from).toBe(`${command.data.firstPeriod}-01`)
      const approved = plans!.steps.find(
        ({ id, command }) => id === step.id && command.type === 'ApproveCommissionPlan',
      )
      expect(approved!.envelope.actor.id).not.toBe(step.envelope.actor.id)
    }
  })

  it('closes the last two months that are over, each prepared by one and approved and closed by another', () => {
    expect(closes.map(({ period }) => period)).toEqual(['2026-09', '2026-10'])
    for (const { prepared, approved, closed } of closes) {
      expect(approved.actor.id).not.toBe(prepared.actor.id)
      expect(closed.actor.id).not.toBe(prepared.actor.id)
    }
  })

  it('takes in what is entered before the cut-off; what is entered later may be of before', () => {
    const [september, october] = closes.map(({ prepared }) => prepared.occurredAt)
    const [before, between, after] = ['regular customers', 'after the close of 2026-09', 'after the close of 2026-10']
      .map((name) => parts.find((part) => part.name === name)!.steps)
      .map((steps) => steps.map(({ envelope }) => envelope.occurredAt))
    expect(before!.every((time) => time < september!)).toBe(true)
    expect(between!.every((time) => time < october!)).toBe(true)
    const isLate = [...between!.map((time) => time < september!), ...after!.map((time) => time < october!)]
    expect(share(isLate, Boolean)).toBeGreaterThan(0)
    expect(share(isLate, Boolean)).toBeLessThan(0.05)
  })
})
