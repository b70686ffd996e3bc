import { type EventLog, LogUnavailable, WrongExpectedRevision } from '@headwater/infra/ports'
import { type Aggregate, deriveId, encodeEvent, FORGOTTEN, newId, UnreadableEvent } from '@headwater/schema'
import { beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type Answer, Contention, type Item, openShell, type ShellOptions, WrongStreamKind } from './index.ts'
import { MemoryLog, MemoryVault } from './testing/index.ts'
import { lead } from './testing/lead.ts'

const now = '2026-03-02T02:00:00.000Z'
const actor = { id: 'rep-1', role: 'rep' }
const contact = { subject: 'p-1', name: '王芳' }
let log: MemoryLog
let vault: MemoryVault
beforeEach(() => {
  log = new MemoryLog()
  vault = new MemoryVault()
})

const open = (options: Partial<ShellOptions> = {}) =>
  openShell({
    log,
    vault,
    aggregates: [lead, rival],
    clock: { now: () => now },
    pause: async () => {},
    lookups: { allowed: async (id) => id !== 'L-forbidden' },
    ...options,
  })
const rival: Aggregate<number, { type: 'Rival'; data: object }, never> = {
  category: 'deal',
  command: z.discriminatedUnion('type', [z.object({ type: z.literal('Rival'), data: z.object({}) })]),
  initialState: 0,
  evolve: (state) => state,
  decide: () => [],
  caseId: (id) => id,
}

let count = 0
const send = (type: string, data: unknown = {}, commandId = `c-${count++}`): Item => ({
  command: { type, data },
  envelope: { commandId, actor },
})
const does = (shell = open()) => {
  const on = (id: string) => (item: Item) => shell.execute(lead, id, item.command, item.envelope)
  return Object.assign(on('L-1'), { on })
}
const code = (answer: Answer) => (answer.status === 'refused' ? answer.refusal.code : answer.status)
const types = () => log.events.map(({ type }) => type)

/** The log, with some calls of `append` going wrong: `fail` says how, by their number from 1. */
const troubled = (fail: (n: number) => 'lost' | 'down' | 'rival' | undefined): EventLog => {
  let n = 0
  return Object.assign(Object.create(log) as EventLog, {
    async append(...args: Parameters<EventLog['append']>) {
      const how = fail(++n)
      if (how === 'down') throw new LogUnavailable('down')
      if (how === 'rival') throw new WrongExpectedRevision(args[0], args[2].expected, 7)
      const appended = await log.append(...args)
      if (how === 'lost') throw new LogUnavailable('lost')
      return appended
    },
  })
}

describe('a command', () => {
  test('is decided, and what it writes carries who, when and why', async () => {
    const answer = await does()({
      ...send('Capture', { contact }, 'c-first'),
      envelope: { commandId: 'c-first', actor, occurredAt: '2026-03-01T00:00:00.000Z', correlationId: 'chain' },
    })
    expect(answer).toMatchObject({
      status: 'accepted',
      stream: 'lead-L-1',
      revision: 0,
      repeated: false,
      position: log.events[0]!.position,
      events: [{ type: 'LeadCaptured', data: { leadId: 'L-1', contact } }],
    })
    expect(log.events[0]).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
      meta: {
        occurredAt: '2026-03-01T00:00:00.000Z',
        actor,
        caseId: 'L-1',
        commandId: 'c-first',
        commandType: 'Capture',
        correlationId: 'chain',
        causationId: 'c-first',
      },
    })
    expect(JSON.stringify(log.events)).not.toContain('王芳')
  })

  test('does not happen before what the stream knows already, whatever the clock says now', async () => {
    const touch = send('Touch')
    const soon = '2026-03-02T02:04:00.000Z'
    await does()(send('Capture'))
    await open().executeAll(lead, 'L-1', [
      { ...touch, envelope: { ...touch.envelope, occurredAt: soon } },
      send('Touch'),
    ])
    const back = open({ clock: { now: () => '2026-03-02T01:00:00.000Z' } })
    expect(code(await does(back)(send('Touch')))).toBe('accepted')
    expect(log.events.map(({ meta }) => meta.occurredAt)).toEqual([now, soon, soon, soon])
  })

  test('happens now where it does not say when, and names by its id what it makes', async () => {
    await does()(send('Capture'))
    await does()(send('Touch', { times: 2 }, 'c-touch'))
    const [, first, second] = log.events
    expect(first!.meta.occurredAt).toBe(now)
    expect([first, second].map((event) => (event!.data as { touchId: string }).touchId)).toEqual([
      deriveId('c-touch', 'touch 0'),
      deriveId('c-touch', 'touch 1'),
    ])
  })

  test('that comes again is answered as the first time, whatever came in between', async () => {
    const item = send('Capture', { contact })
    const first = await does()(item)
    await does()(send('Touch'))
    expect(await does()(item)).toEqual({ ...first, repeated: true })
    expect(types()).toEqual(['LeadCaptured', 'LeadTouched'])
  })

  test('under the id of another kind of command is refused', async () => {
    await does()(send('Capture', {}, 'c-twice'))
    const answer = await does()(send('Touch', {}, 'c-twice'))
    expect(answer).toMatchObject({
      refusal: { code: 'command-id-reused', details: { first: 'Capture', now: 'Touch' } },
    })
  })

  test('whose wish holds already writes nothing', async () => {
    for (const type of ['Capture', 'Qualify']) await does()(send(type))
    expect(await does()(send('Qualify'))).toMatchObject({
      status: 'accepted',
      revision: 1,
      events: [],
      repeated: false,
    })
    expect(types()).toHaveLength(2)
  })

  test('that is refused writes nothing, and may be right later', async () => {
    const item = send('Touch')
    expect(code(await does()(item))).toBe('lead-not-found')
    await does()(send('Capture'))
    expect(code(await does()(item))).toBe('accepted')
  })

  test('may need other streams and look-ups, as they are now', async () => {
    const merge = () => send('Merge', { into: 'L-2' })
    await does()(send('Capture'))
    const shell = open()
    expect(code(await does(shell)(merge()))).toBe('cannot-merge')
    await does(shell).on('L-2')(send('Capture', { contact }))
    expect(code(await does(shell)(merge()))).toBe('accepted')
    await does(shell).on('L-forbidden')(send('Capture'))
    expect(code(await does(shell)(send('Merge', { into: 'L-forbidden' })))).toBe('cannot-merge')
  })

  test('is tried out without a trace', async () => {
    const shell = open()
    const { command, envelope } = send('Capture')
    expect(await shell.preview(lead, 'L-1', command, envelope)).toMatchObject({ status: 'accepted', revision: 0 })
    expect(code(await shell.preview(lead, 'L-1', { type: 'Touch', data: {} }, envelope))).toBe('lead-not-found')
    expect(log.events).toEqual([])
  })
})

describe('several commands on one stream', () => {
  test('take one append; each has its own answer, and who is refused does not hold up the others', async () => {
    let appends = 0
    const shell = open({ log: troubled(() => void appends++) })
    const touch = send('Touch', { times: 2 })
    const items = [send('Touch'), send('Capture'), touch, { ...touch }, send('Nonsense'), send('Qualify')]
    const answers = await shell.executeAll(lead, 'L-1', items)
    expect(answers.map(code)).toEqual([
      'lead-not-found',
      'accepted',
      'accepted',
      'accepted',
      'invalid-command',
      'accepted',
    ])
    expect(answers.map((answer) => answer.status === 'accepted' && [answer.revision, answer.repeated])).toEqual([
      false,
      [0, false],
      [2, false],
      [2, true],
      false,
      [3, false],
    ])
    expect(types()).toEqual(['LeadCaptured', 'LeadTouched', 'LeadTouched', 'LeadQualified'])
    expect(appends).toBe(1)
    expect(await shell.executeAll(lead, 'L-1', items.slice(1))).toMatchObject([{ repeated: true }, {}, {}, {}, {}])
    expect(log.events).toHaveLength(4)
  })

  test('sent one by one at the same time wait for each other', async () => {
    const shell = open()
    await does(shell)(send('Capture'))
    await Promise.all(Array.from({ length: 20 }, () => does(shell)(send('Touch'))))
    expect(log.events.slice(1).map(({ data }) => (data as { channel: string }).channel)).toEqual(
      Array.from({ length: 20 }, (_, i) => `after ${i}`),
    )
  })
})

describe('a command that begins a stream', () => {
  /** How often the stream is read. */
  const reads = async (...items: Item[]) => {
    let count = 0
    const counting: EventLog = Object.assign(Object.create(log) as EventLog, {
      readStream(...args: Parameters<EventLog['readStream']>) {
        count++
        return log.readStream(...args)
      },
    })
    const answers = await open({ log: counting }).executeAll(lead, 'L-1', items)
    return { count, codes: answers.map(code) }
  }

  test('is decided without a look at it, with all that comes along', async () => {
    const items = [send('Capture'), send('Touch'), send('Capture'), send('Qualify')]
    expect(await reads(...items)).toEqual({ count: 0, codes: ['accepted', 'accepted', 'lead-exists', 'accepted'] })
    expect(types()).toEqual(['LeadCaptured', 'LeadTouched', 'LeadQualified'])
  })

  test('takes a look where something is there, and is decided on that', async () => {
    const [capture, touch] = [send('Capture', { contact }), send('Touch')]
    await open().executeAll(lead, 'L-1', [capture, touch])
    expect(await reads(capture, touch)).toEqual({ count: 1, codes: ['accepted', 'accepted'] })
    expect(await reads(send('Capture', { contact }), send('Qualify'))).toEqual({
      ...{ count: 1, codes: ['lead-exists', 'accepted'] },
    })
    expect(types()).toEqual(['LeadCaptured', 'LeadTouched', 'LeadQualified'])
  })
})

describe('when the log', () => {
  test('took the events but its answer got lost, they are written once', async () => {
    const shell = open({ log: troubled((n) => (n === 1 ? 'lost' : undefined)) })
    expect(await does(shell)(send('Capture'))).toMatchObject({ status: 'accepted', repeated: false })
    expect(types()).toEqual(['LeadCaptured'])
  })

  test('lost every answer, the command that is sent again finds its events', async () => {
    const item = send('Capture')
    await expect(does(open({ log: troubled(() => 'lost') }))(item)).rejects.toThrow(LogUnavailable)
    expect(await does()(item)).toMatchObject({ status: 'accepted', repeated: true })
    expect(types()).toEqual(['LeadCaptured'])
  })

  test('changed in between, the command is decided again; in the end its sender is told', async () => {
    expect(code(await does(open({ log: troubled((n) => (n < 5 ? 'rival' : undefined)) }))(send('Capture')))).toBe(
      'accepted',
    )
    const contended = does(open({ log: troubled(() => 'rival'), attempts: 4 }))(send('Touch'))
    await expect(contended).rejects.toThrow(Contention)
    await expect(contended).rejects.toMatchObject({ stream: 'lead-L-1', attempts: 4 })
  })

  test('holds what is not known here, nothing is decided on it', async () => {
    await does()(send('Capture'))
    await log.append('lead-L-1', [{ ...log.events[0]!, id: newId(), version: 9 }], { expected: 0 })
    await expect(does()(send('Touch'))).rejects.toThrow(UnreadableEvent)
  })
})

describe('refused before it is decided:', () => {
  const refusal = async (item: { command?: object; envelope?: object }, id = 'L-1') => {
    const { command, envelope } = send('Capture')
    const sent = { command: { ...command, ...item.command }, envelope: { ...envelope, ...item.envelope } }
    const answer = await does().on(id)(sent as Item)
    expect(log.events).toEqual([])
    return answer.status === 'refused' ? answer.refusal : undefined
  }

  test.each([
    ['data of the wrong type', { command: { data: { note: 7 } } }, ['data', 'note']],
    ['data missing deep within', { command: { data: { contact: { name: 'x' } } } }, ['data', 'contact', 'subject']],
    ['an unknown type', { command: { type: 'Nonsense' } }, ['type']],
    ['a time that is none', { envelope: { occurredAt: '2026-02-30T00:00:00.000Z' } }, ['occurredAt']],
    ['a time without zone', { envelope: { occurredAt: '2026-03-01 10:00' } }, ['occurredAt']],
    ['no command id', { envelope: { commandId: '' } }, ['commandId']],
    ['nobody', { envelope: { actor: { id: '', role: 'rep' } } }, ['actor', 'id']],
  ])('%s', async (_, item, path) => {
    expect(await refusal(item)).toMatchObject({ code: 'invalid-command', details: { issues: [{ path }] } })
  })

  test('an id that none can have', async () => {
    expect(await refusal({}, 'L 1\n')).toMatchObject({
      code: 'invalid-command',
      details: { issues: [{ path: ['id'] }] },
    })
  })

  test('what has not happened yet, but for clocks that are a little ahead', async () => {
    expect(await refusal({ envelope: { occurredAt: '2026-03-02T02:05:00.001Z' } })).toMatchObject({
      code: 'occurred-in-future',
    })
    const item = send('Capture')
    const ahead = { ...item.envelope, occurredAt: '2026-03-02T02:05:00.000Z' }
    expect(code(await does()({ ...item, envelope: ahead }))).toBe('accepted')
  })

  test.each([
    ['half a surrogate pair', { command: { data: { note: 'a\ud83d' } } }, ['data', 'note']],
    ['U+0000', { command: { data: { contact: { subject: 'p', name: '\0' } } } }, ['data', 'contact', 'name']],
    ['the same in the actor', { envelope: { actor: { id: '\udc00', role: 'rep' } } }, ['actor', 'id']],
  ])('text that is none: %s', async (_, item, path) => {
    expect(await refusal(item)).toMatchObject({ code: 'invalid-text', details: { path } })
  })

  test('too much at once', async () => {
    expect(await refusal({ command: { data: { note: '销'.repeat(400_000) } } })).toMatchObject({
      code: 'payload-too-large',
      details: { limit: 1_048_576 },
    })
  })

  test('a command of another kind of stream', async () => {
    expect(await refusal({ command: { type: 'Rival' } })).toMatchObject({
      code: 'wrong-stream-kind',
      details: { expected: 'deal', actual: 'lead' },
    })
  })
})

test('a stream that holds events of another kind takes no command', async () => {
  const meta = { occurredAt: now, actor, caseId: 'x', commandId: 'x', correlationId: 'x', causationId: 'x' }
  const foreign = encodeEvent({ type: 'DealUnblocked', data: { stage: 's', reason: 'r' } }, meta, newId(), new Map())
  await log.append('lead-L-1', [foreign], { expected: 'none' })
  expect(await does()(send('Capture'))).toMatchObject({
    refusal: { code: 'wrong-stream-kind', details: { type: 'DealUnblocked', category: 'deal' } },
  })
  await expect(open().load(lead, 'L-1')).rejects.toThrow(WrongStreamKind)
})

describe('somebody who was forgotten', () => {
  test('stays so: nothing new is stored, and what there was reads as forgotten', async () => {
    await does()(send('Capture', { contact }, 'c-known'))
    await vault.destroy('p-1')
    expect(await does()(send('Capture', { contact }, 'c-known'))).toMatchObject({
      repeated: true,
      events: [{ data: { contact: { subject: 'p-1', name: FORGOTTEN } } }],
    })
    const answers = await open().executeAll(lead, 'L-2', [send('Capture', { contact }), send('Capture')])
    expect(answers.map(code)).toEqual(['subject-forgotten', 'accepted'])
    expect(answers[0]).toMatchObject({ refusal: { details: { subject: 'p-1', field: 'contact.name' } } })
  })
})
