// What analysts do with replays: models of their own, as-of on both axes of time, cancelling, comparing.
import { type FreshLog, freshLog } from '@headwater/infra/testing'
import type { StoredEvent } from '@headwater/schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  cancelReplay,
  catchUp,
  type DiffOptions,
  diffReplays,
  dropReplay,
  dumpTables,
  InvalidModel,
  listReplays,
  NoSuchReplay,
  NotComparable,
  ownModel,
  type RowDifference,
  refuseReservedNames,
  replay,
} from '../index.ts'
import { type Fact, record } from '../testing/facts.ts'
import { disqualified, history, tally, touched } from '../testing/tally.ts'

let sources: FreshLog
beforeAll(async () => {
  sources = await freshLog()
})
afterAll(() => sources.drop())

const on = (fact: Fact, at: string): Fact => ({ ...fact, at })
const head = async () => (await sources.log.head())!

describe('as of a date', () => {
  const [march, april] = ['2026-03-31T15:59:59.999Z', '2026-04-02T02:00:00.000Z']
  beforeAll(async () => {
    await record(sources.log, 'before', history())
    // Known before: of April. Known after: something of March, and something of April.
    await record(sources.log, 'april', [on(touched('l1', 'april'), april), on(touched('april'), april)])
  })

  test('in recorded time is what the live tables held then', async () => {
    const until = { position: await head() }
    await catchUp(sources, [tally])
    const then = await dumpTables(sources.db, tally)
    await record(sources.log, 'after', [touched('l2', 'late'), on(touched('l3', 'later'), april)])
    await replay(sources, tally, { name: 'known', until })
    expect(await dumpTables(sources.db, tally, 'replay_known')).toEqual(then)
  })

  test('in business time is what the tables hold of a log of these facts alone', async () => {
    await replay(sources, tally, { name: 'march', occurredUntil: march })
    const alone = await freshLog()
    for await (const { events } of sources.log.readAll())
      for (const { stream, revision: _, position: __, recordedAt: ___, ...event } of events)
        if (event.meta.occurredAt <= march) await alone.log.append(stream, [event], { expected: 'any' })
    await catchUp(alone, [tally])
    // Revisions count what was left out, too.
    const plain = (dump: Record<string, (string | null)[][]>) => dump.tallies!.map(([id, , ...rest]) => [id, ...rest])
    expect(plain(await dumpTables(sources.db, tally, 'replay_march'))).toEqual(plain(await dumpTables(alone.db, tally)))
    await alone.drop()
  })

  test('on both at once: what was known then of what had occurred by a day', async () => {
    const { position } = (await listReplays(sources)).find(({ name }) => name === 'known')!
    const until = { position: position! }
    const made = await replay(sources, tally, { name: 'both', until, occurredUntil: march })
    expect(made).toMatchObject({ position, occurredUntil: march })
    const rows = (await dumpTables(sources.db, tally, 'replay_both')).tallies!
    expect(rows.some(([id]) => id === 'april')).toBe(false)
    expect(rows.find(([id]) => id === 'l2')?.[3]).not.toBe('late')
    await expect(replay(sources, tally, { name: 'both', until })).rejects.toThrow(/there is a replay both already/)
  })
})

describe('a model of their own', () => {
  // A row of many streams: touches of each channel.
  const exported = {
    table: { name: 'channels', key: 'channel', columns: { channel: 'text', touches: 'integer', leads: 'json' } },
    events: ['LeadTouched'],
    key: (event: StoredEvent) => (event.type === 'LeadTouched' ? (event.data.channel ?? 'none') : undefined),
    evolve: (row: { touches: number; leads: string[] } | undefined, event: StoredEvent) => ({
      channel: exported.key(event)!,
      touches: (row?.touches ?? 0) + 1,
      leads: [...new Set([...(row?.leads ?? []), event.stream])],
    }),
  }

  test('is folded from all streams that feed a row, over many batches', async () => {
    const model = ownModel('channels.ts', 7, exported)
    const made = await replay(sources, model, { name: 'own', batch: { documents: 5, events: 50 } })
    expect(made).toMatchObject({ model: 'channels.ts', version: 7, tables: [{ table: 'replay_own.channels' }] })
    const counted = new Map<string, number>()
    for await (const { events } of sources.log.readAll())
      for (const event of events as readonly StoredEvent[]) {
        const key = event.type === 'LeadTouched' && exported.key(event)
        if (key) counted.set(key, (counted.get(key) ?? 0) + 1)
      }
    const rows = (await dumpTables(sources.db, model, 'replay_own')).channels!
    expect(new Map(rows.map(([channel, touches]) => [channel, Number(touches)]))).toEqual(counted)
    expect(JSON.parse(rows.find(([channel]) => channel === 'none')![2]!).length).toBeGreaterThan(5)
  })

  test('that throws says where; mended, it begins anew', async () => {
    const evolve = () => {
      throw new Error('not like this')
    }
    const faulty = ownModel('channels.ts', 8, { ...exported, evolve })
    await expect(
      replay(sources, faulty, { name: 'faulty', occurredUntil: '2026-12-31T00:00:00.000Z' }),
    ).rejects.toThrow(/^channels.ts: LeadTouched at position 0{15}1 \(lead-l0, revision 0\): not like this$/)
    await cancelReplay(sources, 'faulty')
    await expect(replay(sources, faulty, { name: 'faulty' })).rejects.toThrow('not like this')
    await replay(sources, ownModel('channels.ts', 9, exported), { name: 'faulty' })
    expect(await differences('own', 'faulty')).toEqual([])
  })

  test('cannot call its columns by words of SQL', async () => {
    const columns = { order: 'text' } as const
    const model = ownModel('x.ts', 1, { ...exported, table: { name: 't', key: 'order', columns } })
    await expect(refuseReservedNames(sources.db.pool, model)).rejects.toThrow(InvalidModel)
  })
})

async function differences(before: string, after: string, options: DiffOptions = {}): Promise<RowDifference[]> {
  const rows: RowDifference[] = []
  await diffReplays(sources, before, after, { ...options, onRow: (row) => void rows.push(row) })
  return rows
}

describe('the difference of two replays', () => {
  beforeAll(async () => {
    await record(sources.log, 'first', [touched('same'), touched('changed'), touched('gone')])
    await replay(sources, tally, { name: 'a' })
    await record(sources.log, 'then', [touched('changed', 'phone'), disqualified('gone'), touched('new')])
    await replay(sources, tally, { name: 'b' })
  })

  test('is rows added, removed and changed, with the values that differ', async () => {
    expect(await differences('a', 'b', { tables: ['tallies'] })).toEqual([
      {
        ...{ table: 'tallies', kind: 'changed', key: { lead_id: 'changed' } },
        before: { revision: '0', events: '1', channel: 'web' },
        after: { revision: '1', events: '2', channel: 'phone' },
      },
      {
        ...{ table: 'tallies', kind: 'removed', key: { lead_id: 'gone' } },
        before: { revision: '0', events: '1', channel: 'web' },
        after: null,
      },
      {
        ...{ table: 'tallies', kind: 'added', key: { lead_id: 'new' } },
        before: null,
        after: { revision: '0', events: '1', channel: 'web' },
      },
    ])
  })

  test('counts all tables, and is nothing of a replay with itself', async () => {
    const counted = await diffReplays(sources, 'a', 'b')
    expect(counted.map(({ table, added, removed, changed }) => [table, added, removed, changed])).toEqual([
      ['tallies', 1, 1, 1],
      ['tally_touches', 2, 1, 0],
    ])
    for (const { rowsBefore, rowsAfter, added, removed } of counted)
      expect(rowsAfter - rowsBefore).toBe(added - removed)
    expect(await differences('a', 'a')).toEqual([])
  })

  test('looks at some columns only, and pairs rows by others', async () => {
    const tables = ['tallies']
    expect(await differences('a', 'b', { tables, columns: ['channel'] })).toMatchObject([
      { kind: 'changed', before: { channel: 'web' }, after: { channel: 'phone' } },
      { kind: 'removed' },
      { kind: 'added' },
    ])
    await expect(differences('a', 'b', { tables, key: ['channel'] })).rejects.toThrow(/does not tell its rows apart/)
    expect(await differences('a', 'b', { tables, key: ['lead_id', 'channel'], columns: ['events'] })).toHaveLength(4)
  })

  test('is refused of what cannot be compared', async () => {
    await expect(differences('a', 'nope')).rejects.toThrow(NoSuchReplay)
    await expect(differences('a', 'own')).rejects.toThrow(NotComparable)
    await expect(differences('a', 'b', { columns: ['colour'] })).rejects.toThrow(
      /tallies has no column colour; it has:/,
    )
    await expect(differences('a', 'b', { tables: ['colours'] })).rejects.toThrow(/no table colours in both/)
  })
})

test('cancelling takes back what is under way, and leaves what is finished', async () => {
  const stop = AbortSignal.abort(new Error('stopped'))
  await expect(replay(sources, tally, { name: 'a', replace: true, signal: stop })).rejects.toThrow('stopped')
  expect((await listReplays(sources)).filter(({ name }) => name === 'a')).toHaveLength(2)
  await cancelReplay(sources, 'a')
  expect((await listReplays(sources)).filter(({ name }) => name === 'a')).toMatchObject([
    { events: expect.any(Number) },
  ])
  await expect(cancelReplay(sources, 'a')).rejects.toThrow('there is no replay a; there are: none')
  await dropReplay(sources, 'a')
})
