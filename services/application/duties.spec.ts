// The law of segregated duties: whoever asks for what, in any order and on any way in, nobody approves or closes what they prepared.
import { CommissionPlanDefinition, decodeEvent } from '@headwater/schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Application } from './index.ts'
import { everything, foundedLog, now } from './testing/world.ts'

const root = '1'.repeat(64)
const seals = { '2026-01': root, '2026-02': '2'.repeat(64) }
const planOf = (rate: string) =>
  CommissionPlanDefinition.parse({
    ...{ name: { 'zh-CN': '基础', en: 'Base' }, currency: 'CNY', zone: 'Asia/Shanghai', retroactive: true },
    ...{ effective: { from: '2026-01-01' }, rules: [{ id: 'base', kind: 'flat', rate }] },
  })
const plan = { category: 'plan', id: 'base' }
const ledger = { category: 'ledger', id: 'main' }

const ofPlan = fc.oneof(
  fc.constantFrom('0.05', '0.06').map((rate) => ({ type: 'SubmitCommissionPlan', data: { definition: planOf(rate) } })),
  fc.record({
    type: fc.constantFrom('ApproveCommissionPlan', 'ApproveCommissionPlan', 'RejectCommissionPlan'),
    data: fc.record({ version: fc.integer({ min: 1, max: 3 }), reason: fc.constant('other rates') }),
  }),
)
const ofMonth = fc.constantFrom('2026-01' as const, '2026-01' as const, '2026-02' as const).chain((period) => {
  const content = { period, statements: 0, lines: 0, total: 0, linesRoot: root, log: { size: 1, root } }
  const seal = { previousSeal: period === '2026-01' ? null : seals['2026-01'], seal: seals[period] }
  const step = (weight: number, type: string) => ({
    weight,
    arbitrary: fc.constant({ type, data: { ...content, ...seal, reason: 'look again' } }),
  })
  return fc.oneof(
    ...[step(6, 'CutOffPeriod'), step(6, 'PreparePeriod'), step(1, 'ReturnPeriod')],
    ...[step(9, 'ApprovePeriod'), step(9, 'ClosePeriod')],
  )
})
const wish = fc.record({
  actor: fc.record({ id: fc.constantFrom('anna', 'bob', 'carl'), role: fc.constantFrom('headquarters', 'finance') }),
  asked: fc.oneof(
    ofPlan.map((command) => ({ target: plan, command })),
    { weight: 2, arbitrary: ofMonth.map((command) => ({ target: ledger, command })) },
  ),
})
type Wish = typeof wish extends fc.Arbitrary<infer W> ? W : never
const wayIn = fc.constantFrom('one by one' as const, 'together' as const, 'offline' as const)
const story = fc.array(fc.record({ way: wayIn, wishes: fc.array(wish, { minLength: 1, maxLength: 6 }) }), {
  ...{ minLength: 15, maxLength: 25 },
})

/** @returns who asked for what, by command id */
async function ask(application: Application, steps: typeof story extends fc.Arbitrary<infer S> ? S : never) {
  const askedBy = new Map<string, string>()
  let sequence = 0
  for (const [n, { way, wishes }] of steps.entries()) {
    const items = wishes.map(({ actor, asked }: Wish, i) => {
      const commandId = `${n}-${i}`
      askedBy.set(commandId, actor.id)
      return { ...asked, envelope: { commandId, actor } }
    })
    if (way === 'together') await application.dispatchAll(items)
    if (way === 'one by one')
      for (const { target, command, envelope } of items) await application.dispatch(target, command, envelope)
    if (way === 'offline') {
      // From one shared device, the last first: what came early waits for what others send.
      for (const [i, { envelope, ...item }] of [...items.entries()].reverse()) {
        const sent = { ...item, sequence: sequence + i + 1, commandId: envelope.commandId, occurredAt: now }
        await application.submitOfflineBatch('shared', [sent], envelope.actor)
      }
      sequence += items.length
    }
  }
  return askedBy
}

test('nobody approves or closes what they prepared, and everything is done in the name of who asked for it', async () => {
  const done = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(story, async (steps) => {
      const { application, log } = await foundedLog()
      const opened = { zone: 'Asia/Shanghai', currency: 'CNY', firstPeriod: '2026-01' }
      const founder = { commandId: 'open', actor: { id: 'hq', role: 'headquarters' } }
      await application.dispatch(ledger, { type: 'OpenLedger', data: opened }, founder)
      const askedBy = await ask(application, steps)
      const submitted: string[] = []
      let preparers: string[] = []
      for (const event of await everything(log)) {
        const { type, data, meta } = decodeEvent(event, new Map())
        const by = meta.actor.id
        if (askedBy.has(meta.commandId)) expect(by).toBe(askedBy.get(meta.commandId))
        if (type === 'CommissionPlanSubmitted') submitted[data.version] = by
        if (type === 'CommissionPlanApproved') expect(submitted[data.version]).not.toBe(by)
        if (type === 'PeriodCutOff' || type === 'PeriodPrepared') preparers.push(by)
        if (type === 'PeriodApproved' || type === 'PeriodClosed') expect(preparers).not.toContain(by)
        if (type === 'PeriodReturned' || type === 'PeriodClosed') preparers = []
        done.set(type, (done.get(type) ?? 0) + 1)
      }
    }),
    { numRuns: 40 },
  )
  for (const type of ['CommissionPlanApproved', 'PeriodApproved', 'PeriodClosed']) expect(done.has(type)).toBe(true)
})
