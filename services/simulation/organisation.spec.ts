import { organisation as aggregate } from '@headwater/organisation'
import { isRefusal, msOf } from '@headwater/schema'
import { expect, it } from 'vitest'
import { organise } from './organisation.ts'
import { Random } from './random.ts'
import { DAY } from './step.ts'

const until = msOf('2026-11-22T08:00:00.000Z')
const size = { regions: 3, stores: 40, reps: 160 }
const { story, staff } = organise(size, until - 90 * DAY, until, new Random('1'), 'test')

it('is an organisation that its decider accepts, step by step', () => {
  let state = aggregate.initialState
  for (const { command, envelope } of story.steps) {
    const { occurredAt, actor, commandId } = envelope
    const context = { streamId: 'main', now: occurredAt, occurredAt, actor, commandId, id: (name: string) => name }
    const decision = aggregate.decide(aggregate.command.parse(command), state, context)
    if (isRefusal(decision)) expect.fail(`${JSON.stringify(command)}: ${decision.message}`)
    expect(decision).not.toEqual([])
    for (const event of decision) state = aggregate.evolve(state, { ...event, occurredAt, actor })
  }
})

it('has the size that was asked for, and moves, promotions of stores and leavers in it', () => {
  const told = story.steps.map(({ command }) => command)
  expect(told.filter(({ type }) => type === 'OpenRegion')).toHaveLength(3)
  expect(told.filter(({ type }) => type === 'OpenStore')).toHaveLength(40)
  expect(staff.regions.flatMap((region) => staff.onDuty(region, until))).toHaveLength(160)
  for (const type of ['MoveRep', 'MoveStore', 'RepLeaves', 'ChangeSuperior'])
    expect(told.map((command) => command.type)).toContain(type)
})

it('tells nothing that has not happened yet', () => {
  expect(story.steps.every(({ envelope }) => msOf(envelope.occurredAt) <= until)).toBe(true)
})
