import { expect, test } from 'vitest'
import { commandSpanId, correlationOf, traceIdOf } from './correlation.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'

test('a traceparent goes before an id of the caller; one that is not valid counts for nothing', () => {
  const correlationId = 'order-17'
  expect(correlationOf({ traceparent: `00-${traceId}-00f067aa0ba902b7-01`, correlationId })).toMatchObject({
    correlationId: traceId,
    parentSpanId: '00f067aa0ba902b7',
  })
  for (const traceparent of [
    '',
    'nonsense',
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
  ])
    expect(correlationOf({ traceparent, correlationId })).toMatchObject({ correlationId, parentSpanId: undefined })
})

test('a correlation id is the id of its trace where it can be one, and else always leads to the same', () => {
  expect(traceIdOf(traceId)).toBe(traceId)
  for (const id of ['order-17', '0'.repeat(32), traceId.toUpperCase()]) {
    expect(traceIdOf(id)).toMatch(/^[\da-f]{32}$/)
    expect(traceIdOf(id)).toBe(traceIdOf(id))
    expect(traceIdOf(id)).not.toBe(id)
  }
})

test('commands of one trace have spans of their own', () => {
  const spans = ['a', 'b'].map((commandId) => commandSpanId({ correlationId: traceId, commandId }))
  expect(new Set(spans).size).toBe(2)
  for (const span of spans) expect(span).toMatch(/^[\da-f]{16}$/)
})
