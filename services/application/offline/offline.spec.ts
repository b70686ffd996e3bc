import { dyingAt } from '@headwater/shell/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { arrivals, byStream, chunked, finalAnswers, reference, submit } from '../testing/offline-law.ts'
import { actor, envelope, everything, foundedLog, leadData, now, openApplication, story } from '../testing/world.ts'
import type { OfflineAnswer, OfflineItem } from './submit.ts'

const item = (sequence: number, type: string, data: object = {}, more: Partial<OfflineItem> = {}): OfflineItem => ({
  sequence,
  commandId: `command-${sequence}`,
  target: { category: 'lead', id: 'L-1' },
  command: { type, data },
  occurredAt: now,
  ...more,
})
const capture = item(1, 'CaptureLead', leadData)
const qualify = item(2, 'QualifyLead')
const convert = item(3, 'ConvertLead')

async function device() {
  const world = await foundedLog()
  const before = (await everything(world.log)).length
  return {
    ...world,
    send: (...items: OfflineItem[]) => world.application.submitOfflineBatch('phone', items, actor),
    written: async () => (await everything(world.log)).slice(before).map(({ stream, type }) => `${stream} ${type}`),
  }
}

describe('a batch', () => {
  test('is carried out in order, each item through the same gates, and each answer is kept', async () => {
    const { send, written } = await device()
    const touch = item(
      2,
      'TouchLead',
      { channel: null, direction: 'inbound' },
      { target: { category: 'lead', id: 'L-9' } },
    )
    expect(await send(capture, touch, item(3, 'QualifyLead'))).toEqual([
      { sequence: 1, commandId: 'command-1', status: 'accepted', stream: 'lead-L-1', revision: 0 },
      {
        sequence: 2,
        commandId: 'command-2',
        status: 'refused',
        refusal: expect.objectContaining({ refused: true, code: 'lead-not-found', details: { leadId: 'L-9' } }),
      },
      { sequence: 3, commandId: 'command-3', status: 'accepted', stream: 'lead-L-1', revision: 1 },
    ])
    expect(await written()).toEqual([
      'lead-L-1 LeadCaptured',
      'device-phone OfflineItemAnswered',
      'device-phone OfflineItemAnswered',
      'lead-L-1 LeadQualified',
      'device-phone OfflineItemAnswered',
    ])
  })

  test('sent again changes nothing and is answered alike, also where the refusal would not hold any more', async () => {
    const { send, application, written } = await device()
    const early = item(1, 'QualifyLead')
    const answers = await send(early, item(2, 'CaptureLead', leadData))
    const before = await written()
    expect(answers).toMatchObject([{ status: 'refused' }, { status: 'accepted' }])
    expect(await send(item(2, 'CaptureLead', leadData), early, early)).toEqual([answers[1], answers[0], answers[0]])
    expect(await written()).toEqual(before)
    expect(await send(item(3, 'QualifyLead'))).toMatchObject([{ status: 'accepted' }])
    expect(await application.submitOfflineBatch('phone', [], actor)).toEqual([])
  })

  test('with a gap waits for what is missing, sealed, and goes on in the order of the device', async () => {
    const { send, written, log } = await device()
    expect(await send(convert, qualify)).toMatchObject([
      { status: 'held', waitingFor: 1 },
      { status: 'held', waitingFor: 1 },
    ])
    expect(JSON.stringify(await everything(log))).not.toContain('ConvertLead')
    expect(await send(convert, capture)).toMatchObject([
      { sequence: 3, status: 'accepted' },
      { sequence: 1, status: 'accepted' },
    ])
    expect(await written()).toEqual([
      'device-phone OfflineItemHeld',
      'device-phone OfflineItemHeld',
      'lead-L-1 LeadCaptured',
      'device-phone OfflineItemAnswered',
      'lead-L-1 LeadQualified',
      'device-phone OfflineItemAnswered',
      'lead-L-1 LeadConverted',
      'device-phone OfflineItemAnswered',
    ])
  })

  test('keeps what waited readable only until its turn', async () => {
    const { send, vault, log } = await device()
    await send(qualify)
    const keys: string[] = []
    const destroy = vault.destroy.bind(vault)
    vault.destroy = (subject) => {
      keys.push(subject)
      return destroy(subject)
    }
    await send(capture)
    expect(keys).toHaveLength(1)
    expect((await vault.find(keys)).size).toBe(0)
    expect((await everything(log)).filter(({ type }) => type === 'OfflineItemHeld')).toHaveLength(1)
  })

  test('may not give a number to a second command, or a command to a second number', async () => {
    const { send, written } = await device()
    await send(capture, convert)
    const before = await written()
    expect(await send({ ...qualify, sequence: 1 }, { ...qualify, sequence: 3 })).toMatchObject([
      { status: 'refused', refusal: { code: 'sequence-reused' } },
      { status: 'refused', refusal: { code: 'sequence-reused' } },
    ])
    expect(await send({ ...capture, sequence: 2 }, { ...convert, sequence: 2 })).toMatchObject([
      { status: 'accepted', revision: 0 },
      { status: 'held' },
    ])
    expect(await written()).toEqual(before)
    expect(await send(qualify)).toMatchObject([{ status: 'accepted' }])
  })

  test.each([
    ['without a number', { sequence: 0 }],
    ['with half a number', { sequence: 1.5 }],
    ['without a command id', { commandId: '' }],
  ])('item %s is refused and uses up no number', async (_, wrong) => {
    const { send, written } = await device()
    expect(await send({ ...capture, ...wrong })).toMatchObject([
      { status: 'refused', refusal: { code: 'invalid-command' } },
    ])
    expect(await written()).toEqual([])
    expect(await send(capture)).toMatchObject([{ status: 'accepted' }])
  })

  test.each([
    ['an unknown command', item(1, 'Nonsense'), 'invalid-command'],
    ['an unknown category', { ...capture, target: { category: 'device', id: 'phone' } }, 'unknown-category'],
    ['a time that is none', { ...capture, occurredAt: 'yesterday' }, 'invalid-command'],
    ['a time to come', { ...capture, occurredAt: '2027-01-01T00:00:00.000Z' }, 'occurred-in-future'],
    ['text that is none', item(1, 'CaptureLead', { ...leadData, organisation: '\ud83d' }), 'invalid-text'],
  ])('item with %s is refused for good and holds up nothing', async (_, wrong, code) => {
    const { send } = await device()
    for (let i = 0; i < 2; i++) expect(await send(wrong)).toMatchObject([{ status: 'refused', refusal: { code } }])
    expect(await send({ ...capture, sequence: 2, commandId: 'corrected' })).toMatchObject([{ status: 'accepted' }])
  })

  test('of an impossible device is refused as a whole', async () => {
    const { application } = await device()
    expect(await application.submitOfflineBatch('a b', [capture], actor)).toMatchObject([
      { sequence: 1, status: 'refused', refusal: { code: 'invalid-command' } },
    ])
  })

  test('finds its own effect after a crash before the answer was kept', async () => {
    const { log, vault, send, written } = await device()
    const dying = openApplication(dyingAt(log, 1, 'after'), vault)
    await expect(dying.submitOfflineBatch('phone', [capture], actor)).rejects.toThrow('killed')
    expect(await written()).toEqual(['lead-L-1 LeadCaptured'])
    expect(await send(capture)).toMatchObject([{ status: 'accepted', revision: 0 }])
    expect(await written()).toEqual(['lead-L-1 LeadCaptured', 'device-phone OfflineItemAnswered'])
  })

  test('sees what came another way in between', async () => {
    const { send, application } = await device()
    await send(capture)
    await application.dispatch({ category: 'lead', id: 'L-1' }, { type: 'QualifyLead', data: {} }, envelope())
    expect(await send({ ...convert, sequence: 2 })).toMatchObject([{ status: 'accepted', revision: 2 }])
  })
})

describe('law: for one order of first arrivals', { timeout: 60_000 }, () => {
  const runs = (shared: boolean) => arrivals(shared).chain((first) => fc.tuple(fc.constant(first), chunked(first)))

  test('any chunking and any resends give the same log and the same answers', async () => {
    await fc.assert(
      fc.asyncProperty(runs(true), async ([first, batches]) => {
        const expected = await reference(first)
        const { log, application } = await foundedLog()
        const kept = new Map<string, object>()
        for (const batch of batches)
          for (const answer of await submit(application, batch)) {
            if (!isKept(answer)) continue
            const { sequence: _, ...given } = answer
            const before = kept.get(answer.commandId)
            if (before) expect(given).toEqual(before)
            kept.set(answer.commandId, given)
          }
        expect(await story(log)).toEqual(expected.story)
        expect(await finalAnswers(application, first)).toEqual(expected.answers)
        expect(await story(log)).toEqual(expected.story)
      }),
      { numRuns: 150 },
    )
  })

  test('so do batches that do not wait for each other', async () => {
    await fc.assert(
      fc.asyncProperty(runs(false), async ([first, batches]) => {
        const expected = await reference(first)
        const { log, application } = await foundedLog()
        await Promise.all(batches.map((batch) => submit(application, batch)))
        expect(byStream(await story(log))).toEqual(byStream(expected.story))
        expect(await finalAnswers(application, first)).toEqual(expected.answers)
      }),
      { numRuns: 100 },
    )
  })

  test('and so does a process that dies at any append, if what it did not answer is sent again', async () => {
    await fc.assert(
      fc.asyncProperty(
        runs(true),
        fc.integer({ min: 1, max: 12 }),
        fc.constantFrom('before', 'after'),
        async ([first, batches], n, when) => {
          const expected = await reference(first)
          const { log, vault } = await foundedLog()
          let application = openApplication(dyingAt(log, n, when), vault)
          for (const batch of batches) {
            try {
              await submit(application, batch)
            } catch {
              application = openApplication(log, vault)
              await submit(application, batch)
            }
          }
          expect(await story(log)).toEqual(expected.story)
          expect(await finalAnswers(application, first)).toEqual(expected.answers)
        },
      ),
      { numRuns: 150 },
    )
  })
})

/** Not: what waits, what never had a proper number, and whose number was another's. */
const isKept = (answer: OfflineAnswer) =>
  answer.sequence >= 1 &&
  !(answer.status === 'refused' && answer.refusal.code === 'sequence-reused') &&
  answer.status !== 'held'
