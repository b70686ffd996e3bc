import { randomBytes } from 'node:crypto'
import { openPostgresLeafStore } from '@headwater/infra/audit'
import { openPostgresEventLog, openPostgresStoredEvents } from '@headwater/infra/event-log'
import { openKeyVault } from '@headwater/infra/keys'
import { LeavesMoved, type StoredEvents } from '@headwater/infra/ports'
import { freshDatabase, type TestDatabase } from '@headwater/infra/testing'
import { encrypt, newId } from '@headwater/schema'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { leafHash, merkleRoot } from '../merkle/index.ts'
import { closedHistory, someEvent } from '../testing/history.ts'
import { verify } from '../verify/verify.ts'
import { logRoot, recordLog } from './record.ts'
import { storedEventsOf } from './stored.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await freshDatabase()
})
afterAll(() => db.drop())

test('a leaf is what the log stores of an event, without its position', async () => {
  const log = await openPostgresEventLog(db, { schema: 'leaf' })
  const event = someEvent({ note: '量房 😀' })
  await log.append('deal-1', [event, someEvent({})], { expected: 'none' })
  const [first] = await log.readStream('deal-1')
  const body = JSON.stringify({ id: event.id, type: event.type, version: 1, data: event.data, meta: event.meta })
  const bytes = `deal-1\n0\n${Date.parse(first!.recordedAt)}\n${event.id}\nLeadTouched\n${body}`
  const until = first!.position
  const root = { size: 1, root: merkleRoot([leafHash(bytes)]) }
  expect(await logRoot(openPostgresStoredEvents(db, { schema: 'leaf' }), until)).toEqual(root)
  expect(await logRoot(storedEventsOf(log), until)).toEqual(root)
  await log.close()
})

test('any event has the same leaf through the adapter and through the events themselves', async () => {
  const log = await openPostgresEventLog(db, { schema: 'whatever' })
  const data = fc.oneof(
    fc.jsonValue({ stringUnit: 'binary' }),
    fc.dictionary(fc.constantFrom('2', '10', '__proto__', 'b', 'a'), fc.double()),
  )
  const uuid = fc.constantFrom(true, false).map((upper) => (upper ? newId().toUpperCase() : newId()))
  const events = fc.sample(fc.tuple(data, uuid), 1_500).map(([data, id]) => ({ ...someEvent(data), id }))
  for (let i = 0; i < events.length; i += 100)
    await log.append(`stream "${i}"`, events.slice(i, i + 100), { expected: 'none' })
  const leaves = async (stored: StoredEvents) => {
    let bytes = ''
    let ids = ''
    for await (const page of stored.readStored()) {
      bytes += page.bytes
      ids += page.ids.toString('hex')
    }
    return { bytes, ids }
  }
  expect(await leaves(storedEventsOf(log))).toEqual(await leaves(openPostgresStoredEvents(db, { schema: 'whatever' })))
  await log.close()
})

test('recording goes on where it ended, gives the root of the log, and may be repeated', async () => {
  const log = await openPostgresEventLog(db, { schema: 'grows' })
  const stored = openPostgresStoredEvents(db, { schema: 'grows' })
  const leaves = await openPostgresLeafStore(db)
  const cuts = []
  for (const count of [3, 1_200, 1, 40]) {
    const events = Array.from({ length: count }, () => someEvent({}))
    const { position } = await log.append(`s-${newId()}`, events, { expected: 'none' })
    const root = await recordLog(stored, leaves, position)
    cuts.push({ position, root })
    expect(await recordLog(stored, leaves, position)).toEqual(root)
  }
  expect(cuts.map(({ root }) => root.size)).toEqual([3, 1_203, 1_204, 1_244])
  for (const { position, root } of cuts) {
    expect(await logRoot(stored, position)).toEqual(root)
    expect(await recordLog(stored, leaves, position)).toEqual(root)
  }
  const page = { ids: Buffer.alloc(16), hashes: Buffer.alloc(32), through: cuts[0]!.position }
  await expect(leaves.append({ ...page, first: 3 })).rejects.toThrow(LeavesMoved)
  await expect(leaves.append({ ...page, first: 1_245 })).rejects.toThrow(LeavesMoved)
  await log.close()
})

test('forgetting a person breaks no seal', async () => {
  const own = await freshDatabase()
  const vault = await openKeyVault(own, { masterKey: randomBytes(32) })
  const key = (await vault.obtain(['anna'])).get('anna')!
  const log = await openPostgresEventLog(own)
  const sealed = encrypt(key, Buffer.from('13800000000'), ['phone']).toString('base64')
  await log.append('lead-anna', [someEvent({ phone: sealed })], { expected: 'none' })
  const place = { writer: log, log: openPostgresStoredEvents(own), leaves: await openPostgresLeafStore(own) }
  const closed = await closedHistory(place, [10], 0)
  await vault.destroy('anna')
  expect(await verify({ ...place, closed })).toMatchObject({ intact: true, sealed: 11, findings: [] })
  await log.close()
  await own.drop()
})
