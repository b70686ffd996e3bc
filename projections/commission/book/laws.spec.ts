import { apportion } from '@headwater/schema'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { accrual } from './accrual.ts'
import { allStatements, type Credited, credited } from './book.ts'
import { onTiers } from './exact.ts'
import { explain } from './explain.ts'
import type { Explanation } from './explanation.ts'
import type { Facts } from './facts.ts'
import { type Outcome, statementsOf } from './ledger.ts'
import type { CommissionLine, Statement } from './line.ts'
import { recompute } from './recompute.ts'
import { sealedLeaves } from './sealed.ts'
import { sentences } from './sentences.ts'
import { target } from './target.ts'
import { anyPlan, historyWith, plainPlan, play } from './testing/histories.ts'

/** More with `HEADWATER_RUNS=5000`. */
const numRuns = Number(process.env.HEADWATER_RUNS ?? 150)
const LAST = '2026-06'
const sum = (of: readonly { readonly amount: number }[]) => of.reduce((total, { amount }) => total + amount, 0)
const isDraw = ({ kind }: CommissionLine) => kind === 'draw'
const netOf = (statements: readonly Statement[]) =>
  statements.reduce((total, { lines, adjusted }) => total + sum(lines.filter((line) => !isDraw(line))) + adjusted, 0)
const byId = (lines: readonly CommissionLine[]) => [...lines].sort((a, b) => (a.id < b.id ? -1 : 1))

const closedOf = ({ timeline, pools, entries }: Credited, repId: string): Outcome[] =>
  statementsOf(repId, entries.get(repId)!, pools, timeline).filter(({ status }) => status === 'closed')

/** What statements are by definition: the differences of targets. */
function defined(facts: Facts) {
  const { closed } = facts.common.ledger
  const cuts = [...closed, { period: LAST, cutOff: facts.head }]
  let before = new Map<string, CommissionLine>()
  return cuts.flatMap(({ period, cutOff }, i) => {
    const after = new Map(target(facts, cutOff, period).map(({ line }) => [line.id, line]))
    const settled = cuts[i - 1]?.period ?? ''
    const parts = [...new Set([...before.keys(), ...after.keys()])].flatMap((id) => {
      const line = after.get(id) ?? before.get(id)!
      const difference = (after.get(id)?.amount ?? 0) - (before.get(id)?.amount ?? 0)
      if (line.period > settled) return [{ id, amount: difference }]
      return difference === 0 ? [] : [{ id: `${id}@`, amount: difference }]
    })
    before = after
    return parts
  })
}

describe('laws of the book', () => {
  it('statements are the differences of targets worked out from zero', () => {
    fc.assert(
      fc.property(historyWith(anyPlan), (steps) => {
        const facts = play(steps).facts()
        const stated = allStatements(facts, LAST).flatMap(({ lines, adjustments }) => [
          ...lines.filter((line) => !isDraw(line)).map(({ id, amount }) => ({ id, amount })),
          ...adjustments.map(({ original, amount }) => ({ id: `${original.id}@`, amount })),
        ])
        const inOrder = (of: typeof stated) => of.map(({ id, amount }) => `${id} ${amount}`).sort()
        expect(inOrder(stated)).toEqual(inOrder(defined(facts)))
      }),
      { numRuns },
    )
  })

  it('the sum of statements is the sum of lines is the balance of the ledger, for each rep', () => {
    fc.assert(
      fc.property(historyWith(anyPlan), (steps) => {
        const facts = play(steps).facts()
        const lines = target(facts, facts.head, LAST)
        for (const repId of ['A', 'B', 'C']) {
          const own = allStatements(facts, LAST).filter((statement) => statement.repId === repId)
          expect(netOf(own)).toBe(sum(lines.flatMap(({ line }) => (line.repId === repId ? [line] : []))))
          const gross = own.reduce((total, { earned, adjusted }) => total + earned + adjusted, 0)
          const paid = own.reduce((total, { payable }) => total + payable, 0)
          expect(own.at(-1)?.closing ?? 0).toBe(gross - paid)
          for (const [i, one] of own.entries()) {
            expect(one.opening).toBe(own[i - 1]?.closing ?? 0)
            expect(one.opening + one.earned + one.adjusted - one.payable).toBe(one.closing)
            expect(one.payable).toBeGreaterThanOrEqual(0)
          }
        }
      }),
      { numRuns },
    )
  })

  it('what is sealed of a closed month never changes, whatever follows: no statement goes, comes, or has other amounts or lines', () => {
    fc.assert(
      fc.property(historyWith(anyPlan), (steps) => {
        const sealed = new Map<string, string>()
        play(steps, (story) => {
          const statements = story.statements()
          for (const { period } of story.facts().common.ledger.closed) {
            const own = statements.filter((statement) => statement.period === period)
            const text = own.map((statement) => JSON.stringify(sealedLeaves(statement, 'CNY'))).join('\n')
            expect(sealed.get(period) ?? text).toBe(text)
            sealed.set(period, text)
          }
        })
      }),
      { numRuns: Math.ceil(numRuns / 4) },
    )
  })

  it('nor do the facts that an adjustment of a floor names, where a later plan counts by the quarter', () => {
    const flat = { id: 'f', kind: 'flat' as const, rate: '0.05' }
    const byQuarter = { id: 't', kind: 'tiers' as const, over: 'quarter' as const, mode: 'marginal' as const }
    const story = play([
      { do: 'plan', plan: { rules: [flat] } },
      {
        ...{ do: 'sign', customer: 'c1', rep: 'A', productLine: 'kitchen', renews: false, split: false },
        ...{ store: 's1', when: 0 },
      },
      { do: 'close' },
      { do: 'close' },
      { do: 'pay', amount: 1, n: 0, bath: false, when: 0 },
      { do: 'plan', plan: { rules: [flat], retroactive: true, floor: '10' } },
      { do: 'close' },
    ])
    const march = () => story.statements().find(({ repId, period }) => repId === 'A' && period === '2026-03')
    const before = march()
    expect(before!.adjustments.map(({ causes }) => causes.length)).toEqual([2, 1])
    story.plan({ rules: [{ ...byQuarter, tiers: [{ from: '0', rate: '0.05' }] }] }, { version: 3, at: '2026-04-01' })
    expect(march()).toEqual(before)
  })

  it('the open month is the same from what closed months came to as from zero, at every prefix of the log', () => {
    fc.assert(
      fc.property(historyWith(anyPlan), (steps) => {
        const kept = new Map<string, readonly Outcome[]>()
        play(steps, (story) => {
          const facts = story.facts()
          const books = credited(facts, LAST)
          for (const repId of books.entries.keys()) {
            const anew = accrual(books, repId)
            const key = `${repId}/${facts.common.ledger.closed.length}`
            const settled = kept.get(key) ?? closedOf(books, repId)
            kept.set(key, settled)
            expect(accrual(books, repId, settled)).toEqual(anew)
          }
        })
      }),
      { numRuns: Math.ceil(numRuns / 10) },
    )
  })

  it('does not depend on the order in which unrelated customers’ events interleave', () => {
    fc.assert(
      fc.property(historyWith(anyPlan), fc.infiniteStream(fc.boolean()), (steps, coins) => {
        const open = steps.filter((step) => step.do !== 'close')
        const facts = play(open).facts()
        const shuffled = interleaved(facts, () => coins.next().value as boolean)
        const amounts = (of: Facts) => byId(target(of, of.head, LAST).map(({ line }) => line))
        expect(amounts(shuffled)).toEqual(amounts(facts))
      }),
      { numRuns },
    )
  })

  it('lines of splits add up to the unsplit amount; a full refund nets to zero; no more is taken back than was paid', () => {
    const flat = plainPlan.map((plan) => ({ ...plan, rules: [{ id: 'f', kind: 'flat' as const, rate: '0.033333' }] }))
    fc.assert(
      fc.property(historyWith(flat), (steps) => {
        const facts = play(steps).facts()
        const lines = target(facts, facts.head, LAST)
        const byReceipt = new Map<string, { unsplit: number; net: number; parts: number }>()
        for (const { line, basis } of lines) {
          if (basis.kind !== 'flat') throw new Error('only flat rules here')
          const key = `${line.planVersion}/${line.paymentId}`
          const { parts = 0 } = byReceipt.get(key) ?? {}
          byReceipt.set(key, { unsplit: basis.unsplit, net: basis.entry.receipt.net, parts: parts + line.amount })
        }
        for (const { unsplit, net, parts } of byReceipt.values()) {
          expect(parts).toBe(unsplit)
          if (net === 0) expect(parts).toBe(0)
        }
        const paid = new Map<string, number>()
        for (const { lines: own, adjustments } of allStatements(facts, LAST)) {
          for (const { id, amount } of own) paid.set(id, (paid.get(id) ?? 0) + amount)
          for (const { original, amount } of adjustments) paid.set(original.id, (paid.get(original.id) ?? 0) + amount)
          for (const left of paid.values()) expect(left).toBeGreaterThanOrEqual(0)
        }
      }),
      { numRuns },
    )
  })

  it('every line’s explanation recomputes to the line, as it does after a trip through JSON', () => {
    fc.assert(
      fc.property(historyWith(anyPlan), (steps) => {
        const facts = play(steps).facts()
        for (const { repId, period, lines, adjustments } of allStatements(facts, LAST))
          for (const { id, amount } of [...lines, ...adjustments]) {
            const tree = JSON.parse(JSON.stringify(explain(facts, repId, period, id))) as Explanation
            expect(tree.line).toMatchObject({ id, amount })
            expect(recompute(tree)).toBe(amount)
            for (const one of tree.kind === 'line' ? [tree] : [tree.before, tree.after])
              if (one) expect(one.steps.at(-1)!.result).toBe(one.line.amount)
            expect(sentences(tree, 'en').join()).not.toContain('undefined')
            expect(sentences(tree, 'zh-CN').join()).not.toContain('undefined')
          }
      }),
      { numRuns: Math.ceil(numRuns / 8) },
    )
  })

  it('marginal tiers are continuous and monotone in the base', () => {
    const tiers = [
      { from: 0, to: 100_000, rate: 50_000 },
      { from: 100_000, to: 300_000, rate: 20_000 },
      { from: 300_000, to: undefined, rate: 120_000 },
    ]
    fc.assert(
      fc.property(fc.nat(500_000), fc.nat(1000), (base, more) => {
        const step = onTiers(base + more, 'marginal', tiers) - onTiers(base, 'marginal', tiers)
        expect(step >= 0n && step <= BigInt(more) * 120_000n * 10n ** 12n).toBe(true)
      }),
      { numRuns: 4 * numRuns },
    )
  })

  it('apportions without loss, each within a unit of its share', () => {
    const weights = fc.array(fc.bigInt({ min: 1n, max: 10n ** 12n }), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(fc.nat(), weights, (amount, list) => {
        const parts = apportion(amount, list)
        const total = list.reduce((one, other) => one + other, 0n)
        expect(parts.reduce((one, other) => one + other, 0)).toBe(amount)
        for (const [i, part] of parts.entries()) {
          const exact = (BigInt(amount) * list[i]!) / total
          expect(BigInt(part) - exact === 0n || BigInt(part) - exact === 1n).toBe(true)
        }
      }),
      { numRuns: 4 * numRuns },
    )
  })
})

/** The same facts at other positions: each customer's in its own order, between the others' at random. */
function interleaved(facts: Facts, coin: () => boolean): Facts {
  const text = JSON.stringify(facts.customers.map((customer) => ({ ...customer, owners: [...customer.owners] })))
  const copies = (JSON.parse(text) as Facts['customers']).map((customer) => ({ customer, facts: factsIn(customer) }))
  let position = Number(facts.head)
  for (let left = copies; left.length > 0; left = left.filter((one) => one.facts.length > 0)) {
    const picked = left.find(coin) ?? left[0]!
    const fact = picked.facts.shift()
    if (fact) fact.position = String(++position).padStart(12, '0')
  }
  return { ...facts, customers: copies.map(({ customer }) => customer), head: '999999999999' as Facts['head'] }
}

/** Every fact within a customer, in the order of the log. */
function factsIn(value: unknown): { position: string }[] {
  if (typeof value !== 'object' || value === null) return []
  const own = 'position' in value ? [value as { position: string }] : []
  return [...own, ...Object.values(value).flatMap(factsIn)].sort((a, b) => (a.position < b.position ? -1 : 1))
}
