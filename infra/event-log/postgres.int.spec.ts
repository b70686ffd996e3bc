import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { NewEvent, RecordedEvent } from '@headwater/schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Database, openDatabase } from '../database/index.ts'
import { type EventLog, LogUnavailable } from '../ports/event-log.ts'
import { freshDatabase, type TestDatabase } from '../testing/index.ts'
import { CuttingProxy } from '../testing/proxy/index.ts'
import { eventLogContract } from './contract.ts'
import { openPostgresEventLog } from './index.ts'

eventLogContract('Postgres', async () => {
  const db = await freshDatabase()
  const other = await openDatabase({ url: db.url })
  const [log, second] = [await openPostgresEventLog(db), await openPostgresEventLog(other)]
  return {
    log,
    second,
    async close() {
      await Promise.all([log.close(), second.close()])
      await other.close()
      await db.drop()
    },
  }
})

describe('event log on Postgres', () => {
  let db: TestDatabase
  let log: EventLog
  beforeAll(async () => {
    db = await freshDatabase()
    log = await openPostgresEventLog(db)
  })
  afterAll(async () => {
    await log.close()
    await db.drop()
  })

  test('positions are whole numbers without gaps, whatever was refused, from several processes at once', async () => {
    const own = freshLog()
    const { log, db } = await own
    const script = `
      import { openDatabase } from '@headwater/infra/database'
      import { openPostgresEventLog } from '@headwater/infra/event-log'
      import { randomUUID } from 'node:crypto'
      const db = await openDatabase({ url: process.argv[1] })
      const log = await openPostgresEventLog(db)
      const event = () => ({ id: randomUUID(), type: 'Happened', version: 1, data: {}, meta: {} })
      await Promise.allSettled(Array.from({ length: 10 }, async (_, writer) => {
        for (let i = 0; i < 100; i++)
          await log.append('stream-' + writer, [event(), event()], { expected: i % 3 === 2 ? 'none' : 'any' }).catch(() => {})
      }))
      await log.close()
      await db.close()`
    const processes = [1, 2].map(() =>
      spawn(process.execPath, ['--input-type=module', '-e', script, db.url], {
        cwd: import.meta.dirname,
        stdio: 'inherit',
      }),
    )
    const abort = new AbortController()
    const live = (async () => {
      const seen: RecordedEvent[] = []
      for await (const { events } of log.subscribe({ signal: abort.signal })) {
        seen.push(...events)
        if (seen.at(-1)?.type === 'Last') return seen
      }
      return seen
    })()
    const codes = await Promise.all(processes.map(async (child) => (await once(child, 'exit'))[0]))
    expect(codes).toEqual([0, 0])
    await log.append('the-end', [newEvent('Last')], { expected: 'none' })
    const seen = await live
    const perWriter = 2 * 67 * 2 // two processes, 67 of 100 appends are not refused, two events each
    expect(seen.length).toBeGreaterThanOrEqual(10 * perWriter + 1)
    expect(seen.map(({ position }) => Number(position))).toEqual(seen.map((_, i) => i + 1))
    await (await own).drop()
  })

  test('the time of recording does not go back when the clock does', async () => {
    await log.append('clock-1', [newEvent()], { expected: 'none' })
    await db.pool.query("update log.events set recorded_at = 32503680000000 where stream = 'clock-1'") // the year 3000
    await log.append('clock-2', [newEvent()], { expected: 'none' })
    expect(await log.readStream('clock-2')).toMatchObject([{ recordedAt: '3000-01-01T00:00:00.000Z' }])
  })

  test('pages of large events are small in number, so memory stays bounded', async () => {
    const large = Array.from({ length: 30 }, () => newEvent('Large', { text: 'x'.repeat(1024 * 1024) }))
    await log.append('large', large, { expected: 'none' })
    const sizes: number[] = []
    for await (const { events } of log.readAll({ filter: { types: ['Large'] } }))
      if (events.length > 0) sizes.push(events.length)
    expect(sizes).toEqual([8, 8, 8, 6])
    expect(await log.readStream('large')).toHaveLength(30)
  })

  test('a subscription finds by itself what no notification has told it', async () => {
    const polling = await openPostgresEventLog(db, { pollInterval: 20 })
    const abort = new AbortController()
    const received = (async () => {
      for await (const { events } of polling.subscribe({ after: (await log.head())!, signal: abort.signal }))
        for (const event of events) return event
      return undefined
    })()
    await db.pool.query(`
      insert into log.events
      select position + 1, 'silent', 0, gen_random_uuid(), 'Silent', recorded_at, '{"type": "Silent"}'
      from log.events order by position desc limit 1`)
    expect(await received).toMatchObject({ stream: 'silent', type: 'Silent' })
    await polling.close()
  })

  test('closing the log ends its subscriptions', async () => {
    const closing = await openPostgresEventLog(db)
    const subscription = (async () => {
      for await (const _ of closing.subscribe({ signal: new AbortController().signal }));
      return 'ended'
    })()
    await closing.close()
    expect(await subscription).toBe('ended')
  })

  test('several logs live in one database, each by itself', async () => {
    const other = await openPostgresEventLog(db, { schema: 'sagas' })
    expect(await other.head()).toBeUndefined()
    await other.append('saga-1', [newEvent()], { expected: 'none' })
    expect(Number(await other.head())).toBe(1)
    expect(await log.readStream('saga-1')).toEqual([])
    await other.close()
    await expect(openPostgresEventLog(db, { schema: 'no; such' })).rejects.toThrow('schema')
  })

  test('no statement ever runs through the whole table, not even where plans were made while it was empty', async () => {
    const { log, db, drop } = await freshLog()
    for (let i = 0; i < 300; i++) {
      await log.append(`stream-${i % 7}`, [newEvent(), newEvent()], { expected: 'any' })
      await log.append(`stream-${i % 7}`, [newEvent()], { expected: 'none' }).catch(() => {})
      await log.readStream(`stream-${i % 7}`)
      for await (const _ of log.readAll({ after: (await log.head())! }));
    }
    await log.close()
    await db.close() // what a connection has counted is there to see when it has gone
    const after = await openDatabase({ url: db.url })
    const { rows } = await after.pool.query(
      "select seq_tup_read::int as read from pg_stat_user_tables where relname = 'events'",
    )
    expect(rows).toEqual([{ read: 0 }])
    await after.close()
    await drop()
  })

  describe('when connections break', () => {
    test('an append whose answer got lost is recognised and written once', async () => {
      const { proxy, log, close } = await proxied(db)
      await log.append('lost', [newEvent()], { expected: 'none' })
      proxy.loseAnswer()
      expect(await log.append('lost', [newEvent()], { expected: 0 })).toMatchObject({ revision: 1, repeated: true })
      proxy.loseAnswer()
      expect(await log.append('lost', [newEvent()], { expected: 'any' })).toMatchObject({ revision: 2, repeated: true })
      expect(await log.readStream('lost')).toHaveLength(3)
      await close()
    })

    test('appends, reads and subscriptions go on after all connections were cut, and nothing is lost or twice', async () => {
      const { log, db, drop } = await freshLog()
      const abort = new AbortController()
      const live = (async () => {
        const seen: number[] = []
        for await (const { events } of log.subscribe({ signal: abort.signal })) {
          seen.push(...events.map(({ position }) => Number(position)))
          if (events.at(-1)?.type === 'Last') return seen
        }
        return seen
      })()
      const admin = await openDatabase({ url: db.url })
      const cut =
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()'
      for (let round = 0; round < 5; round++) {
        const appends = Array.from({ length: 20 }, (_, i) =>
          log.append(`s-${i}`, [newEvent(), newEvent()], { expected: 'any' }),
        )
        await admin.pool.query(cut)
        // One that is cut twice may give up; the same events again are then written or recognised.
        for (const append of appends) await append.catch((error) => expect(error).toBeInstanceOf(LogUnavailable))
      }
      await log.append('the-end', [newEvent('Last')], { expected: 'any' })
      const seen = await live
      expect(seen).toEqual(seen.map((_, i) => i + 1))
      expect(seen.at(-1)).toBe(Number(await log.head()))
      await admin.close()
      await drop()
    })

    test('while Postgres cannot be reached, callers are told so, and subscriptions wait for it', async () => {
      const { proxy, log, close } = await proxied(db)
      const abort = new AbortController()
      const after = (await log.head())!
      const received = (async () => {
        for await (const { events } of log.subscribe({ after, signal: abort.signal }))
          for (const event of events) return event
        return undefined
      })()
      await proxy.down()
      const event = newEvent()
      await expect(log.append('away', [event], { expected: 'none' })).rejects.toThrow(LogUnavailable)
      await expect(log.readStream('away')).rejects.toThrow(LogUnavailable)
      await expect(log.head()).rejects.toThrow(LogUnavailable)
      await proxy.up()
      await log.append('away', [event], { expected: 'none' })
      expect(await received).toMatchObject(event)
      await close()
    })
  })
})

function newEvent(type = 'Happened', data: unknown = {}): NewEvent {
  const meta = {
    occurredAt: '2026-03-01T08:00:00.000Z',
    actor: { id: 'rep-1', role: 'rep' },
    caseId: 'lead-1',
    commandId: 'command-1',
    correlationId: 'command-1',
    causationId: 'command-1',
  }
  return { id: randomUUID(), type, version: 1, data, meta }
}

async function freshLog() {
  const db = await freshDatabase()
  const log = await openPostgresEventLog(db)
  return { db, log, drop: () => log.close().then(() => db.drop()) }
}

/** The log of `db` through a connection that can be cut at chosen moments. */
async function proxied(db: Database) {
  const proxy = new CuttingProxy(db.url)
  const through = await openDatabase({ url: await proxy.up() })
  const log = await openPostgresEventLog(through)
  return {
    proxy,
    log,
    async close() {
      await log.close()
      await through.close()
      await proxy.down()
    },
  }
}
