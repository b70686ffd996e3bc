import { builtinPlaybooks } from '@headwater/sales'
import { describe, expect, it } from 'vitest'
import { defaults, endOf, organisationId, simulationId, simulationOf } from './identity.ts'
import { type SimulationOptions, type Told, writeScript } from './script.ts'
import type { Step } from './step.ts'

const options = {
  ...{ seed: 1, regions: 3, stores: 6, reps: 18, days: 56, leadsPerDay: 30 },
  ...{ endsAt: '2026-11-22T08:00:00.000Z', playbooks: builtinPlaybooks },
}
const stepsOf = (wanted: SimulationOptions) => writeScript(wanted).parts.flatMap(({ blocks }) => [...blocks].flat(2))
const untitled = ({ envelope, ...step }: Step) => step
const steps = stepsOf(options)
const ofType = (type: string) => steps.filter(({ command }) => command.type === type)

describe('a simulation', () => {
  it('is the same for the same seed and end, and another one for another seed', () => {
    expect(stepsOf(options)).toEqual(steps)
    expect(stepsOf({ ...options, seed: 2 }).map(untitled)).not.toEqual(steps.map(untitled))
    expect(stepsOf({ ...options, endsAt: '2026-11-23T08:00:00.000Z' })).not.toEqual(steps)
  })

  it('gives every command an id of its own that tells where it belongs', () => {
    const ids = steps.map(({ envelope }) => envelope.commandId)
    expect(new Set(ids).size).toBe(steps.length)
    for (const id of ids) expect(id.startsWith(simulationId(options))).toBe(true)
    expect(ids.at(-1)).toBe(endOf(options))
  })

  it('can be told by the id of its first command, whatever its size', () => {
    const { playbooks: _, ...identity } = options
    expect(simulationOf(steps[0]!.envelope.commandId)).toEqual(identity)
    const usual = { ...defaults, endsAt: options.endsAt }
    expect(organisationId(usual)).toBe(`${simulationId(usual)}.org`)
    expect(simulationOf(`${organisationId(usual)}.0`)).toEqual(usual)
    expect(simulationOf(steps.at(-1)!.envelope.commandId)).toBeUndefined()
    expect(simulationOf('0194f3c2-0000-7000-8000-000000000000')).toBeUndefined()
  })

  it('knows nothing of what comes after its end', () =>
    expect(steps.filter(({ envelope }) => envelope.occurredAt > options.endsAt)).toEqual([]))

  it('has more leads at weekends, and about as many as were asked for', () => {
    const leads = ofType('CaptureLead')
    const average = 1.1 * options.leadsPerDay // in autumn
    expect(leads.length / options.days).toBeGreaterThan(0.85 * average)
    expect(leads.length / options.days).toBeLessThan(1.15 * average)
    const byDay = leads.reduce<number[]>((days, { envelope }) => {
      const day = new Date(Date.parse(envelope.occurredAt) + 8 * 3_600_000).getUTCDay()
      days[day] = (days[day] ?? 0) + 1
      return days
    }, [])
    expect(Math.min(byDay[0]!, byDay[6]!)).toBeGreaterThan(Math.max(...byDay.slice(1, 6)))
  })

  it('comes through many channels, into both playbooks', () => {
    const channels = new Set(
      ofType('CaptureLead').map(({ command }) => (command.data.source as { channel: string }).channel),
    )
    expect(channels.size).toBeGreaterThanOrEqual(8)
    expect(channels.size).toBeLessThanOrEqual(12)
    const opened = ofType('OpenDeal').map(({ command }) => (command.data.playbook as { id: string }).id)
    expect(new Set(opened)).toEqual(new Set(['home-improvement', 'b2b-device']))
  })

  it('is judged by marketing and by sales, not always alike', () => {
    const judged = (type: string) => new Set(ofType(type).map(({ id }) => id))
    const [valid, qualified] = [judged('MarkLeadValid'), judged('QualifyLead')]
    const both = [...valid].filter((id) => qualified.has(id)).length
    expect(both).toBeGreaterThan(0)
    expect(both).toBeLessThan(valid.size)
    expect(both).toBeLessThan(qualified.size)
  })

  it('enters some facts late, and tries some gates too early', () => {
    const late = ofType('LogDealActivity').filter((step) => {
      const own = steps.filter(({ id }) => id === step.id)
      return own[own.indexOf(step) - 1]!.envelope.occurredAt > step.envelope.occurredAt
    })
    expect(late.length).toBeGreaterThan(0)
    expect(steps.filter(({ refused }) => refused === 'gate-unmet').length).toBeGreaterThan(0)
  })

  it.each([
    ['one store with one rep', { regions: 1, stores: 1, reps: 1 }],
    ['more regions than stores', { regions: 5, stores: 2, reps: 3 }],
    ['more stores than reps', { regions: 2, stores: 9, reps: 4 }],
  ])('can be of any size: %s', (_, size) => {
    const small = stepsOf({ ...options, ...size, days: 14, leadsPerDay: 5 })
    const count = (type: string) => small.filter(({ command }) => command.type === type).length
    expect(count('OpenStore')).toBe(size.stores)
    expect(count('OpenRegion')).toBe(size.regions)
    expect(count('CaptureLead')).toBeGreaterThan(30)
    expect(new Set(small.map(({ envelope }) => envelope.commandId)).size).toBe(small.length)
  })

  it('is told as it is asked for: the first stories of millions take no longer than those of a few', () => {
    const huge = writeScript({ ...options, regions: 30, stores: 1_000, reps: 3_000, days: 730, leadsPerDay: 4_600 })
    expect(huge.expected).toBeGreaterThan(3_000_000)
    const leads = huge.parts.find(({ name }) => name === 'leads and deals')!.blocks[Symbol.iterator]()
    const first: readonly Told[] = leads.next().value
    expect(first.map(([step]) => step!.command.type)).toEqual(Array.from(first, () => 'CaptureLead'))
    expect(Math.max(...first.flat().map(({ envelope }) => envelope.commandId.length))).toBeLessThan(64)
  })
})
