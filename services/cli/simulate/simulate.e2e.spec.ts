import { afterAll, beforeAll, expect, it } from 'vitest'
import { type CommandLine, commandLine } from '../testing/command-line.ts'

let cli: CommandLine
beforeAll(async () => {
  cli = await commandLine()
})
afterAll(() => cli.remove())

const size = ['--stores', '2', '--reps', '3', '--days', '20', '--leads-per-day', '10']
const simulate = ['simulate', ...size, '--seed', '5', '--ends-at', '2026-11-22T08:00:00Z']
const simulation = {
  ...{ regions: 1, stores: 2, reps: 3, days: 20, leadsPerDay: 10, seed: 5 },
  endsAt: '2026-11-22T08:00:00.000Z',
}

it('fills an empty log, whose figures can be asked for at once', async () => {
  const filled = await cli.json<{ events: number }>(...simulate)
  expect(filled).toMatchObject({ simulation, seconds: { events: expect.any(Number), readModels: expect.any(Number) } })
  expect(await cli.json('log', 'head')).toEqual({ position: expect.stringMatching(new RegExp(`${filled.events}$`)) })
  const funnel = await cli.json<{ stages: { reached: number }[] }>('funnel', '--playbook', 'home-improvement')
  expect(funnel.stages[0]!.reached).toBeGreaterThan(5)
})

it('can leave the read models to the next command, and the work to threads', async () => {
  const other = await commandLine()
  try {
    const filled = await other.json<{ events: number }>(...simulate, '--no-read-models', '--threads', '2')
    expect(filled.events).toBeGreaterThan(200)
    const funnel = await other.json<{ stages: { reached: number }[] }>('funnel', '--playbook', 'home-improvement')
    expect(funnel.stages[0]!.reached).toBeGreaterThan(5)
  } finally {
    await other.remove()
  }
})

it('adds nothing to a simulation that is whole, and does not mix it with another', async () => {
  const head = await cli.json('log', 'head')
  expect(await cli.json('simulate')).toMatchObject({ simulation, events: 0 })
  const other = await cli.run('simulate', '--stores', '3')
  expect(other).toMatchObject({
    code: 1,
    stderr: 'headwater: the log holds another simulation: its stores is 2, not 3\n',
  })
  expect(await cli.json('log', 'head')).toEqual(head)
})
