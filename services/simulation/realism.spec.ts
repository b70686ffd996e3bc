// What two years of the simulated market look like, figure by figure.
import { builtinPlaybooks } from '@headwater/sales'
import { msOf } from '@headwater/schema'
import { describe, expect, it } from 'vitest'
import { lines, seasons } from './market.ts'
import { writeScript } from './script.ts'
import { DAY, HOUR, type Step } from './step.ts'

const options = {
  ...{ seed: 9, regions: 3, stores: 10, reps: 40, days: 730, leadsPerDay: 12 },
  ...{ endsAt: '2026-11-22T08:00:00.000Z', playbooks: builtinPlaybooks },
}
const { blocks } = writeScript(options).parts.find(({ name }) => name === 'leads and deals')!
const steps = [...blocks].flat(2)
const captured = steps.filter(({ command }) => command.type === 'CaptureLead')
const opened = steps.filter(({ command }) => command.type === 'OpenDeal')

const share = <T>(list: readonly T[], which: (item: T) => boolean) => list.filter(which).length / list.length
/** In Shanghai. */
const local = ({ envelope }: Step) => new Date(msOf(envelope.occurredAt) + 8 * HOUR)
const channelOf = ({ command }: Step) => (command.data.source as { channel: string }).channel
const quantile = (list: readonly number[], q: number) => list.toSorted((a, b) => a - b)[Math.floor(q * list.length)]!

describe('leads', () => {
  it('come through twelve channels, each with about its share', () => {
    const weights = new Map<string, number>()
    for (const { channels, weight } of lines) {
      const all = channels.reduce((sum, channel) => sum + channel.weight, 0)
      for (const { id, weight: part } of channels) weights.set(id, (weights.get(id) ?? 0) + (weight * part) / all)
    }
    expect(weights.size).toBe(12)
    for (const [channel, weight] of weights)
      expect(share(captured, (step) => channelOf(step) === channel)).toBeCloseTo(weight, 1.6)
  })

  it('come by season, by weekday and by hour', () => {
    const inMonth = (month: number) => share(captured, (step) => local(step).getUTCMonth() === month)
    expect(inMonth(1) / inMonth(3)).toBeGreaterThan(0.7 * (seasons[1] / seasons[3]))
    expect(inMonth(1) / inMonth(3)).toBeLessThan(1.3 * (seasons[1] / seasons[3]))
    const weekend = share(captured, (step) => [0, 6].includes(local(step).getUTCDay()))
    expect(weekend).toBeGreaterThan(0.33)
    expect(weekend).toBeLessThan(0.4)
    expect(share(captured, (step) => local(step).getUTCHours() < 8 || local(step).getUTCHours() > 22)).toBe(0)
    expect(share(captured, (step) => local(step).getUTCHours() === 20)).toBeGreaterThan(
      2 * share(captured, (step) => local(step).getUTCHours() === 8),
    )
  })

  it('become deals, one in three', () => {
    expect(opened.length / captured.length).toBeGreaterThan(0.28)
    expect(opened.length / captured.length).toBeLessThan(0.38)
  })
})

describe.each(lines)('deals of $playbook', ({ playbook, pace }) => {
  const { stages } = builtinPlaybooks[playbook as keyof typeof builtinPlaybooks]
  const own = new Set(
    opened.filter(({ command }) => (command.data.playbook as { id: string }).id === playbook).map(({ id }) => id),
  )
  const told = steps.filter(({ id, refused }) => own.has(id) && refused === undefined)
  const deals = (type: string) => new Set(told.filter(({ command }) => command.type === type).map(({ id }) => id)).size

  it('stay in a stage for a time that is log-normal about its pace', () => {
    const dwell = stages.map((): number[] => [])
    const within = new Map<string, { stage: number; since: number }>()
    const move = (step: Step, to: number) => {
      const now = msOf(step.envelope.occurredAt)
      const { stage, since } = within.get(step.id) ?? { stage: 0, since: now }
      if (step.command.type !== 'OpenDeal' && step.command.type !== 'ReopenDeal') dwell[stage]!.push(now - since)
      within.set(step.id, { stage: to, since: now })
    }
    for (const step of told) {
      const { type, data } = step.command
      const stage = within.get(step.id)?.stage ?? 0
      const named = stages.findIndex(({ id }) => id === data.to)
      if (type === 'AdvanceDeal') move(step, named < 0 ? stage + 1 : named)
      else if (type === 'MoveDealBack') move(step, named)
      else if (['OpenDeal', 'LoseDeal', 'ReopenDeal', 'WinDeal'].includes(type)) move(step, stage)
    }
    for (const [stage, times] of dwell.slice(0, 3).entries()) {
      expect(quantile(times, 0.5) / (pace[stage]! * DAY + HOUR)).toBeGreaterThan(0.8)
      expect(quantile(times, 0.5) / (pace[stage]! * DAY + HOUR)).toBeLessThan(1.2)
      // exp(1.2816 σ) for σ = 0.8
      expect(quantile(times, 0.9) / quantile(times, 0.5)).toBeGreaterThan(2.1)
      expect(quantile(times, 0.9) / quantile(times, 0.5)).toBeLessThan(3.6)
    }
  })

  it('are lost more often than won; some come back to a stage, some to life', () => {
    expect(deals('LoseDeal') / own.size).toBeGreaterThan(0.4)
    expect(deals('LoseDeal') / own.size).toBeLessThan(0.65)
    expect(deals('WinDeal') / own.size).toBeGreaterThan(0.3)
    expect(deals('MoveDealBack') / own.size).toBeGreaterThan(0.05)
    expect(deals('ReopenDeal')).toBeGreaterThan(0)
  })
})
