import { builtinPlaybooks, deal, type PlaybookState, playbook } from '@headwater/sales'
import { type DealEvent, isRefusal, msOf } from '@headwater/schema'
import { describe, expect, it } from 'vitest'
import { dealStory } from './deal-story.ts'
import { lines } from './market.ts'
import type { Staff } from './organisation.ts'
import { Random } from './random.ts'
import { DAY } from './step.ts'

const until = msOf('2026-11-22T08:00:00.000Z')
const staff: Pick<Staff, 'onDuty' | 'leaves' | 'weakness'> = {
  weakness: () => undefined,
  onDuty: () => ['rep-2'],
  leaves: (rep) => (rep === 'rep-1' ? until - 60 * DAY : undefined),
}

const actor = { id: 'x', role: 'rep' }

describe.each(lines)('$playbook deals', (line) => {
  const definition = builtinPlaybooks[line.playbook as keyof typeof builtinPlaybooks]
  const published = { type: 'PlaybookPublished', data: { playbookId: line.playbook, version: 1, definition } } as const
  const book: PlaybookState = playbook.evolve(playbook.initialState, {
    ...published,
    occurredAt: '2025-01-01T00:00:00.000Z',
    actor,
  })

  /** Events of one deal's story as the decider takes it; every step must be answered as the story says. */
  const play = (seed: number): DealEvent[] => {
    const at = until - 85 * DAY
    const setting = { dealId: 'D1', playbook: definition, line, region: 'r', rep: 'rep-1', at, worth: 1.5, size: 1 }
    const events: DealEvent[] = []
    let state = deal.initialState
    const open = {
      type: 'OpenDeal',
      data: { playbook: { id: line.playbook }, repId: 'rep-1', source: { channel: null } },
    }
    const context = (occurredAt: string, commandId: string) => ({
      ...{ streamId: 'D1', now: occurredAt, occurredAt, actor, commandId },
      id: (name: string) => `${commandId}:${name}`,
      ...{ playbook: book, placement: { storeId: 's', regionId: 'r' } as never },
    })
    const story = dealStory(setting, until, staff, new Random(String(seed)), 'd').steps
    const opening = {
      command: open,
      envelope: { occurredAt: new Date(at).toISOString(), commandId: 'o' },
      refused: undefined,
    }
    for (const { command, envelope, refused } of [opening, ...story]) {
      const { occurredAt, commandId } = envelope
      const decision = deal.decide(deal.command.parse(command), state, context(occurredAt, commandId))
      if (isRefusal(decision) !== (refused !== undefined) || (isRefusal(decision) && decision.code !== refused))
        expect.fail(`${JSON.stringify(command)}: ${JSON.stringify(decision)}`)
      if (isRefusal(decision)) continue
      for (const event of decision) state = deal.evolve(state, { ...event, occurredAt, actor })
      events.push(...decision)
    }
    return events
  }

  it('are what the decider takes, step by step, and show everything a deal can go through', () => {
    const seen = new Set(
      Array.from({ length: 150 }, (_, seed) => play(seed)).flatMap((story) => story.map(({ type }) => type)),
    )
    for (const type of [
      'DealAdvanced',
      'DealMovedBack',
      'DealReentered',
      'DealBlocked',
      'DealUnblocked',
      'DealReopened',
    ])
      expect(seen).toContain(type)
    for (const type of ['EvidenceAttached', 'DealWon', 'DealLost', 'DealValued', 'DealAssigned', 'DealActivityLogged'])
      expect(seen).toContain(type)
  })

  it('try gates too early now and then', () => {
    const setting = {
      dealId: 'D1',
      playbook: definition,
      line,
      region: 'r',
      rep: 'rep-2',
      at: until - 85 * DAY,
      worth: 3,
      size: 1,
    }
    const stories = Array.from({ length: 50 }, (_, seed) =>
      dealStory(setting, until, staff, new Random(String(seed)), 'd'),
    )
    expect(stories.some(({ steps }) => steps.some(({ refused }) => refused === 'gate-unmet'))).toBe(true)
  })
})
