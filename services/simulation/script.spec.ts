import { builtinPlaybooks } from '@headwater/sales'
import { describe, expect, it } from 'vitest'
import { endOf, simulationOf } from './identity.ts'
import { writeScript } from './script.ts'

const options = {
  ...{ seed: 1, regions: 3, stores: 6, reps: 18, days: 56, leadsPerDay: 30 },
  ...{ endsAt: '2026-11-22T08:00:00.000Z', playbooks: builtinPlaybooks },
}
const script = writeScript(options)
const steps = script.parts.flatMap(({ stories }) => stories.flat())
const ofType = (type: string) => steps.filter(({ command }) => command.type === type)

describe('a simulation', () => {
  it('is the same for the same seed and end, and another one for another seed', () => {
    expect(writeScript(options)).toEqual(script)
    expect(writeScript({ ...options, seed: 2 }).size).not.toBe(script.size)
  })

  it('gives every command an id of its own that tells where it belongs', () => {
    const ids = steps.map(({ envelope }) => envelope.commandId)
    expect(new Set(ids).size).toBe(script.size)
    for (const id of ids) expect(simulationOf(id)).toEqual({ seed: 1, endsAt: options.endsAt })
    expect(ids.at(-1)).toBe(endOf(1, options.endsAt))
    expect(simulationOf('0194f3c2-0000-7000-8000-000000000000')).toBeUndefined()
  })

  it('knows nothing of what comes after its end', () =>
    expect(steps.filter(({ envelope }) => envelope.occurredAt > options.endsAt)).toEqual([]))

  it('has more leads at weekends, and about as many as were asked for', () => {
    const leads = ofType('CaptureLead')
    expect(leads.length / options.days).toBeGreaterThan(0.85 * options.leadsPerDay)
    expect(leads.length / options.days).toBeLessThan(1.15 * options.leadsPerDay)
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
})
