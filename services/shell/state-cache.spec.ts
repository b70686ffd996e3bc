import { encodeEvent, FORGOTTEN, newId } from '@headwater/schema'
import { expect, test } from 'vitest'
import { StateCache } from './state-cache.ts'
import { MemoryLog } from './testing/index.ts'

const captured = {
  category: 'lead',
  initialState: [] as readonly unknown[],
  evolve: (state: readonly unknown[], event: { data: unknown }) => [...state, event.data],
}
const meta = {
  occurredAt: '2026-03-02T02:00:00.000Z',
  actor: { id: 'rep-1', role: 'rep' },
  caseId: 'L-1',
  commandId: 'c',
  correlationId: 'c',
  causationId: 'c',
}

test('who asks gets what was there when they asked; many at once share a read; what is known is not read again', async () => {
  const log = new MemoryLog()
  const reads: number[] = []
  const states = new StateCache({
    readStream(stream, options) {
      reads.push(options!.from!)
      return log.readStream(stream, options)
    },
  })
  const add = () => {
    const contact = { subject: 'p-1', name: '王芳' }
    const event = { type: 'LeadContactChanged', data: { contact } }
    const stored = encodeEvent(event, meta, newId(), new Map([['p-1', Buffer.alloc(32)]]))
    return log.append('lead-L-1', [stored], { expected: 'any' })
  }
  await add()
  const early = states.current(captured, 'L-1')
  await add()
  const late = Array.from({ length: 10 }, () => states.current(captured, 'L-1'))
  expect((await early).revision).toBeLessThanOrEqual(1)
  for (const answer of await Promise.all(late)) expect(answer.revision).toBe(1)
  expect(reads).toHaveLength(2)
  await add()
  const { state, revision } = await states.current(captured, 'L-1')
  expect(reads).toEqual([0, reads[1], 2])
  expect(revision).toBe(2)
  expect(state).toEqual(Array(3).fill({ contact: { subject: 'p-1', name: FORGOTTEN } }))
})
