// A month's close on real engines: who may do what, what a crash leaves, and what comes after the close.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Closing, type ClosingAnswer, createApplication } from '@headwater/application'
import { freshDatabase, type TestDatabase } from '@headwater/infra/testing'
import type { Answer } from '@headwater/shell'
import { dyingAt } from '@headwater/shell/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { closingOf } from './commission.ts'
import { type Headwater, openHeadwater } from './index.ts'
import {
  accepted,
  checker,
  closeMonth,
  envelope,
  maker,
  receive,
  refund,
  tell,
  tellMay,
  tiersPlan,
} from './testing/index.ts'

let db: TestDatabase
let dataDir: string
let headwater: Headwater
beforeEach(async () => {
  db = await freshDatabase()
  dataDir = await mkdtemp(join(tmpdir(), 'headwater '))
  headwater = await openHeadwater({ databaseUrl: db.url, dataDir, masterKey: undefined })
  await tellMay(headwater)
})
afterEach(async () => {
  await headwater.close()
  await db.drop()
  await rm(dataDir, { recursive: true })
})

const nobody = { findDuplicates: async () => [] }
const may = '2024-05'
const june = '2024-06'
const code = (answer: Answer | ClosingAnswer) => (answer.status === 'refused' ? answer.refusal.code : answer.status)

test('is prepared by one, approved by another, and closed with what was approved', async () => {
  const { closing } = headwater
  expect(code(await closing.approvePeriod(may, envelope(checker)))).toBe('not-prepared')
  expect(code(await closing.closePeriod(may, envelope(checker)))).toBe('not-prepared')
  expect(code(await closing.preparePeriod(june, envelope(maker)))).toBe('not-next-period')
  const { content } = accepted(await closing.preparePeriod(may, envelope(maker)))
  expect(content).toMatchObject({ period: may, statements: 1, lines: 3, total: 33_000_00 })
  for (const actor of [maker, { ...maker, role: 'finance' }])
    expect(code(await closing.approvePeriod(may, envelope(actor)))).toBe('segregation-of-duties')
  expect(code(await closing.closePeriod(may, envelope(checker)))).toBe('not-approved')
  expect(code(await closing.approvePeriod(may, envelope(checker), '0'.repeat(64)))).toBe('other-lines')
  expect(code(await closing.approvePeriod(may, envelope(checker)))).toBe('accepted')
  expect(code(await closing.closePeriod(may, envelope(maker)))).toBe('segregation-of-duties')
  expect(accepted(await closing.closePeriod(may, envelope(checker))).content).toEqual(content)
  expect(code(await closing.preparePeriod(may, envelope(maker)))).toBe('period-closed')
})

test('who cuts it off may not approve it either, and a month that is returned takes in what came meanwhile', async () => {
  const { application, closing } = headwater
  const cutOff = { type: 'CutOffPeriod', data: { period: may } }
  accepted(await application.dispatch({ category: 'ledger', id: 'main' }, cutOff, envelope(checker)))
  const before = accepted(await closing.preparePeriod(may, envelope(maker)))
  expect(code(await closing.approvePeriod(may, envelope(checker)))).toBe('segregation-of-duties')
  await refund(headwater, 'P2', 60_000, '2024-05-31T15:40:00.000Z')
  expect(accepted(await closing.preparePeriod(may, envelope(maker))).content).toEqual(before.content)
  accepted(await closing.returnPeriod(may, 'the refund is missing', envelope(checker)))
  expect(await closeMonth(headwater, may)).toMatchObject({ lines: 3, total: 25_800_00 })
})

test('what comes after the close is an adjustment in the next month, and changes nothing that is closed', async () => {
  const closed = await closeMonth(headwater, may)
  await refund(headwater, 'P2', 60_000, '2024-06-12T02:00:00.000Z')
  await receive(headwater, 'P4', 1, '2024-05-20T02:00:00.000Z')
  expect(await closeMonth(headwater, june)).toMatchObject({ statements: 1, total: -7_200_00 + 12 })
  expect(closed.total).toBe(33_000_00)
})

test('a closed month comes out again byte for byte, whatever came since', async () => {
  const { audit } = headwater
  const bytes = async (period: string, asTheyAre: boolean) => {
    const leaves: string[] = []
    const onLeaf = (text: string) => leaves.push(text)
    expect(await audit.reproduce(period, { asTheyAre, onLeaf })).toMatchObject({ reproduced: true, differs: [] })
    return leaves.join('\n')
  }
  await closeMonth(headwater, may)
  const before = await bytes(may, true)
  await refund(headwater, 'P2', 60_000, '2024-06-12T02:00:00.000Z')
  await closeMonth(headwater, june)
  expect(await bytes(may, false)).toBe(before)
  expect(await bytes(june, false)).toContain('"id":"tiers/R1/2024-05/')
  await expect(audit.reproduce('2024-07')).rejects.toThrow('2024-07 is not closed')
})

/** What a rep's statement of a closed month says, proven. */
const provenStatement = async (period: string) => (await headwater.audit.proveStatement('R1', period)).leaf

test('a statement is sealed with its balances, also where it has no line', async () => {
  await closeMonth(headwater, may)
  await refund(headwater, 'P2', 60_000, '2024-06-12T02:00:00.000Z')
  expect(await closeMonth(headwater, june)).toMatchObject({ statements: 1, lines: 2 })
  expect(await closeMonth(headwater, '2024-07')).toMatchObject({ statements: 1, lines: 0, total: 0 })
  const amounts = { opening: 0, earned: 33_000_00, adjusted: 0, advance: 0, payable: 33_000_00, closing: 0 }
  expect(await provenStatement(may)).toEqual({
    ...{ kind: 'statement', repId: 'R1', period: may, currency: 'CNY', ...amounts, lines: 3, adjustments: 0 },
  })
  const owing = { opening: -7_200_00, payable: 0, closing: -7_200_00, lines: 0, adjustments: 0 }
  expect(await provenStatement('2024-07')).toMatchObject(owing)
  expect(await headwater.audit.reproduce('2024-07')).toMatchObject({ reproduced: true })
  await expect(headwater.audit.proveStatement('R2', may)).rejects.toThrow('"R2" has no statement of 2024-05')
})

test('an advance that was altered is found, though every line is as it was: before the close, and after it', async () => {
  const { audit, closing } = headwater
  const definition = { ...tiersPlan(), rules: [], draw: { amount: '40000', recoverable: true } }
  await tell(headwater, ['plan', 'advance'], 'SubmitCommissionPlan', { definition })
  await tell(headwater, ['plan', 'advance'], 'ApproveCommissionPlan', { version: 1 }, { by: checker })
  accepted(await closing.preparePeriod(may, envelope(maker)))
  accepted(await closing.approvePeriod(may, envelope(checker)))
  const rewrite = (from: string, to: string) =>
    db.pool.query(`update read.commission_plan_versions set definition = replace(definition::text, $1, $2)::json`, [
      from,
      to,
    ])
  await rewrite('40000', '50000')
  expect(await closing.closePeriod(may, envelope(checker))).toMatchObject({
    refusal: { code: 'not-reproduced', details: { differs: ['linesRoot'] } },
  })
  await rewrite('50000', '40000')
  accepted(await closing.closePeriod(may, envelope(checker)))
  expect(await provenStatement(may)).toMatchObject({ advance: 7_000_00, payable: 40_000_00, closing: -7_000_00 })
  const [submitted] = await headwater.log.readStream('plan-advance')
  await db.pool.query(`update log.events set body = replace(body::text, '40000', '50000') where id = $1`, [
    submitted!.id,
  ])
  expect((await audit.reproduce(may)).differs).toEqual(['linesRoot', 'log'])
  await expect(provenStatement(may)).rejects.toThrow(
    'these are not the statements and lines that were sealed for 2024-05',
  )
})

test('an event that was altered is found, and its month is no longer reproduced from the log', async () => {
  const { audit } = headwater
  await closeMonth(headwater, may)
  expect(await audit.verify()).toMatchObject({ intact: true, findings: [] })
  const [, payment] = await headwater.log.readStream('contract-K1')
  const { id, position } = payment!
  await db.pool.query(`update log.events set body = replace(body::text, '9000000', '8000000') where id = $1`, [id])
  expect(await audit.verify()).toMatchObject({
    intact: false,
    findings: [{ kind: 'altered', position, found: id, witness: 'sealed' }],
  })
  expect((await audit.reproduce(may, { asTheyAre: true })).differs).toEqual(['log'])
  expect((await audit.reproduce(may)).differs).toEqual(['total', 'linesRoot', 'log'])
})

test('an event of the ledger that nobody can read any more is found as well', async () => {
  const { audit, log, readModels } = headwater
  await closeMonth(headwater, may)
  await readModels.catchUp()
  const { id, position } = (await log.readStream('ledger-main'))[1]!
  await db.pool.query("update log.events set body = overlay(body placing '}' from 2) where id = $1", [id])
  expect(await audit.verify()).toMatchObject({ intact: false, findings: [{ kind: 'altered', position }] })
})

test('what was changed in the read models after it was prepared is not closed', async () => {
  const { closing } = headwater
  accepted(await closing.preparePeriod(may, envelope(maker)))
  accepted(await closing.approvePeriod(may, envelope(checker)))
  await db.pool.query(`update read.payments set occurred_at = '2024-06-01' where payment_id = 'P3'`)
  const answer = await closing.closePeriod(may, envelope(checker))
  expect(answer).toMatchObject({
    status: 'refused',
    refusal: { code: 'not-reproduced', details: { differs: ['lines', 'total', 'linesRoot'] } },
  })
})

test('a crash before or after any step is made good by doing the same again', async () => {
  const steps = ['preparePeriod', 'approvePeriod', 'closePeriod'] as const
  const envelopes = [envelope(maker), envelope(checker), envelope(checker)]
  const run = async (closing: Closing) => {
    for (const [i, step] of steps.entries()) accepted<ClosingAnswer>(await closing[step](may, envelopes[i]!))
  }
  const types = async () => (await headwater.log.readStream('ledger-main')).slice(1).map(({ type }) => type)
  const { application } = headwater
  for (const done of [1, 2, 3, 4])
    for (const when of ['before', 'after'] as const) {
      const log = dyingAt(headwater.log, 1, when)
      const dying = createApplication({ ...application.options, log, leadLookup: nobody })
      await expect(run(closingOf(dying, { ...headwater, log }))).rejects.toThrow('killed')
      expect(await types()).toHaveLength(when === 'before' ? done - 1 : done)
    }
  await run(headwater.closing)
  expect(await types()).toEqual(['PeriodCutOff', 'PeriodPrepared', 'PeriodApproved', 'PeriodClosed'])
})
