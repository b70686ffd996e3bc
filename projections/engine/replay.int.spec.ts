// A replay against the rebuild of a log that ends where it ends; cancelled, killed, replaced, dropped, beside the live model.
import { type EventLog, ForeignPosition } from '@headwater/infra/ports'
import { type FreshLog, freshLog, type TestDatabase } from '@headwater/infra/testing'
import type { Position } from '@headwater/schema'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  catchUp,
  dropReplay,
  dumpTables,
  InvalidReplayName,
  listReplays,
  NoSuchReplay,
  PositionBeyondHead,
  type Progress,
  ReplayNameTaken,
  type ReplayOptions,
  rebuild,
  replay,
  startProjector,
  waitFor,
} from '../index.ts'
import { type Fact, record } from '../testing/facts.ts'
import { history, tally, touched } from '../testing/tally.ts'

let db: TestDatabase
let log: EventLog
let sources: FreshLog

beforeEach(async () => {
  sources = await freshLog()
  ;({ db, log } = sources)
})
afterEach(() => sources.drop())

let batch = 0
const write = (...facts: readonly Fact[]) => record(log, `spec ${batch++}`, facts)
const head = async () => (await log.head())!
async function lastRecorded() {
  let last = ''
  for await (const { events } of log.readAll()) last = events.at(-1)?.recordedAt ?? last
  return last
}
const made = (name: string, options: Partial<ReplayOptions> = {}) => replay(sources, tally, { name, ...options })
const held = (name: string) => dumpTables(db, tally, `replay_${name}`)
/** What the live tables hold now; they hold everything that is in the log. */
async function live() {
  await catchUp(sources, [tally])
  return dumpTables(db, tally)
}
/** Tables and checkpoints of everything but the live model. */
async function beside() {
  const { rows } = await db.pool.query(
    `select schemaname || '.' || tablename as name from pg_tables where tablename ~ '^tall' and schemaname || '.' || tablename not in ('read.tallies', 'read.tally_touches')
     union all select model || ' ' || slot from read.checkpoints where slot <> 'live' order by 1`,
  )
  return rows.map(({ name }) => name)
}
/** Stopped after its first write. */
async function begunAndStopped(name: string, options: Partial<ReplayOptions> = {}) {
  const stop = new AbortController()
  const onProgress = ({ written }: Progress) => written && stop.abort(new Error('stopped'))
  const some = { batch: { documents: 5, events: 50 }, signal: stop.signal, onProgress }
  await expect(made(name, { ...some, ...options })).rejects.toThrow('stopped')
}

describe('a replay', () => {
  test('up to a position, to an instant, and to the end gives what the live tables held then', async () => {
    await write(...history())
    const [then, middle] = [await live(), await head()]
    const recordedAt = await lastRecorded()
    await write(...history(4), touched('new'))
    await db.pool.query('update log.events set recorded_at = recorded_at + 60000 where position > $1', [Number(middle)])
    const now = await live()

    const replayed = await made('at', { until: { position: middle } })
    expect(replayed).toMatchObject({ model: 'tally', version: 1, until: middle, position: middle, events: 360 })
    expect(replayed.tables).toEqual([
      { table: 'replay_at.tallies', rows: then.tallies!.length },
      { table: 'replay_at.tally_touches', rows: then.tally_touches!.length },
    ])
    expect(await held('at')).toEqual(then)
    expect(await made('on', { until: { recordedAt } })).toMatchObject({ until: recordedAt, position: middle })
    expect(await held('on')).toEqual(then)
    expect(await made('now')).toMatchObject({ until: 'head', position: await head() })
    expect(await held('now')).toEqual(now)
    expect(await dumpTables(db, tally)).toEqual(now)
    expect((await listReplays(sources)).map(({ name }) => name)).toEqual(['at', 'now', 'on'])
  })

  test('of a time before the first event is empty, as one of an empty log', async () => {
    expect(await made('nothing')).toMatchObject({ position: null, events: 0 })
    await write(touched('a'))
    const until = { recordedAt: '2000-01-01T00:00:00.000Z' }
    expect(await made('before', { until })).toMatchObject({ position: null, events: 0 })
    expect(await held('before')).toEqual({ tallies: [], tally_touches: [] })
  })

  test('is refused where it cannot be: beyond the log, of another log, under a name that is none or is taken', async () => {
    const beyond = '0000000000000099' as Position
    await expect(made('x', { until: { position: beyond } })).rejects.toThrow(PositionBeyondHead)
    await write(touched('a'))
    await expect(made('x', { until: { position: beyond } })).rejects.toThrow(
      new PositionBeyondHead(beyond, await head()),
    )
    await expect(made('x', { until: { position: 'C:1/P:1' as Position } })).rejects.toThrow(ForeignPosition)
    for (const name of ['', 'X', '1', 'a-b', 'a"b', 'a'.repeat(41)])
      await expect(made(name)).rejects.toThrow(InvalidReplayName)
    await db.pool.query('create schema replay_foreign')
    for (const replace of [false, true]) await expect(made('foreign', { replace })).rejects.toThrow(ReplayNameTaken)
    await made('x')
    await expect(made('x')).rejects.toThrow(ReplayNameTaken)
    expect(await beside()).toEqual(['replay_x.tallies', 'replay_x.tally_touches'])
  })

  test('that was stopped shows nothing, and goes on where it was when asked for in the same words', async () => {
    await write(...history())
    const until = { position: await head() }
    await begunAndStopped('x', { until })
    expect(await listReplays(sources)).toMatchObject([{ name: 'x', madeAt: null, tables: null }])
    await expect(held('x')).rejects.toThrow('does not exist')
    await expect(made('x')).rejects.toThrow(/unfinished/)
    await write(touched('late'))
    let first: number | undefined
    const { events } = await made('x', { until, onProgress: ({ events }) => (first ??= events) })
    expect([first! < 360, events]).toEqual([true, 360])
    const whole = await held('x')
    await made('whole', { until })
    expect(await held('whole')).toEqual(whole)
  })

  test('to the end of the log goes on to where the end was when it began', async () => {
    await write(...history())
    const end = await head()
    await begunAndStopped('x')
    await write(touched('late'))
    expect(await made('x')).toMatchObject({ position: end, events: 360 })
  })

  test('of another version of the model begins anew', async () => {
    await write(...history())
    await begunAndStopped('x')
    const next: typeof tally = { ...tally, version: 2 }
    expect(await replay(sources, next, { name: 'x' })).toMatchObject({ version: 2, events: 360 })
    expect(await beside()).toEqual(['replay_x.tallies', 'replay_x.tally_touches'])
  })

  test('takes the place of another one when it is whole, and not before', async () => {
    await write(...history())
    const before = await made('x')
    const old = await held('x')
    await write(touched('a'))
    await begunAndStopped('x', { replace: true })
    expect(await held('x')).toEqual(old)
    const now = await made('x', { replace: true })
    expect(now.events).toBe(before.events! + 1)
    expect(await listReplays(sources)).toEqual([now])
    expect(await held('x')).toEqual(await live())
  })

  test('twice at once is one, its work shared', async () => {
    await write(...history())
    const [one, other] = await Promise.all([made('x'), made('x')])
    expect(other).toEqual(one)
    expect(await held('x')).toEqual(await live())
  })

  test('is dropped with all that it has, finished or not', async () => {
    await write(...history())
    await made('done')
    await begunAndStopped('left')
    for (const name of ['done', 'left']) await dropReplay(sources, name)
    expect([await listReplays(sources), await beside()]).toEqual([[], []])
    await expect(dropReplay(sources, 'done')).rejects.toThrow(NoSuchReplay)
  })

  test('dropped while it runs ends', async () => {
    await write(...history())
    let dropping: Promise<void> | undefined
    const onProgress = () => {
      dropping ??= dropReplay(sources, 'x')
    }
    await expect(made('x', { batch: { documents: 5, events: 50 }, onProgress })).rejects.toThrow(NoSuchReplay)
    await dropping
    expect(await beside()).toEqual([])
  })

  test('leaves a rebuild, the live model and its projector alone', async () => {
    await write(...history())
    const stop = new AbortController()
    const projector = startProjector({ ...sources, models: [tally], signal: stop.signal })
    const until = { position: await head() }
    await Promise.all([made('x', { until }), rebuild(sources, tally), write(touched('new'), touched('new'))])
    await waitFor(db, tally, { stream: 'lead-new', revision: 1 })
    stop.abort()
    await projector.done
    await made('again', { until })
    expect(await held('x')).toEqual(await held('again'))
    await made('now')
    expect(await held('now')).toEqual(await dumpTables(db, tally))
  })
})
