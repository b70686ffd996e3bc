// What every event log must do, whatever it is built on. An adapter's integration spec calls `eventLogContract`.
import { randomUUID } from 'node:crypto'
import type { NewEvent, Position, RecordedEvent } from '@headwater/schema'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Appended,
  type EventFilter,
  type EventLog,
  type Expected,
  ForeignPosition,
  InvalidAppend,
  StreamDeleted,
  WrongExpectedRevision,
} from '../ports/event-log.ts'
import { type Append, Model } from './contract-model.ts'

export interface LogUnderTest {
  readonly log: EventLog
  /** The same store through connections of its own, as another process would have it. */
  readonly second?: EventLog
  close(): Promise<void>
}

export function eventLogContract(name: string, open: () => Promise<LogUnderTest>): void {
  describe(`event log contract: ${name}`, () => {
    let log: EventLog
    let second: EventLog
    let close: () => Promise<void>
    beforeAll(async () => {
      const opened = await open()
      log = opened.log
      second = opened.second ?? log
      close = opened.close
    })
    afterAll(() => close())

    describe('append', () => {
      test('events come back as they were written, with revision, position and time of recording', async () => {
        const stream = newStream()
        const before = await log.head()
        const [first, next] = [newEvent('Opened'), newEvent('Closed')]
        const appended = await log.append(stream, [first, next], { expected: 'none' })
        const events = await log.readStream(stream)
        expect(events).toMatchObject([
          { ...first, stream, revision: 0 },
          { ...next, stream, revision: 1 },
        ])
        expect(appended).toEqual({ stream, revision: 1, position: events[1]!.position, repeated: false })
        expect(appended.position > (before ?? '')).toBe(true)
        expect(await log.head()).toBe(appended.position)
        expect(events[0]!.recordedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      })

      test.each([
        ['a NUL character', 'a\u0000b'],
        ['half of a surrogate pair', '\ud83d'],
        ['line feeds, quotes, backslashes', '\n\r\u2028 "\' \\n \\u0000'],
        ['other scripts and emoji', '销售漏斗 🦀 naïve'],
        ['something long', 'x'.repeat(1024 * 1024)],
        ['things nested', { list: [1, -0.5, 1e300, null, true, []], empty: {}, '': { 'a.b': '$1' } }],
      ])('data may hold %s', async (_, value) => {
        const stream = newStream()
        const event = newEvent('Noted', { value })
        await log.append(stream, [event], { expected: 'none' })
        expect(await log.readStream(stream)).toMatchObject([event])
        expect(await readAll(log, { filter: { streamPrefixes: [stream] } })).toMatchObject([event])
      })

      test('stream names and types may be in any language', async () => {
        const stream = `deal-销售-${randomUUID()} '"\\%_`
        await log.append(stream, [newEvent('赢单')], { expected: 'none' })
        expect(await log.readStream(stream)).toMatchObject([{ stream, type: '赢单' }])
      })

      test('what no log can hold is refused, and nothing is written', async () => {
        const stream = newStream()
        const twice = newEvent()
        const refused: [string, NewEvent[], Expected][] = [
          [stream, [], 'any'],
          ['', [newEvent()], 'any'],
          ['a\nb', [newEvent()], 'any'],
          ['a\u0000b', [newEvent()], 'any'],
          ['half \ud83d', [newEvent()], 'any'],
          [stream, [newEvent(), { ...newEvent(), id: 'not-a-uuid' }], 'any'],
          [stream, [newEvent(), newEvent('')], 'any'],
          [stream, [newEvent(), newEvent('a\nb')], 'any'],
          [stream, [newEvent(), newEvent('T', 1n)], 'any'],
          [stream, [twice, twice], 'any'],
          [stream, [newEvent()], -1],
          [stream, [newEvent()], 0.5],
        ]
        for (const [name, events, expected] of refused)
          await expect(log.append(name, events, { expected })).rejects.toThrow(InvalidAppend)
        expect(await log.readStream(stream)).toEqual([])
      })

      test('the stream has to be as expected', async () => {
        const stream = newStream()
        const append = (expected: Expected) => log.append(stream, [newEvent()], { expected })
        const refusal = (expected: Expected, actual: number | undefined) =>
          expect(append(expected)).rejects.toEqual(new WrongExpectedRevision(stream, expected, actual))
        await refusal('exists', undefined)
        await refusal(0, undefined)
        await append('none')
        await refusal('none', 0)
        await refusal(1, 0)
        await append(0)
        await append('exists')
        await append('any')
        await refusal(0, 3)
        expect(await log.readStream(stream)).toHaveLength(4)
      })

      test.each<[string, Expected, number]>([
        ['none', 'none', 0],
        ['any', 'any', 2],
        ['exists', 'exists', 2],
        ['a revision', 1, 2],
      ])('the same events again, expecting %s, succeed and change nothing', async (_, expected, existing) => {
        const stream = newStream()
        if (existing > 0) await log.append(stream, [newEvent(), newEvent()], { expected: 'none' })
        const events = [newEvent(), newEvent()]
        const first = await log.append(stream, events, { expected })
        const later = await log.append(stream, [newEvent()], { expected: 'any' })
        expect(await second.append(stream, events, { expected })).toEqual({ ...first, repeated: true })
        expect(await log.readStream(stream)).toHaveLength(existing + 3)
        expect(later.revision).toBe(existing + 2)
      })

      test('the same events sent many times at once are written once', async () => {
        const stream = newStream()
        const events = [newEvent(), newEvent()]
        const sent = [log, second, log, second, log].map((each) => each.append(stream, events, { expected: 'any' }))
        const answers = await Promise.all(sent)
        expect(answers.filter(({ repeated }) => !repeated)).toHaveLength(1)
        expect(new Set(answers.map(({ position }) => position)).size).toBe(1)
        expect(await log.readStream(stream)).toHaveLength(2)
      })

      test('other events at the same place, or only some of the same, are refused', async () => {
        const stream = newStream()
        const [a, b] = [newEvent(), newEvent()]
        await log.append(stream, [a, b], { expected: 'none' })
        await expect(log.append(stream, [newEvent()], { expected: 'none' })).rejects.toThrow(WrongExpectedRevision)
        await expect(log.append(stream, [a, newEvent()], { expected: 'none' })).rejects.toThrow(WrongExpectedRevision)
        await expect(log.append(stream, [b, newEvent()], { expected: 'any' })).rejects.toThrow(WrongExpectedRevision)
        expect(await log.readStream(stream)).toMatchObject([a, b])
      })

      test('of many appends at one revision exactly one is taken', async () => {
        const stream = newStream()
        const sent = Array.from({ length: 20 }, (_, i) =>
          (i % 2 ? log : second).append(stream, [newEvent()], { expected: 'none' }),
        )
        const outcomes = await Promise.allSettled(sent)
        expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
        for (const outcome of outcomes)
          if (outcome.status === 'rejected')
            expect(outcome.reason).toEqual(new WrongExpectedRevision(stream, 'none', 0))
      })

      test('appends sent one after the other without waiting take effect in that order, also those in between that are refused', async () => {
        const stream = newStream()
        const expectations: Expected[] = ['none', 0, 0, 1, 'none', 'exists', 3, 'any']
        const outcomes = await Promise.allSettled(
          expectations.map((expected) => log.append(stream, [newEvent()], { expected })),
        )
        expect(
          outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value.revision : outcome.reason.actual)),
        ).toEqual([0, 1, 1, 2, 2, 3, 4, 5])
        expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(2)
      })
    })

    describe('reading', () => {
      test('a stream from a revision on; an unknown one is empty', async () => {
        const stream = newStream()
        const events = Array.from({ length: 2_500 }, () => newEvent())
        await log.append(stream, events, { expected: 'none' })
        expect((await log.readStream(stream)).map(({ id }) => id)).toEqual(events.map(({ id }) => id))
        expect((await log.readStream(stream, { from: 2_498 })).map(({ revision }) => revision)).toEqual([2_498, 2_499])
        expect(await log.readStream(stream, { from: 2_500 })).toEqual([])
        expect(await log.readStream(newStream())).toEqual([])
      })

      test('the log between two positions, exclusive and inclusive', async () => {
        const stream = newStream()
        const at: Position[] = []
        for (let i = 0; i < 5; i++) at.push((await log.append(stream, [newEvent()], { expected: 'any' })).position)
        expect([...at].sort()).toEqual(at)
        const revisions = async (options: { after?: Position; until?: Position }) =>
          (await readAll(log, { ...options, filter: { streamPrefixes: [stream] } })).map(({ revision }) => revision)
        expect(await revisions({})).toEqual([0, 1, 2, 3, 4])
        expect(await revisions({ after: at[1]! })).toEqual([2, 3, 4])
        expect(await revisions({ until: at[1]! })).toEqual([0, 1])
        expect(await revisions({ after: at[0]!, until: at[3]! })).toEqual([1, 2, 3])
        expect(await revisions({ after: at[3]!, until: at[0]! })).toEqual([])
        expect(await revisions({ after: at[4]! })).toEqual([])
      })

      test('batches say how far they looked, and going on from there skips nothing', async () => {
        const stream = newStream()
        const { position } = await log.append(
          stream,
          Array.from({ length: 3_000 }, () => newEvent()),
          { expected: 'none' },
        )
        const seen: RecordedEvent[] = []
        let after: Position | undefined
        while (after !== position)
          for await (const batch of log.readAll({ after, until: position })) {
            for (const event of batch.events) expect(event.position <= batch.position).toBe(true)
            seen.push(...batch.events)
            after = batch.position
            break
          }
        expect(seen).toEqual(await readAll(log, { until: position }))
      })

      test('times of recording never decrease', async () => {
        const times = (await readAll(log)).map(({ recordedAt }) => recordedAt)
        expect([...times].sort()).toEqual(times)
      })

      test('any instant leads to the last event recorded until then', async () => {
        await log.append(newStream(), [newEvent()], { expected: 'none' })
        await second.append(newStream(), [newEvent(), newEvent()], { expected: 'none' })
        const events = await readAll(log)
        const instants = new Set(events.map(({ recordedAt }) => recordedAt))
        for (const instant of [...instants].slice(-5)) {
          const before = new Date(Date.parse(instant) - 1).toISOString()
          for (const at of [instant, before])
            expect(await log.positionAt(at)).toBe(events.findLast(({ recordedAt }) => recordedAt <= at)?.position)
        }
        expect(await log.positionAt('1970-01-01T00:00:00.000Z')).toBeUndefined()
        expect(await log.positionAt('2199-12-31T00:00:00.000Z')).toBe(await log.head())
      })

      test('a position says which share of the log it has behind it', async () => {
        await log.append(newStream(), [newEvent(), newEvent(), newEvent()], { expected: 'none' })
        const positions = (await readAll(log)).map(({ position }) => position)
        const until = positions.at(-2)!
        const shares = positions.map((position) => log.share(position, until))
        expect([...shares].sort((a, b) => a - b)).toEqual(shares)
        expect(shares[0]).toBeGreaterThan(0)
        expect(shares.slice(-2)).toEqual([1, 1])
        expect(shares.at(-3)).toBeLessThan(1)
        expect(() => log.share('not a position' as Position, until)).toThrow(ForeignPosition)
      })

      test('by type and by stream prefix, in which no character is a wildcard', async () => {
        const id = randomUUID()
        const [a, b, c] = [`a_%${id}-1`, `a_%${id}-2`, `aXY${id}-3`]
        for (const stream of [a, b, c])
          await log.append(stream, [newEvent(`Opened ${id}`), newEvent(`Closed ${id}`)], { expected: 'none' })
        const found = async (filter: EventFilter) =>
          (await readAll(log, { filter })).map(({ stream, type }) => `${stream} ${type.split(' ')[0]}`)
        expect(await found({ types: [`Opened ${id}`] })).toEqual([`${a} Opened`, `${b} Opened`, `${c} Opened`])
        expect(await found({ streamPrefixes: [`a_%${id}`] })).toEqual([
          `${a} Opened`,
          `${a} Closed`,
          `${b} Opened`,
          `${b} Closed`,
        ])
        expect(await found({ types: [`Closed ${id}`], streamPrefixes: [b, c] })).toEqual([`${b} Closed`, `${c} Closed`])
        expect(await found({ types: [] })).toEqual([])
      })

      test('a filter that lets nothing pass still says how far it looked', async () => {
        const { position } = await log.append(newStream(), [newEvent()], { expected: 'none' })
        let last: Position | undefined
        for await (const batch of log.readAll({ filter: { types: ['Never'] } })) last = batch.position
        expect(last! >= position).toBe(true)
      })

      test('a position of another log is refused', async () => {
        const foreign = 'not a position' as Position
        await expect(readAll(log, { after: foreign })).rejects.toThrow(ForeignPosition)
        await expect(readAll(log, { until: foreign })).rejects.toThrow(ForeignPosition)
        await expect(
          log.subscribe({ after: foreign, signal: new AbortController().signal })[Symbol.asyncIterator]().next(),
        ).rejects.toThrow(ForeignPosition)
      })

      test('an aborted read ends', async () => {
        const abort = new AbortController()
        abort.abort()
        expect(await readAll(log, { signal: abort.signal })).toEqual([])
      })
    })

    describe('deleted streams', () => {
      test('take no events and give none, but their events stay in the log', async () => {
        const stream = newStream()
        const event = newEvent()
        await log.append(stream, [event], { expected: 'none' })
        await expect(log.deleteStream(stream, { expected: 4 })).rejects.toEqual(new WrongExpectedRevision(stream, 4, 0))
        await log.deleteStream(stream, { expected: 0 })
        await log.deleteStream(stream, { expected: 'exists' })
        for (const expected of ['any', 'none', 'exists', 0] satisfies Expected[])
          await expect(second.append(stream, [newEvent()], { expected })).rejects.toThrow(StreamDeleted)
        await expect(log.append(stream, [event], { expected: 'none' })).rejects.toThrow(StreamDeleted)
        await expect(log.readStream(stream)).rejects.toThrow(StreamDeleted)
        expect(await readAll(log, { filter: { streamPrefixes: [stream] } })).toMatchObject([event])
      })
    })

    describe('streams read at the same time', () => {
      test('are each read as if alone', async () => {
        const [long, heavy, gone, unknown, short] = Array.from({ length: 5 }, newStream) as [
          string,
          string,
          string,
          string,
          string,
        ]
        const megabytes = { value: 'x'.repeat(3 * 1024 * 1024) }
        await log.append(
          long,
          Array.from({ length: 2_100 }, () => newEvent()),
          { expected: 'none' },
        )
        for (const expected of ['none', 0, 1, 2] as const)
          await log.append(heavy, [newEvent('Noted', megabytes)], { expected })
        for (const stream of [gone, short]) await log.append(stream, [newEvent()], { expected: 'none' })
        await log.deleteStream(gone, { expected: 0 })
        const revisions = async (stream: string, from?: number) =>
          (await log.readStream(stream, from === undefined ? {} : { from })).map(({ revision }) => revision)
        const upTo = (length: number) => Array.from({ length }, (_, revision) => revision)
        const [first, ...rest] = await Promise.allSettled([
          revisions(gone),
          ...[revisions(short), revisions(heavy), revisions(long), revisions(unknown)],
          ...[revisions(long, 2_098), revisions(heavy, 3), revisions(short, 1), revisions(short)],
        ])
        expect(first).toMatchObject({ status: 'rejected', reason: { name: 'StreamDeleted' } })
        expect(rest.map((read) => read.status === 'fulfilled' && read.value)).toEqual([
          ...[[0], upTo(4), upTo(2_100), []],
          ...[[2_098, 2_099], [3], [], [0]],
        ])
      })
    })

    describe('subscribing', () => {
      test('catches up and goes on live', async () => {
        const stream = newStream()
        const filter = { streamPrefixes: [stream] }
        await log.append(stream, [newEvent(), newEvent()], { expected: 'none' })
        const received = receive(log, { filter, count: 4 })
        await received.first
        await second.append(stream, [newEvent()], { expected: 1 })
        await log.append(stream, [newEvent()], { expected: 2 })
        expect((await received.all).map(({ revision }) => revision)).toEqual([0, 1, 2, 3])
      })

      test('starts after a position', async () => {
        const stream = newStream()
        const { position } = await log.append(stream, [newEvent()], { expected: 'none' })
        const received = receive(log, { after: position, filter: { streamPrefixes: [stream] }, count: 1 })
        await log.append(stream, [newEvent()], { expected: 0 })
        expect(await received.all).toMatchObject([{ revision: 1 }])
      })

      test('ends without an error when aborted, be it before, while waiting, or in the middle', async () => {
        await log.append(newStream(), [newEvent(), newEvent()], { expected: 'none' })
        const before = new AbortController()
        before.abort()
        for await (const _ of log.subscribe({ signal: before.signal })) expect.unreachable()

        const waiting = new AbortController()
        const subscription = log.subscribe({
          after: (await log.head())!,
          filter: { types: ['Never'] },
          signal: waiting.signal,
        })
        const next = subscription[Symbol.asyncIterator]().next()
        waiting.abort()
        expect(await next).toMatchObject({ done: true })

        const middle = new AbortController()
        for await (const _ of log.subscribe({ signal: middle.signal })) middle.abort()
      })

      test('two writers with connections of their own, and every subscriber sees each event once, in order, none skipped', async () => {
        const prefix = newStream()
        const filter = { streamPrefixes: [prefix] }
        const [writers, appends] = [16, 40]
        const received = [log, second].map((each) => receive(each, { filter, count: writers * appends }))
        await Promise.all(
          Array.from({ length: writers }, async (_, writer) => {
            const each = writer % 2 ? log : second
            for (let i = 0; i < appends; i++)
              await each.append(`${prefix}-${writer}`, [newEvent()], { expected: i === 0 ? 'none' : i - 1 })
          }),
        )
        const written = (await readAll(log, { filter })).map(({ position }) => position)
        expect(written).toHaveLength(writers * appends)
        expect([...new Set(written)].sort()).toEqual(written)
        for (const { all } of received) expect((await all).map(({ position }) => position)).toEqual(written)
      })
    })

    test('law: whatever two writers append, in whatever order and however often, the log is as if each append had come alone', async () => {
      const expected = fc.oneof(fc.constantFrom<Expected>('any', 'none', 'exists'), fc.nat(6))
      const appends = fc.array(fc.record({ stream: fc.nat(2), count: fc.integer({ min: 1, max: 3 }), expected }), {
        minLength: 1,
        maxLength: 8,
      })
      const rounds = fc.array(fc.array(fc.tuple(fc.nat(7), fc.boolean()), { minLength: 1, maxLength: 5 }), {
        maxLength: 8,
      })
      await fc.assert(
        fc.asyncProperty(appends, rounds, async (plans, rounds) => {
          const prefix = newStream()
          const all: Append[] = plans.map(({ stream, count, expected }) => ({
            stream: `${prefix}-${stream}`,
            events: Array.from({ length: count }, () => newEvent()),
            expected,
          }))
          const model = new Model()
          for (const round of rounds) {
            const sent = round.map(([pick, other]) => ({ append: all[pick % all.length]!, to: other ? second : log }))
            const outcomes = await Promise.allSettled(
              sent.map(({ append, to }) => to.append(append.stream, append.events, { expected: append.expected })),
            )
            const taken = outcomes.flatMap((outcome, i) =>
              outcome.status === 'fulfilled' && !outcome.value.repeated
                ? [{ append: sent[i]!.append, answer: outcome.value }]
                : [],
            )
            const inOrder = taken.sort((a, b) => (a.answer.position < b.answer.position ? -1 : 1))
            if (round.length === 1 && taken.length === 0)
              expect(summary(outcomes[0]!)).toEqual(model.append(sent[0]!.append))
            for (const { append, answer } of inOrder)
              expect(summary({ status: 'fulfilled', value: answer })).toEqual(model.append(append))
          }
          for (const [stream, ids] of model.streams)
            expect((await log.readStream(stream)).map(({ id }) => id)).toEqual(ids)
        }),
        { numRuns: 60 },
      )
    })
  })
}

function summary(outcome: PromiseSettledResult<Appended>) {
  return outcome.status === 'fulfilled'
    ? { revision: outcome.value.revision, repeated: outcome.value.repeated }
    : { actual: (outcome.reason as WrongExpectedRevision).actual }
}

function newStream(): string {
  return `test-${randomUUID()}`
}

function newEvent(type = 'Happened', data: unknown = { text: 'something' }): NewEvent {
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

async function readAll(log: EventLog, options: Parameters<EventLog['readAll']>[0] = {}): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = []
  for await (const batch of log.readAll(options)) events.push(...batch.events)
  return events
}

/** Subscribes until `count` events are there; `first` is when the first of them is. */
function receive(log: EventLog, { count, ...options }: { after?: Position; filter: EventFilter; count: number }) {
  const abort = new AbortController()
  let started!: () => void
  const first = new Promise<void>((resolve) => {
    started = resolve
  })
  const collect = async () => {
    const events: RecordedEvent[] = []
    for await (const batch of log.subscribe({ ...options, signal: abort.signal })) {
      events.push(...batch.events)
      if (events.length > 0) started()
      if (events.length >= count) abort.abort()
    }
    return events
  }
  return { first, all: collect() }
}
