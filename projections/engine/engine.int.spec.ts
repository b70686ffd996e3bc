import { openDatabase } from '@headwater/infra/database'
import { openPostgresEventLog } from '@headwater/infra/event-log'
import type { EventLog } from '@headwater/infra/ports'
import { type FreshLog, freshLog, type TestDatabase } from '@headwater/infra/testing'
import type { Position } from '@headwater/schema'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Fact, record } from '../testing/facts.ts'
import { history, tallies, tally, touched, touches } from '../testing/tally.ts'
import { catchUp } from './catch-up.ts'
import { CheckpointMoved, readCheckpoint } from './checkpoints.ts'
import { dumpTables } from './dump.ts'
import { ReadModelBehind, waitFor } from './freshness.ts'
import { lag } from './lag.ts'
import { PoisonEvent } from './poison-event.ts'
import { Projection, type Sources } from './projection.ts'
import { startProjector } from './projector.ts'
import type { ReadModel } from './read-model.ts'
import { rebuild } from './rebuild.ts'
import type { Progress } from './run.ts'
import { liveCheckpoint, ModelSuperseded } from './setup.ts'

let db: TestDatabase
let log: EventLog
let sources: FreshLog
let stop: AbortController

/** A busy machine is no failure. */
const shown = (model: ReadModel, at: { stream: string; revision: number }) =>
  waitFor(db, model, at, { timeoutMs: 50_000 })

beforeEach(async () => {
  sources = await freshLog()
  ;({ db, log } = sources)
  stop = new AbortController()
})
afterEach(async () => {
  stop.abort()
  await sources.drop()
})

let batch = 0
const write = (facts: readonly Fact[]) => record(log, `spec ${batch++}`, facts)

const dump = () => dumpTables(db, tally)
const everything = async () => {
  const events = []
  for await (const page of log.readAll({ filter: { streamPrefixes: ['lead-'] } })) events.push(...page.events)
  return events
}
const projection = async () => new Projection(sources, tally, await liveCheckpoint(db, tally), '')

/** What the tables must hold: the fold over each stream, with nothing of the engine. */
async function foldedAlone() {
  const documents = new Map<string, ReturnType<typeof tally.evolve>>()
  for (const event of await everything())
    documents.set(event.stream, tally.evolve(documents.get(event.stream), event as never, undefined))
  return [...documents.values()].flatMap((document) => (document ? [document.root] : [])).length
}

describe('exactly once in effect', () => {
  test('a batch that comes again changes nothing', async () => {
    await write(history())
    const events = await everything()
    const position = events.at(-1)!.position
    const one = await projection()
    await one.apply(events, position)
    const once = await dump()
    await one.apply(events, position)
    await one.apply(events.slice(100), position)
    expect(await dump()).toEqual(once)
    expect(once.tallies).toHaveLength(await foldedAlone())
  })

  test('batches of any size give the same tables', async () => {
    await write(history())
    const events = await everything()
    await (await projection()).apply(events, events.at(-1)!.position)
    const inOne = await dump()
    for (const size of [1, 7, 100]) {
      await db.pool.query('truncate read.tallies, read.tally_touches')
      await db.pool.query('update read.checkpoints set position = null')
      const small = await projection()
      for (let i = 0; i < events.length; i += size) {
        const part = events.slice(i, i + size)
        await small.apply(part, part.at(-1)!.position)
      }
      expect(await dump()).toEqual(inOne)
    }
  })

  test('of two projectors with the same batch one writes it; the other is told so and writes nothing', async () => {
    await write(history())
    const events = await everything()
    const position = events.at(-1)!.position
    const both = await Promise.allSettled(
      [await projection(), await projection()].map((each) => each.apply(events, position)),
    )
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: expect.any(CheckpointMoved) })
    const together = await dump()
    await rebuild(sources, tally)
    expect(await dump()).toEqual(together)
  })

  test('a document loaded half before and half after what another projector writes is nobody’s fault', async () => {
    /** As strict as a fold of stages: a touch must be in the rows of the one before. */
    const strict: typeof tally = {
      ...tally,
      evolve(lead, event, refs) {
        if (lead && lead.touches.at(-1)?.no !== lead.root.revision) throw new Error('a touch is missing')
        return tally.evolve(lead, event, refs)
      },
    }
    await write(Array.from({ length: 12 }, () => touched('a')))
    const events = await everything()
    const until = (n: number) => [events.slice(0, n), events[n - 1]!.position] as const
    const one = await projection()
    await one.apply(...until(4))
    let between: (() => Promise<unknown>) | undefined = () => one.apply(...until(8))
    const query = async (...args: [never]) => {
      const result = await db.pool.query(...args)
      const isRoot = JSON.stringify(args).includes('from read.tallies')
      if (isRoot) await between?.()
      if (isRoot) between = undefined
      return result
    }
    const pool = new Proxy(db.pool, { get: (of, name) => (name === 'query' ? query : Reflect.get(of, name, of)) })
    const other = new Projection({ ...sources, db: { ...db, pool } }, strict, await liveCheckpoint(db, tally), '')
    await expect(other.apply(...until(12))).rejects.toThrow(CheckpointMoved)
    expect(between).toBeUndefined()
    await catchUp(sources, [strict])
    expect((await dump()).tallies).toEqual([expect.arrayContaining(['a', '12'])])
  })

  test('a failure between writing and the checkpoint leaves neither', async () => {
    await write(history())
    const events = await everything()
    const one = await projection()
    await one.apply(events.slice(0, 100), events[99]!.position)
    const before = await dump()
    // The tables refuse one of the rows: what was written before it in the same transaction must go too.
    await db.pool.query('alter table read.tally_touches add constraint few check (no < 5) not valid')
    await expect(one.apply(events.slice(100), events.at(-1)!.position)).rejects.toThrow('few')
    expect(await dump()).toEqual(before)
    expect((await readCheckpoint(db.pool, 'tally', 'live'))?.position).toBe(events[99]!.position)
    await db.pool.query('alter table read.tally_touches drop constraint few')
    await one.apply(events.slice(100), events.at(-1)!.position)
    const after = await dump()
    await rebuild(sources, tally)
    expect(await dump()).toEqual(after)
  })

  test('projectors in several processes, live, under load', async () => {
    const other = await openDatabase({ url: db.url })
    const otherLog = await openPostgresEventLog(other, { pollInterval: 200 })
    const errors: unknown[] = []
    const options = { models: [tally], signal: stop.signal, onError: (error: unknown) => errors.push(error) }
    const running = [
      startProjector({ ...sources, ...options }),
      startProjector({ ...sources, db: other, log: otherLog, ...options }),
    ]
    await Promise.all(Array.from({ length: 20 }, (_, i) => write(Array.from({ length: 25 }, () => touched(`p${i}`)))))
    for (let i = 0; i < 20; i++) await shown(tally, { stream: `lead-p${i}`, revision: 24 })
    stop.abort()
    await Promise.all(running.map(({ done }) => done))
    await otherLog.close()
    await other.close()
    const live = await dump()
    expect(live.tallies!.map(([, , events]) => events)).toEqual(Array(20).fill('25'))
    expect(errors).toEqual([])
    await rebuild(sources, tally)
    expect(await dump()).toEqual(live)
  })
})

describe('rebuild', () => {
  test('gives tables equal to the live ones, while the live ones go on', async () => {
    await write(history())
    await catchUp(sources, [tally])
    const before = await dump()
    const projector = startProjector({ ...sources, models: [tally], signal: stop.signal })
    const positions: Position[] = []
    const [checkpoint] = await Promise.all([
      rebuild(sources, tally, { onProgress: ({ position }) => positions.push(position) }),
      write(Array.from({ length: 50 }, () => touched('new'))),
    ])
    await shown(tally, { stream: 'lead-new', revision: 49 })
    expect(positions).toEqual([...positions].sort())
    expect(checkpoint).toMatchObject({ slot: 'live', version: 1 })
    const after = await dump()
    expect(after.tallies!.filter(([id]) => id !== 'new')).toEqual(before.tallies)
    stop.abort()
    await projector.done
    await rebuild(sources, tally)
    expect(await dump()).toEqual(after)
  })

  test('goes on where it was killed', async () => {
    await write(history())
    await catchUp(sources, [tally])
    const whole = await dump()
    const killed = new AbortController()
    const progress = ({ written }: Progress) => written && killed.abort(new Error('killed'))
    await expect(rebuild(sources, tally, { signal: killed.signal, onProgress: progress })).rejects.toThrow('killed')
    const left = await readCheckpoint(db.pool, 'tally', 'rebuild')
    expect(left?.position).toBeDefined()
    await write([touched('late')])
    const folded: number[] = []
    expect(await rebuild(sources, tally, { onProgress: ({ events }) => folded.push(events) })).toMatchObject({
      generation: left!.generation,
    })
    expect(Math.max(...folded)).toBe(1)
    expect((await dump()).tallies).toEqual(expect.arrayContaining(whole.tallies!))
    expect(await readCheckpoint(db.pool, 'tally', 'rebuild')).toBeUndefined()
  })

  test('two at once share the work', async () => {
    await write(history())
    await catchUp(sources, [tally])
    const before = await dump()
    await Promise.all([rebuild(sources, tally), rebuild(sources, tally)])
    expect(await dump()).toEqual(before)
    const { rows } = await db.pool.query(`select count(*)::int as n from pg_tables where schemaname = 'read'`)
    expect(rows[0].n).toBe(2 + 2 + 2) // the model's, checkpoints and replays, and the two of migrations
  })

  test('a new version takes the place of the old one, which then stands aside', async () => {
    await write(history())
    await catchUp(sources, [tally])
    const doubled: typeof tally = {
      ...tally,
      version: 2,
      evolve: (lead, event, refs) => {
        const next = tally.evolve(lead, event, refs)
        return next && { ...next, root: { ...next.root, events: (lead?.root.events ?? 0) + 2 } }
      },
    }
    const before = await dump()
    await catchUp(sources, [doubled])
    const after = await dump()
    expect(after.tallies!.map(([id, , n]) => [id, Number(n)])).toEqual(
      before.tallies!.map(([id, , n]) => [id, 2 * Number(n)]),
    )
    await expect(catchUp(sources, [tally])).rejects.toThrow(ModelSuperseded)
  })
})

describe('the projector', () => {
  test('a poisoned event stops its model with a clear state, and no other', async () => {
    const tolerant: typeof tally = {
      ...tally,
      name: 'other',
      root: { ...tallies, name: 'others' },
      parts: { touches: { ...touches, name: 'other_touches' } },
      evolve: (lead, event, refs) => (isPoison(event) ? lead : tally.evolve(lead, event, refs)),
    }
    const errors: unknown[] = []
    await write([touched('a'), touched('a')])
    startProjector({
      ...sources,
      models: [tally, tolerant],
      signal: stop.signal,
      onError: (error) => errors.push(error),
    })
    await shown(tally, { stream: 'lead-a', revision: 1 })
    await write([touched('b'), touched('a', 'poison'), touched('b'), touched('a')])
    await shown(tolerant, { stream: 'lead-b', revision: 1 })
    await expect(waitFor(db, tally, { stream: 'lead-b', revision: 1 }, { timeoutMs: 300 })).rejects.toThrow(
      ReadModelBehind,
    )
    const [poison] = (await log.readStream('lead-a', { from: 2 }))!
    expect(errors).toEqual([expect.any(PoisonEvent)])
    const checkpoint = await readCheckpoint(db.pool, 'tally', 'live')
    expect(checkpoint?.failure).toEqual({
      position: poison!.position,
      message: expect.stringContaining('cannot take poison'),
    })
    // What came before it is in.
    await shown(tally, { stream: 'lead-b', revision: 0 })
    expect(await lag(sources, [tally, tolerant])).toMatchObject([
      { model: 'tally', events: 3, since: poison!.recordedAt, checkpoint: { failure: { position: poison!.position } } },
      { model: 'other' },
    ])
  })

  test('so does one that cannot be prepared for', async () => {
    const needy: typeof tally = {
      ...tally,
      async prepare(events) {
        if (events.some(isPoison)) throw new Error('nothing is known of poison')
      },
    }
    await write([touched('a'), touched('a', 'poison'), touched('a')])
    const events = await everything()
    const one = new Projection(sources, needy, await liveCheckpoint(db, needy), '')
    await expect(one.apply(events, events.at(-1)!.position)).rejects.toThrow(
      new PoisonEvent('tally', events[1]!, new Error('nothing is known of poison')),
    )
    expect(one.checkpoint.position).toBe(events[0]!.position)
  })

  test('a stopped model goes on by itself once its tables were rebuilt by a program that takes the event', async () => {
    await write([touched('a', 'poison'), touched('a')])
    const stopped = new Promise((resolve) =>
      startProjector({ ...sources, models: [tally], signal: stop.signal, onError: resolve }),
    )
    expect(await stopped).toBeInstanceOf(PoisonEvent)
    const mended: typeof tally = {
      ...tally,
      evolve: (lead, event, refs) => (isPoison(event) ? lead : tally.evolve(lead, event, refs)),
    }
    expect(await rebuild(sources, mended)).toMatchObject({ failure: undefined })
    await write([touched('b')])
    await shown(tally, { stream: 'lead-b', revision: 0 })
    expect((await readCheckpoint(db.pool, 'tally', 'live'))?.failure).toBeUndefined()
  })

  test('of two, one leads; the other takes over when it goes', async () => {
    const folded = [0, 0]
    const projector = (i: 0 | 1, on: Pick<Sources, 'db' | 'log'>, signal: AbortSignal) => {
      const model: typeof tally = {
        ...tally,
        evolve(...args) {
          folded[i]!++
          return tally.evolve(...args)
        },
      }
      return startProjector({ ...sources, ...on, models: [model], signal })
    }
    const see = async (lead: string) => {
      await write([touched(lead)])
      await shown(tally, { stream: `lead-${lead}`, revision: 0 })
    }
    const leaderStop = new AbortController()
    const leader = projector(0, sources, leaderStop.signal)
    await see('first')
    const other = await openDatabase({ url: db.url })
    const waiting = projector(1, { db: other, log }, stop.signal)
    for (const lead of ['second', 'third', 'fourth']) await see(lead)
    expect(folded).toEqual([4, 0])
    leaderStop.abort()
    await leader.done
    await see('fifth')
    expect(folded).toEqual([4, 1])
    stop.abort()
    await waiting.done
    await other.close()
  })

  test('shows an event soon, and its waiters hear of it', async () => {
    startProjector({ ...sources, models: [tally], signal: stop.signal })
    for (let i = 0; i < 20; i++) {
      const seen = shown(tally, { stream: 'lead-w', revision: i })
      await write([touched('w')])
      await seen
    }
  })

  test('what was just written is seen although another process shows it, where announcements used to come', async () => {
    await write([touched('z')])
    const seen = shown(tally, { stream: 'lead-z', revision: 0 })
    await catchUp(sources, [tally])
    await seen
    await write([touched('z')])
    const other = await openDatabase({ url: db.url })
    await catchUp({ ...sources, db: other }, [tally])
    await other.close()
    await waitFor(db, tally, { stream: 'lead-z', revision: 1 }, { timeoutMs: 50_000, justWritten: true })
  })

  test('waits are by stream: what other streams have reached does not matter', async () => {
    await write([touched('x'), ...Array.from({ length: 50 }, () => touched('y'))])
    await catchUp(sources, [tally])
    await shown(tally, { stream: 'lead-y', revision: 49 })
    await expect(waitFor(db, tally, { stream: 'lead-x', revision: 1 }, { timeoutMs: 50 })).rejects.toThrow(
      new ReadModelBehind('tally', 'lead-x', 1, 50),
    )
  })
})

const isPoison = (event: { data: unknown }) => (event.data as { channel?: string }).channel === 'poison'
