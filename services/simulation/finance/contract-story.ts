// What becomes of one contract: signed, paid in instalments, delivered; now and then something bounces, is given back or cancelled.
import { type Actor, localDate, type Money } from '@headwater/schema'
import type { Line } from '../market.ts'
import type { Random } from '../random.ts'
import { type Category, DAY, HOUR } from '../step.ts'
import { accounting, ZONE } from './months.ts'

/** Something that happened, and when it was entered where that was later. Milliseconds. */
export interface Fact {
  readonly at: number
  readonly enteredAt?: number
  readonly actor: Actor
  readonly stream: readonly [Category, string]
  readonly type: string
  readonly data: Record<string, unknown>
}

export interface Sale {
  readonly contractId: string
  readonly customerId: string
  readonly dealId?: string
  readonly renewalOf?: string
  /** When it is signed (milliseconds), and by whom. */
  readonly at: number
  readonly rep: string
  /** Fen. */
  readonly value: number
  readonly lines: readonly { readonly lineId: string; readonly productLine: string; readonly amount: Money }[]
  /** A colleague who had a part in it. */
  readonly partner?: string | undefined
  readonly instalments: readonly Instalment[]
}

interface Instalment {
  /** Of the contract's value. */
  readonly share: number
  /** When it is due: about so many days after signing. */
  readonly days: number
}

/** Deposit, progress, the rest on acceptance. */
export const instalmentsOf = ({ playbook }: Line): readonly Instalment[] =>
  playbook === 'b2b-device' ? instalments(0.5, 0.4, 3, 21, 36) : instalments(0.3, 0.4, 0.1, 14, 32)

const instalments = (deposit: number, progress: number, ...[first, second, last]: [number, number, number]) => [
  { share: deposit, days: first },
  { share: progress, days: second },
  { share: 1 - deposit - progress, days: last },
]
export const atOnce: readonly Instalment[] = [{ share: 1, days: 0.2 }]

/** What the deal's product line sells, and perhaps one or two others with it; adds up to the value (fen). */
export function linesOf(value: number, productLine: string, line: Line, random: Random): Sale['lines'] {
  const others = line.productLines.map(({ id }) => id).filter((id) => id !== productLine)
  const wanted = random.weighted([0, 1, 2].map((more) => ({ more, weight: [60, 28, 12][more]! }))).more
  const first = random.int(0, others.length - 1)
  const extra = Array.from({ length: Math.min(wanted, others.length) }, (_, i) => ({
    productLine: others[(first + i) % others.length]!,
    amount: hundreds(value * random.between(0.1, 0.25)),
  }))
  const main = extra.reduce((left, { amount }) => left - amount, value)
  return [{ productLine, amount: main }, ...extra].map(({ productLine, amount }) => ({
    ...{ lineId: productLine, productLine, amount: cny(amount) },
  }))
}

const [LATE, ENTERED_LATE, BOUNCED, REFUNDED, CANCELLED] = [0.15, 0.06, 0.02, 0.05, 0.015]
const afterSales: Actor = { id: 'service', role: 'service' }
const methods = [
  { id: 'bank-transfer', weight: 45 },
  { id: 'card', weight: 30 },
  { id: 'wechat-pay', weight: 25 },
]
const refundReasons = [
  'a part was delivered damaged',
  'measured smaller than planned',
  'colour differs from the sample',
]

/** In the order of business time. */
export function contractFacts(sale: Sale, random: Random): Fact[] {
  const { contractId, at, rep, value, partner } = sale
  const facts: Fact[] = []
  const tell = (
    when: number,
    actor: Actor,
    type: string,
    data: Record<string, unknown>,
    enteredAt: number | undefined = undefined,
  ) =>
    facts.push({
      ...{ at: when, actor, stream: ['contract', contractId], type, data },
      ...(enteredAt !== undefined && { enteredAt }),
    })

  tell(at, { id: rep, role: 'rep' }, 'SignContract', {
    ...{ customerId: sale.customerId, dealId: sale.dealId, renewalOf: sale.renewalOf, repId: rep, lines: sale.lines },
    term: { from: localDate(at, ZONE), to: localDate(at + 364 * DAY, ZONE) },
    ...(partner !== undefined && {
      credits: [
        { repId: rep, share: '0.7' },
        { repId: partner, share: '0.3' },
      ],
    }),
  })

  /** When it is in the books: a little later for some, and again for one that bounced. */
  const pay = (paymentId: string, amount: number, when: number): number => {
    const method = random.weighted(methods).id
    const entered = random.chance(ENTERED_LATE) ? when + random.between(1, 12) * DAY : when
    tell(
      when,
      accounting,
      'ReceivePayment',
      { paymentId, amount: cny(amount), method, reference: reference(when, random) },
      entered,
    )
    if (method === 'wechat-pay' || !random.chance(BOUNCED)) return entered
    const back = entered + random.between(1, 3) * DAY
    tell(back, accounting, 'ReversePayment', { paymentId, reason: 'returned by the bank' })
    return pay(`${paymentId}-again`, amount, back + random.between(1, 5) * DAY)
  }
  const refund = (paymentId: string, amount: number, when: number, reason: string) =>
    tell(when, accounting, 'RefundPayment', { paymentId, refundId: `${paymentId}-R`, amount: cny(amount), reason })

  const last = sale.instalments.length - 1
  let [rest, now] = [value, at]
  for (const [i, { share, days }] of sale.instalments.entries()) {
    const paymentId = `${contractId}-P${i + 1}`
    const amount = i === last ? rest : hundreds(value * share)
    rest -= amount
    const due = Math.max(now + HOUR, at + random.logNormal(days * DAY, 0.35))
    if (i === last && i > 0)
      tell(due, afterSales, 'ReachMilestone', { milestone: 'installation-accepted', note: 'signed by the customer' })
    const grace = random.logNormal(1.5 * DAY, 0.5) + (random.chance(LATE) ? random.logNormal(14 * DAY, 0.5) : 0)
    now = pay(paymentId, amount, i === 0 ? due : due + grace)
    if (i === 0 && last > 0 && random.chance(CANCELLED)) {
      const end = now + random.between(2, 10) * DAY
      const kept = facts.findLast(({ type }) => type === 'ReceivePayment')!.data.paymentId as string
      refund(kept, hundreds(amount * random.between(0.7, 0.95)), end, 'the customer withdrew')
      tell(end + HOUR, { id: rep, role: 'rep' }, 'CancelContract', { reason: 'the customer withdrew' })
      return facts
    }
    if (i === last && random.chance(REFUNDED)) {
      const kept = facts.findLast(({ type }) => type === 'ReceivePayment')!.data.paymentId as string
      const part = hundreds(amount * random.between(0.05, 0.3))
      refund(kept, part, now + random.between(3, 30) * DAY, random.pick(refundReasons))
    }
  }
  return facts
}

/** As the till or the bank prints it. */
const reference = (at: number, random: Random) =>
  `SK${localDate(at, ZONE).replaceAll('-', '')}-${String(random.int(0, 999_999)).padStart(6, '0')}`

export const cny = (amount: number): Money => ({ amount, currency: 'CNY' })
/** Fen, in whole hundreds of yuan: at least one. */
export const hundreds = (fen: number): number => Math.max(1, Math.round(fen / 10_000)) * 10_000
