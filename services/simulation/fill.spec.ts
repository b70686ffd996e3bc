import { createApplication } from '@headwater/application'
import { builtinPlaybooks } from '@headwater/sales'
import { type Answer, openShell, refused, type ShellLog } from '@headwater/shell'
import { dyingAt, MemoryLog, MemoryVault } from '@headwater/shell/testing'
import { describe, expect, it } from 'vitest'
import { fill } from './fill.ts'
import type { SimulationIdentity } from './identity.ts'
import { writeScript } from './script.ts'
import { findSimulation, simulate, tellerOf } from './simulate.ts'
import type { Step } from './step.ts'
import { openTeller, type Teller } from './teller.ts'

const small: SimulationIdentity = {
  ...{ seed: 3, regions: 1, stores: 1, reps: 1, days: 20, leadsPerDay: 6 },
  endsAt: '2026-11-22T08:00:00.000Z',
}

function world() {
  const log = new MemoryLog()
  const { options } = createApplication({
    log,
    vault: new MemoryVault(),
    leadLookup: { findDuplicates: async () => [] },
  })
  return { log, shellOn: (draft: ShellLog) => openShell({ ...options, log: draft }), settle: async () => {} }
}

/** What was told: stream by stream, without what differs from one telling to the next. */
function told({ log }: ReturnType<typeof world>) {
  const streams: Record<string, unknown[]> = {}
  for (const { stream, type, meta } of log.events) {
    streams[stream] ??= []
    streams[stream].push({ type, meta })
  }
  return streams
}

const throughout = async (identity: SimulationIdentity) => {
  const whole = world()
  await simulate(whole, identity)
  return whole
}

describe('a simulation', () => {
  it('is carried out by the deciders as it is told, the same for the same seed', async () => {
    const [once, again, other] = await Promise.all([small, small, { ...small, seed: 4 }].map(throughout))
    expect(told(again!)).toEqual(told(once!))
    expect(told(other!)).not.toEqual(told(once!))
    expect(await findSimulation(once!.log)).toEqual({ ...small, complete: true })
  })

  it('is the same log, event for event, whoever tells it', async () => {
    const large = { ...small, leadsPerDay: 40 }
    const alone = await throughout(large)
    const together = world()
    const tellers = [0, 1, 2].map((index) => tellerOf(large, together, { index, of: 3 }))
    await simulate({ ...together, tellers }, large)
    const inOrder = ({ log }: typeof alone) =>
      log.events.map(({ stream, revision, type, meta }) => ({ stream, revision, type, meta }))
    expect(inOrder(together)).toEqual(inOrder(alone))
    expect(alone.log.events.length).toBeGreaterThan(3_000)
  })

  it('counts what it writes', async () => {
    const { log, ...rest } = world()
    const written: number[] = []
    await simulate({ log, ...rest, onProgress: ({ events }) => written.push(events) }, small)
    expect(written.at(-1)).toBe(log.events.length)
    expect(written).toEqual(written.toSorted((a, b) => a - b))
  })

  it('can be of fifty stores', async () => {
    const identity = { ...small, regions: 4, stores: 50, reps: 200, leadsPerDay: 20 }
    const { log } = await throughout(identity)
    expect(await findSimulation(log)).toEqual({ ...identity, complete: true })
    const owners = log.events
      .filter(({ type }) => type === 'LeadAssigned')
      .map(({ data }) => data as { storeId: string })
    expect(new Set(owners.map(({ storeId }) => storeId)).size).toBeGreaterThan(40)
  })

  it('goes on after a crash in the middle of a block', async () => {
    const whole = await throughout(small)
    const broken = world()
    for (const at of [1, 50, 100]) {
      const log = dyingAt(broken.log, at, 'after')
      await expect(simulate({ ...broken, log }, small)).rejects.toThrow('killed')
    }
    await simulate(broken, small)
    expect(told(broken)).toEqual(told(whole))
  })

  it('goes on after an abort where it stood, and adds nothing to what is whole', async () => {
    const whole = await throughout(small)
    const broken = world()
    for (const at of [1, 100, 400]) {
      const stop = new AbortController()
      const onProgress = () => broken.log.events.length >= at && stop.abort(new Error('stopped'))
      await expect(simulate({ ...broken, onProgress, signal: stop.signal }, small)).rejects.toThrow('stopped')
    }
    expect(await findSimulation(broken.log)).toMatchObject({ complete: false })
    await simulate(broken, small)
    expect(told(broken)).toEqual(told(whole))
    const progress: { share: number; events: number }[] = []
    await simulate({ ...broken, onProgress: (done) => progress.push(done) }, small)
    expect(progress.at(-1)).toEqual({ share: expect.closeTo(1, 0), events: 0 })
    expect(told(broken)).toEqual(told(whole))
  })
})

describe('a fill', () => {
  const accepted = (): Answer => ({
    ...{ status: 'accepted', stream: 's', revision: 0, position: undefined, repeated: false, events: [] },
  })
  const script = writeScript({ ...small, leadsPerDay: 500, playbooks: builtinPlaybooks })

  it('holds no more of the story in memory than is being told', async () => {
    let [made, told, most] = [0, 0, 0]
    const parts = script.parts.map((part) => ({
      ...part,
      blocks: {
        *[Symbol.iterator](): Generator<readonly (readonly Step[])[]> {
          for (const block of part.blocks) {
            made += block.length
            yield block
          }
        },
      },
    }))
    const shell = {
      executeAll: async (_: unknown, __: string, items: readonly unknown[]) => {
        most = Math.max(most, made - told)
        return items.map((item) =>
          (item as Step).refused ? refused({ refused: true, code: 'gate-unmet', message: '' }) : accepted(),
        )
      },
    }
    const log = new MemoryLog()
    const teller = openTeller({ ...script, parts }, { log, shellOn: () => shell })
    const counted: Teller = {
      async writeNext(part) {
        const written = await teller.writeNext(part)
        told += written?.stories ?? 0
        return written
      },
    }
    await fill(script, [counted], { log, settle: async () => {} })
    expect(told).toBe(made)
    expect(made).toBeGreaterThan(5_000)
    expect(most).toBeLessThan(1_000)
  })

  it('closes a month when all that belongs to it is told, and says where the ledger disagrees', async () => {
    const begun = world()
    const refusal = { refused: true, code: 'not-next-period', message: 'It is the turn of another month.' } as const
    const preparePeriod = async () => refused(refusal)
    const never = () => expect.fail('went on')
    const closing = { preparePeriod, approvePeriod: never, closePeriod: never }
    await expect(simulate({ ...begun, closing }, { ...small, days: 50 })).rejects.toThrow(
      'prepare 2026-10: not-next-period, It is the turn of another month.',
    )
    const paid = begun.log.events.filter(({ type }) => type === 'PaymentReceived')
    expect(paid.length).toBeGreaterThan(0)
    for (const { meta } of paid) expect(meta.occurredAt < '2026-11-03T02:00:00.000Z').toBe(true)
  })

  it('says where the story and the deciders disagree, and writes no further', async () => {
    let calls = 0
    const shell = {
      executeAll: async (_: unknown, __: string, items: readonly unknown[]) => {
        calls++
        return items.map(() => refused({ refused: true, code: 'nobody-there', message: 'Nobody is there.' }))
      },
    }
    const log = new MemoryLog()
    const teller = openTeller(script, { log, shellOn: () => shell })
    await expect(fill(script, [teller], { log, settle: async () => {} })).rejects.toThrow(
      'HireRep on organisation-main: nobody-there, Nobody is there.',
    )
    expect(calls).toBe(1)
  })
})
