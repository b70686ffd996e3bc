import { randomBytes } from 'node:crypto'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import {
  decodeEvent,
  encodeEvent,
  InvalidEvent,
  type StoredEvent,
  subjectsOfEvent,
  subjectsOfRecorded,
  UnreadableEvent,
  upcast,
} from './codec.ts'
import type { EventMeta, NewEvent, Position, RecordedEvent } from './envelope.ts'
import { defineEvent, type EventDefinition } from './events/define.ts'
import { eventDefinitions } from './events/registry.ts'
import { FORGOTTEN, type Forgotten, personal, type Sealed, SubjectForgotten } from './personal/index.ts'

const meta: EventMeta = {
  occurredAt: '2026-03-02T02:00:00.000Z',
  actor: { id: 'rep-1', role: 'rep' },
  caseId: 'L-1',
  commandId: 'c-1',
  correlationId: 'c-1',
  causationId: 'c-1',
}
const contact = { subject: 'p-1', name: '王芳', phone: '+8613800000000' }
const captured = {
  type: 'LeadCaptured',
  data: {
    leadId: 'L-1',
    contact,
    tags: { type: 'a', region: 'b', firstContactChannel: 'c' },
    source: { channel: null },
  },
}
const keys = new Map([['p-1', randomBytes(32)]])

/** Through JSON, as the log does. */
const record = (event: NewEvent): RecordedEvent => ({
  ...(JSON.parse(JSON.stringify(event)) as NewEvent),
  stream: 'lead-L-1',
  revision: 0,
  position: '1' as Position,
  recordedAt: '2026-03-02T02:00:01.000Z',
})
const recorded = record(encodeEvent(captured, meta, 'e-1', keys))

describe('an event', () => {
  test('comes back as it was, and is sealed in between', () => {
    expect(subjectsOfEvent(captured)).toEqual(['p-1'])
    expect(subjectsOfRecorded(recorded)).toEqual(['p-1'])
    expect(JSON.stringify(recorded)).not.toMatch(/王芳|13800000000/)
    expect(recorded).toMatchObject({ id: 'e-1', type: 'LeadCaptured', version: 1, meta })
    expect(decodeEvent(recorded, keys)).toEqual({ ...recorded, data: captured.data })
  })

  test('of somebody forgotten stays readable, and nothing new is stored of them', () => {
    const forgotten = { subject: 'p-1', name: FORGOTTEN, phone: FORGOTTEN }
    expect(decodeEvent(recorded, new Map()).data).toEqual({ ...captured.data, contact: forgotten })
    expect(() => encodeEvent(captured, meta, 'e-1', new Map())).toThrow(SubjectForgotten)
  })

  test('can be passed on sealed', () => {
    const stored = upcast(recorded)
    expect(stored).toBe(recorded)
    if (stored.type !== 'LeadCaptured') throw new Error('not the event that was recorded')
    expectTypeOf(stored.data.contact!.name).toEqualTypeOf<Sealed | Forgotten | undefined>()
    expectTypeOf(stored.data.leadId).toEqualTypeOf<string>()
  })

  test('is stored only as its schema allows, without what the schema does not name', () => {
    const stored = encodeEvent({ type: 'DealReopened', data: { stage: 's', reason: 'r', more: 1 } }, meta, 'e', keys)
    expect(stored.data).toEqual({ stage: 's', reason: 'r' })
    expect(() => encodeEvent({ type: 'DealReopened', data: { stage: 's' } }, meta, 'e', keys)).toThrow(InvalidEvent)
    expect(() => encodeEvent({ type: 'DealReopend', data: {} }, meta, 'e', keys)).toThrow(InvalidEvent)
    for (const occurredAt of [
      '2026-03-02',
      '0000-01-01T00:00:00.000Z',
      '1899-12-31T23:59:59.999Z',
      '9999-12-31T23:59:59.999Z',
    ])
      expect(() => encodeEvent(captured, { ...meta, occurredAt }, 'e', keys)).toThrow(InvalidEvent)
  })

  test.each([
    { type: 'LeadCaptured', version: 99 },
    { type: 'SomethingElse', version: 1 },
  ])('of unknown kind says what and where: $type v$version', (unknown) => {
    const foreign = { ...recorded, ...unknown }
    for (const read of [() => decodeEvent(foreign, keys), () => upcast(foreign), () => subjectsOfRecorded(foreign)]) {
      expect(read).toThrow(UnreadableEvent)
      expect(read).toThrow(expect.objectContaining({ ...unknown, position: '1', stream: 'lead-L-1' }))
    }
  })

  test('of an old version is opened as it was written, then lifted version by version', () => {
    const Person = z.object({ subject: z.string(), name: personal(z.string()) })
    const definition = defineEvent(
      'SpecNoted',
      [
        z.object({ who: Person }),
        z.object({ who: Person, tags: z.array(z.string()) }),
        z.object({ who: Person, count: z.int() }),
      ],
      (data: { who: unknown }) => ({ ...data, tags: [] }),
      ({ tags, ...data }: { who: unknown; tags: string[] }) => ({ ...data, count: tags.length }),
    )
    const definitions = eventDefinitions as Map<string, EventDefinition>
    definitions.set('SpecNoted', defineEvent('SpecNoted', [z.object({ who: Person })]))
    const first = record(
      encodeEvent({ type: 'SpecNoted', data: { who: { subject: 'p-1', name: 'Bo' } } }, meta, 'e', keys),
    )
    definitions.set('SpecNoted', definition)
    expect(decodeEvent(first, keys)).toMatchObject({ version: 3, data: { who: { name: 'Bo' }, count: 0 } })
    expect(upcast(first)).toMatchObject({
      version: 3,
      data: { who: { name: { sealed: expect.any(String) } }, count: 0 },
    })
    expect(upcast(upcast(first) as RecordedEvent)).toEqual(upcast(first))
    definitions.delete('SpecNoted')
  })

  test('types: what is not personal stays as it is', () => {
    type Answer = Extract<StoredEvent, { type: 'OfflineItemAnswered' }>['data']['answer']
    expectTypeOf<Extract<Answer, { status: 'refused' }>['details']>().toEqualTypeOf<
      { readonly [name: string]: unknown } | undefined
    >()
  })
})
