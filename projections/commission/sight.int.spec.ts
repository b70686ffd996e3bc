import { randomBytes } from 'node:crypto'
import { openPostgresEventLog } from '@headwater/infra/event-log'
import { openKeyVault } from '@headwater/infra/keys'
import type { EventLog } from '@headwater/infra/ports'
import { freshDatabase, type TestDatabase } from '@headwater/infra/testing'
import type { DomainEvent } from '@headwater/schema'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { catchUp, IncomeHidden, readModels, type Sources } from '../index.ts'
import { type Fact, record } from '../testing/facts.ts'
import { incomeSeenBy, mustSeeAll } from './sight.ts'

let db: TestDatabase
let log: EventLog
let sources: Sources

const everyone = ['rep-1', 'rep-2', 'rep-3', 'sm-1', 'sm-2', 'rm-1', 'nobody']
const fact = (date: string, event: DomainEvent): Fact => ({
  ...{ stream: 'organisation-main', at: `${date}T01:00:00.000Z`, event },
})
const hired = (repId: string, position: 'rep' | 'store-manager' | 'regional-manager', superiorId: string | null) =>
  fact('2026-01-01', {
    type: 'RepHired',
    data: { repId, subject: repId, name: '李雷', position, superiorId, storeId: position === 'rep' ? 's-1' : null },
  })

beforeAll(async () => {
  db = await freshDatabase()
  log = await openPostgresEventLog(db)
  sources = { db, log, vault: await openKeyVault(db, { masterKey: randomBytes(32) }) }
  const hires = [
    ...[hired('rm-1', 'regional-manager', null), hired('sm-1', 'store-manager', 'rm-1')],
    ...[hired('sm-2', 'store-manager', 'rm-1'), hired('rep-1', 'rep', 'sm-1'), hired('rep-2', 'rep', 'sm-2')],
    hired('rep-3', 'rep', null),
  ]
  await record(log, 'hired', hires, { keys: await sources.vault.obtain(everyone) })
  await catchUp(sources, readModels)
})
afterAll(async () => {
  await log.close()
  await db.drop()
})

async function seen(id: string, role: string): Promise<string[]> {
  return everyone.filter(await incomeSeenBy(db.pool, { id, role }))
}

test('reps see their own, managers their reporting line, finance and headquarters everybody’s', async () => {
  expect(await seen('rep-1', 'rep')).toEqual(['rep-1'])
  expect(await seen('sm-1', 'store-manager')).toEqual(['rep-1', 'sm-1'])
  expect(await seen('rm-1', 'regional-manager')).toEqual(['rep-1', 'rep-2', 'sm-1', 'sm-2', 'rm-1'])
  expect(await seen('stranger', 'regional-manager')).toEqual([])
  for (const role of ['headquarters', 'finance', 'administrator']) {
    expect(await seen('whoever', role)).toEqual(everyone)
    mustSeeAll({ id: 'whoever', role })
  }
})

test('other roles see nobody’s, and only those who see everybody’s may ask about all', async () => {
  for (const role of ['analyst', 'service', 'unheard-of'])
    await expect(incomeSeenBy(db.pool, { id: 'rep-1', role })).rejects.toThrow(IncomeHidden)
  for (const role of ['rep', 'store-manager', 'regional-manager', 'analyst'])
    expect(() => mustSeeAll({ id: 'rm-1', role })).toThrow(IncomeHidden)
})

test('the line is as it stands: somebody may go under another superior, and a superior may leave', async () => {
  const later = [
    fact('2026-02-01', {
      type: 'SuperiorChanged',
      data: { repId: 'rep-2', fromSuperiorId: 'sm-2', toSuperiorId: 'sm-1' },
    }),
  ]
  await record(log, 'changed', later)
  await catchUp(sources, readModels)
  expect(await seen('sm-1', 'store-manager')).toEqual(['rep-1', 'rep-2', 'sm-1'])
  expect(await seen('sm-2', 'store-manager')).toEqual(['sm-2'])
  await record(log, 'left', [fact('2026-03-01', { type: 'RepLeft', data: { repId: 'sm-1' } })])
  await catchUp(sources, readModels)
  expect(await seen('sm-1', 'store-manager')).toEqual(['sm-1'])
  expect(await seen('rm-1', 'regional-manager')).toEqual(['rep-1', 'rep-2', 'sm-1', 'sm-2', 'rm-1'])
})
