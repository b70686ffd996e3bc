import { openPostgresLeafStore } from '@headwater/infra/audit'
import { openPostgresEventLog, openPostgresStoredEvents } from '@headwater/infra/event-log'
import type { EventLog, LeafStore, StoredEvents } from '@headwater/infra/ports'
import { freshDatabase, type TestDatabase } from '@headwater/infra/testing'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { recordLog } from '../log/record.ts'
import type { ClosedPeriod } from '../seal.ts'
import { closedHistory } from '../testing/history.ts'
import { columns, keep, tamper } from '../testing/tamper.ts'
import { describeFinding } from './report.ts'
import { verify } from './verify.ts'

// Pages of the log hold 1,000 events: months end in the middle of a page, and with one.
const sizes = [400, 1_000, 1_100]
const SEALED = 1_100
const EVENTS = 1_110
/** The first event, the last one of a month, the first of the next, the first of another page, the last sealed. */
const places = [0, 399, 400, 1_000, SEALED - 1]

let db: TestDatabase
let history: { writer: EventLog; log: StoredEvents; leaves: LeafStore; closed: readonly ClosedPeriod[] }
let restore: () => Promise<void>
/** Ids in their order. */
let ids: string[]
const idsNow = async () => (await db.pool.query('select id from log.events order by position')).rows.map(({ id }) => id)
const report = (more: { published?: string[]; closed?: readonly ClosedPeriod[] } = {}) =>
  verify({ ...history, ...more })
const first = async () => (await report()).findings[0]

beforeAll(async () => {
  db = await freshDatabase()
  const place = {
    writer: await openPostgresEventLog(db),
    log: openPostgresStoredEvents(db),
    leaves: await openPostgresLeafStore(db),
  }
  history = { ...place, closed: await closedHistory(place, sizes, EVENTS - SEALED) }
  restore = await keep(db)
  ids = await idsNow()
})
afterEach(() => restore())
afterAll(async () => {
  await history.writer.close()
  await db.drop()
})

test('a log that nobody touched is intact, and all seals stand', async () => {
  expect(await report({ published: history.closed.map(({ seal }) => seal) })).toEqual({
    intact: true,
    events: SEALED,
    sealed: SEALED,
    findings: [],
    seals: history.closed.map(({ period, seal, log }) => ({ period, seal, size: log.size, stands: true })),
  })
})

describe.each(places)('at event %i', (index) => {
  test.each(Object.keys(columns) as (keyof typeof columns)[])('altered: %s', async (column) => {
    await tamper(db).alter(index, column)
    // With another id it is another event: at the end of what was recorded nothing tells that from the next one.
    const kind = column === 'id' && index === SEALED - 1 ? 'removed' : 'altered'
    expect(await first()).toMatchObject({ kind, index, recorded: ids[index], witness: 'sealed' })
  })

  test.each([true, false])('removed, the gap closed: %s', async (closeGap) => {
    await tamper(db).remove(index, { closeGap })
    expect(await first()).toMatchObject({ kind: 'removed', index, recorded: ids[index], witness: 'sealed' })
  })

  test('inserted', async () => {
    const id = await tamper(db).insert(index)
    expect(await first()).toMatchObject({ kind: 'inserted', index, found: id, recorded: ids[index], witness: 'sealed' })
  })

  test.each([3, SEALED - 2])('inserted: a second copy of event %i, under its id', async (copyOf) => {
    if (copyOf === index) throw new Error('another place is meant')
    await tamper(db).insert(index, { copyOf, id: ids[copyOf]! })
    expect(await first()).toMatchObject({ kind: 'inserted', index, found: ids[copyOf], witness: 'sealed' })
  })

  test.each([2, SEALED - 2])('reordered: it and event %i', async (other) => {
    await tamper(db).swap(index, other)
    const [place, from] = [Math.min(index, other), Math.max(index, other)]
    const expected = { kind: 'reordered', index: place, found: ids[from], recorded: ids[place], witness: 'sealed' }
    expect(await first()).toMatchObject(expected)
  })

  test('the seals before stand, those after it do not', async () => {
    await tamper(db).alter(index)
    const { seals, sealed, intact } = await report()
    expect(intact).toBe(false)
    expect(seals.map(({ stands }) => stands)).toEqual(sizes.map((size) => size <= index))
    expect(sealed).toBe(Math.max(0, ...sizes.filter((size) => size <= index)))
  })
})

test('the end of the log cut off', async () => {
  await db.pool.query('delete from log.events where position > 600')
  expect(await first()).toMatchObject({ kind: 'removed', index: 600, found: undefined, position: undefined })
  await db.pool.query('truncate log.events')
  expect(await first()).toMatchObject({ kind: 'removed', index: 0, recorded: ids[0], witness: 'sealed' })
})

test('another event in the place of one that is gone is an alteration, and an event moved to the end a reordering', async () => {
  await tamper(db).remove(50)
  const id = await tamper(db).insert(50)
  const finding = await first()
  expect(finding).toMatchObject({ kind: 'altered', index: 50, found: id, recorded: ids[50] })
  expect(describeFinding(finding!)).toBe(
    `event 50 (counted from 0): ${ids[50]} was altered, its id too: it is ${id} now`,
  )
  await restore()
  await db.pool.query('update log.events set position = 100000 where position = 51')
  expect(await first()).toMatchObject({ kind: 'reordered', index: 50, recorded: ids[50] })
})

test('what comes after the last seal may change', async () => {
  await tamper(db).remove(EVENTS - 1)
  await tamper(db).alter(SEALED)
  await tamper(db).insert(SEALED)
  expect((await report()).findings).toEqual([])
})

test('whatever is done, the first place that is not as it was is named', async () => {
  const index = fc.nat({ max: EVENTS - 20 })
  const deed = fc.oneof(
    fc.record({
      deed: fc.constant('alter' as const),
      index,
      with: fc.constantFrom(...(['body', 'type', 'recorded_at'] as const)),
    }),
    fc.record({ deed: fc.constantFrom('remove' as const, 'insert' as const), index }),
    fc.record({ deed: fc.constant('swap' as const), index, other: index }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { minLength: 1, maxLength: 4 }), async (deeds) => {
      const altered = new Set<string>()
      for (const each of deeds) {
        if (each.deed === 'alter') {
          altered.add((await idsNow())[each.index])
          await tamper(db).alter(each.index, each.with)
        } else if (each.deed === 'swap') await tamper(db).swap(each.index, each.other)
        else await tamper(db)[each.deed](each.index)
      }
      const now = await idsNow()
      const expected = ids.slice(0, SEALED).findIndex((id, i) => now[i] !== id || altered.has(id))
      const { intact, findings, seals } = await report()
      await restore()
      expect(intact).toBe(expected === -1)
      expect(findings[0]).toEqual(
        expected === -1 ? undefined : expect.objectContaining({ index: expected, witness: 'sealed' }),
      )
      expect(seals.map(({ stands }) => stands)).toEqual(sizes.map((size) => expected === -1 || size <= expected))
    }),
    { numRuns: 20 },
  )
})

describe('the recorded leaves', () => {
  const flip = (column: string, row: number) =>
    db.pool.query(
      `update audit.leaves set ${column} = set_byte(${column}, 0, get_byte(${column}, 0) # 1) where first = $1`,
      [row],
    )

  test.each(['hashes', 'ids'])('changed (%s), they are found out, and the log is intact', async (column) => {
    await flip(column, 400)
    expect(await report()).toMatchObject({
      intact: true,
      sealed: SEALED,
      findings: [{ kind: 'leaves-flawed', index: 400 }],
    })
  })

  test('deleted, in part or all', async () => {
    await db.pool.query('delete from audit.leaves where first = 400')
    expect(await report()).toMatchObject({ intact: true, findings: [{ kind: 'leaves-flawed', index: 400 }] })
    await db.pool.query('truncate audit.leaves')
    expect(await report()).toMatchObject({ intact: true, findings: [{ kind: 'leaves-flawed', index: 0 }] })
    await tamper(db).alter(900)
    expect(await report()).toMatchObject({
      intact: false,
      sealed: 400,
      findings: [
        { kind: 'log-differs', from: 400, to: 1_000, period: '2026-02' },
        { kind: 'leaves-flawed', index: 0 },
      ],
    })
  })

  test('changed before the event that was altered, they name it with a caution or not at all', async () => {
    await flip('hashes', 0)
    await tamper(db).alter(900)
    expect((await report()).findings).toEqual([
      expect.objectContaining({ kind: 'altered', index: 900, witness: 'doubtful' }),
      { kind: 'leaves-flawed', index: 0 },
    ])
  })

  test('changed together with the event: the seal says so', async () => {
    await tamper(db).alter(900)
    await db.pool.query('truncate audit.leaves')
    await recordLog(history.log, history.leaves, (await history.writer.head())!)
    const findings = (await report()).findings
    expect(findings).toEqual([{ kind: 'log-differs', from: 400, to: 1_000, period: '2026-02' }])
    expect(describeFinding(findings[0]!)).toContain('somewhere from event 400 to before event 1000')
  })
})

describe('the seals', () => {
  test('altered: the content is not what was sealed', async () => {
    const closed = history.closed.with(1, { ...history.closed[1]!, total: 1 })
    const { intact, findings, seals } = await report({ closed })
    expect([intact, findings]).toEqual([false, [{ kind: 'seal-altered', period: '2026-02', seal: closed[1]!.seal }]])
    expect(seals.map(({ stands }) => stands)).toEqual([true, false, true])
  })

  test('with another root of the log, which a later seal contradicts', async () => {
    const { log, ...rest } = history.closed[0]!
    const closed = history.closed.with(0, { ...rest, log: { ...log, root: '0'.repeat(64) } })
    expect((await report({ closed })).findings.map(({ kind }) => kind)).toEqual(['seal-altered', 'root-differs'])
  })

  test('one taken out, or a published one gone', async () => {
    const [a, b, c] = history.closed
    expect((await report({ closed: [a!, c!] })).findings).toEqual([
      { kind: 'seal-unlinked', period: '2026-03', seal: c!.seal },
    ])
    expect((await report({ closed: [a!, b!], published: [c!.seal] })).findings).toEqual([
      { kind: 'seal-missing', seal: c!.seal },
    ])
  })
})
