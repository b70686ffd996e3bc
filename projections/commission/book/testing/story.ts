// Stories for specs: facts told one after the other, each at the next position of a log.
import {
  type Allocation,
  CommissionPlanDefinition,
  type CommissionPlanInput,
  type ContractLine,
  type Credit,
  type Instant,
  type Position,
} from '@headwater/schema'
import { allStatements } from '../book.ts'
import type {
  ClosedPeriod,
  CommonFacts,
  ContractFacts,
  CustomerFacts,
  Fact,
  Facts,
  PaymentFacts,
  RepFacts,
} from '../facts.ts'
import type { Statement } from '../line.ts'

type Open<T> = T extends readonly (infer Item)[] ? Open<Item>[] : T
/** As in facts.ts, and still being told. */
type Told<T> = { -readonly [Key in keyof T]: T[Key] extends readonly (infer Item)[] ? Told<Item>[] : Open<T[Key]> }

export interface NewContract {
  readonly contractId: string
  readonly customerId?: string
  readonly repId?: string
  readonly storeId?: string
  readonly lines?: readonly ContractLine[]
  readonly credits?: readonly Credit[]
  readonly renewalOf?: string
  readonly term?: { readonly from: string; readonly to: string }
}

/** A zone's local time, `'2026-05-31 23:30'` in Shanghai, as an instant. */
export const shanghai = (local: string): Instant => new Date(`${local.replace(' ', 'T')}+08:00`).toISOString()
/** Yuan to fen. */
export const yuan = (text: string): number => Number(text.replaceAll(',', '').replace('.', ''))

export type Story = ReturnType<typeof tell>

/** The ledger opens with `firstPeriod`; times are local ones in Shanghai. */
export function tell(firstPeriod = '2026-01') {
  let written = 0
  const fact = (local: string): Fact => {
    const position = String(++written).padStart(12, '0') as Position
    const occurredAt = shanghai(local.length === 10 ? `${local} 12:00` : local)
    return { eventId: `e${written}`, position, occurredAt, recordedAt: occurredAt }
  }
  const closed: ClosedPeriod[] = []
  const common: Told<CommonFacts> = {
    ledger: { zone: 'Asia/Shanghai', currency: 'CNY', firstPeriod, closed },
    plans: [],
    reps: [],
  }
  const customers = new Map<string, Told<CustomerFacts>>()
  const contracts = new Map<string, Told<ContractFacts>>()
  const payments = new Map<string, { contract: Told<ContractFacts>; payment: Told<PaymentFacts> }>()
  const customerOf = (customerId: string) => {
    const known = customers.get(customerId) ?? { customerId, owners: [], contracts: [] }
    customers.set(customerId, known)
    return known
  }
  const on = (contract: Told<ContractFacts>, amount: number, lineId?: string): Allocation[] => [
    { lineId: lineId ?? contract.lines[0]!.lineId, amount },
  ]

  const story = {
    plan(input: Partial<CommissionPlanInput>, { planId = 'plan', version = 1, at = '2020-01-01' } = {}) {
      const definition = CommissionPlanDefinition.parse({
        name: { 'zh-CN': '方案', en: 'Plan' },
        currency: 'CNY',
        zone: 'Asia/Shanghai',
        effective: { from: '2020-01-01' },
        ...input,
      })
      common.plans.push({ ...fact(at), planId, version, definition } as never)
      return story
    },
    rep(repId: string, storeId = 's1', at = '2020-01-01') {
      common.reps.push({ repId, stores: [{ ...fact(at), storeId }], certificates: [] })
      return story
    },
    move(repId: string, storeId: string, at: string) {
      repOf(repId).stores.push({ ...fact(at), storeId })
      return story
    },
    leave(repId: string, at: string) {
      repOf(repId).left = fact(at)
      return story
    },
    certify(repId: string, certificate: string, from: string, until: string | null = null) {
      repOf(repId).certificates.push({ ...fact(from), certificate, from, until })
      return story
    },
    owner(customerId: string, repId: string, at: string) {
      customerOf(customerId).owners.push({ ...fact(at), repId, storeId: 's1' })
      return story
    },
    contract(at: string, { customerId = 'c', repId = 'A', storeId = 's1', ...more }: NewContract) {
      const contract: Told<ContractFacts> = {
        ...fact(at),
        ...{ repId, storeId, currency: 'CNY', term: { from: at.slice(0, 10), to: '2199-12-31' } },
        ...{ creditsChanged: [], milestones: [], payments: [] },
        lines: [{ lineId: 'l1', productLine: 'kitchen', amount: yuan('1,000,000.00') }],
        ...(more as { contractId: string }),
      }
      customerOf(customerId).contracts.push(contract)
      contracts.set(contract.contractId, contract)
      return story
    },
    credits(contractId: string, at: string, credits: readonly Credit[] | null) {
      contracts.get(contractId)!.creditsChanged.push({ ...fact(at), credits: credits as Credit[] | null })
      return story
    },
    milestone(contractId: string, milestone: string, at: string) {
      contracts.get(contractId)!.milestones.push({ ...fact(at), milestone })
      return story
    },
    /** Amount in fen. */
    pay(contractId: string, paymentId: string, amount: number, at: string, lineId?: string) {
      const contract = contracts.get(contractId)!
      const payment: Told<PaymentFacts> = {
        ...fact(at),
        ...{ paymentId, amount, rule: 'explicit', allocated: [], returned: [] },
        allocations: on(contract, amount, lineId),
      }
      contract.payments.push(payment)
      payments.set(paymentId, { contract, payment })
      return story
    },
    refund(paymentId: string, amount: number, at: string, kind: 'refund' | 'reversal' = 'refund') {
      const { contract, payment } = payments.get(paymentId)!
      const allocations = on(contract, amount, payment.allocations[0]!.lineId)
      const source = fact(at)
      payment.returned.push({ ...source, kind, amount, allocations, refundId: source.eventId })
      return story
    },
    close(period: string) {
      closed.push({ period, cutOff: fact(`${period}-28`).position })
      return story
    },
    /** What has been told so far; telling goes on without changing it. */
    facts: (): Facts => structuredClone({ common, customers: [...customers.values()], head: head() }) as Facts,
    /** Everybody's statements up to an open month; default: the first that is open. */
    statements: (through?: string): Statement[] => allStatements(story.facts(), through),
  }
  const repOf = (repId: string): Told<RepFacts> => common.reps.find((rep) => rep.repId === repId)!
  const head = () => String(written).padStart(12, '0') as Position
  return story
}
