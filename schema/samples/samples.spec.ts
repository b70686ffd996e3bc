// What was written once stays readable: a stored sample of each version of each event.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { decodeEvent, upcast } from '../codec.ts'
import type { RecordedEvent } from '../envelope.ts'
import { eventDefinitions } from '../events/index.ts'
import { sampleKeys } from './keys.ts'

const read = (name: string) => readFileSync(`${import.meta.dirname}/${name}`, 'utf8')
const names = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.json'))
const placed = { stream: 'sample-1', revision: 0, position: '1', recordedAt: '2026-03-02T02:00:00.000Z' }

test('each version of each event has one', () => {
  const versions = [...eventDefinitions.values()].flatMap(({ type, schemas }) =>
    Object.keys(schemas).map((version) => `${type}.v${version}.json`),
  )
  expect(names.toSorted(), 'add it: npm run sample -w schema -- <type> <data>').toEqual(versions.toSorted())
})

test('their bytes are never changed, added to only', () => {
  const sums = names.map((name) => `${createHash('sha256').update(read(name)).digest('hex')}  ${name}`)
  expect(read('SHA256SUMS').trim().split('\n').toSorted()).toEqual(sums.toSorted())
})

describe.each(names)('%s', (name) => {
  const recorded = { ...JSON.parse(read(name)), ...placed } as RecordedEvent
  const { schemas, version } = eventDefinitions.get(recorded.type)!

  test('reads as today’s version', () => {
    const event = decodeEvent(recorded, sampleKeys)
    expect(event.version).toBe(version)
    expect(schemas[version]!.parse(event.data)).toEqual(event.data)
    expect(JSON.stringify(event)).not.toMatch(/"sealed"|"forgotten"/)
  })

  test('reads when its person was forgotten, and sealed', () => {
    const event = decodeEvent(recorded, new Map())
    expect(schemas[version]!.parse(event.data)).toEqual(event.data)
    expect(upcast(recorded)).toMatchObject({ type: recorded.type, version })
  })
})
