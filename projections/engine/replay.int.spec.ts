import { randomBytes } from 'node:crypto'
import { openPostgresEventLog } from '@headwater/infra/event-log'
import { openKeyVault } from '@headwater/infra/keys'
import type { EventLog } from '@headwater/infra/ports'
import { freshDatabase, type TestDatabase } from '@headwater/infra/testing'
import type { Position } from '@headwater/schema'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { playbooksModel } from '../playbooks/fold.ts'
import { type Fact, record } from '../testing/facts.ts'
import { catchUp } from './catch-up.ts'
import { readCheckpoints } from './checkpoints.ts'
import { dumpTables } from './dump.ts'
import type { Sources } from './projection.ts'
import type { ReadModel } from './read-model.ts'
import { BeyondLog, dropReplay, InvalidReplayName, listReplays, ReplayExists, replay, replayRows } from './replay.ts'
import type { Progress } from './run.ts'
import { integer, table, text } from './table.ts'

const counts = table('counts', { leadId: text(), revision: integer }, ['leadId'], ['revision'])
const counting: ReadModel<typeof counts, Record<never, never>> = {
  name: 'counting',
  version: 3,
  root: counts,
  parts: {},
  streams: ['lead-'],
  key: (event) => event.stream.slice('lead-'.length),
  evolve: (_, { stream, revision }) => ({ root: { leadId: stream.slice('lead-'.length), revision } }),
}

const touched = (lead: string, n: number): Fact => ({
  stream: `lead-${lead}`,
  at: '2026-03-02T02:00:00.000Z',
  event: { type: 'LeadTouched', data: { touchId: `t${lead}${n}`, direction: 'inbound', channel: 'web' } },
})

let db: TestDatabase
let log: EventLog
let sources: Sources
/** Position of each event; lead `a` and `b` in turn. */
const at: Position[] = []

beforeAll(async () => {
  db = await freshDatabase()
  log = await openPostgresEventLog(db)
  sources = { db, log, vault: await openKeyVault(db, { masterKey: randomBytes(32) }) }
  for (let i = 0; i < 10; i++) {
    await record(log, `spec ${i}`, [touched(i % 2 ? 'b' : 'a', i)])
    at.push((await log.head())!)
  }
  await catchUp(sources, [counting])
})
afterAll(async () => {
  await log.close()
  await db.drop()
})

const rows = async (name: string) =>
  (await db.pool.query(`select lead_id, revision from replay_${name}.counts order by 1`)).rows.map(Object.values)

describe('a replay', () => {
  it('is the read model as it was at a place in the log; the live one stays as it is', async () => {
    const before = [await dumpTables(db, counting), await readCheckpoints(db.pool)]
    const progress: Progress[] = []
    const then = await replay(sources, counting, { name: 'then', until: at[4]!, onProgress: (p) => progress.push(p) })
    expect(then).toMatchObject({ schema: 'replay_then', model: 'counting', version: 3, events: 5, until: at[4]! })
    expect([then.position, then.completedAt]).toEqual([at[4], expect.any(String)])
    expect(progress.at(-1)).toMatchObject({ events: 5, share: 1, left: 0 })
    expect(await rows('then')).toEqual([
      ['a', 2],
      ['b', 1],
    ])
    expect(await replayRows(db, then, counting)).toEqual({ counts: 2 })
    expect([await dumpTables(db, counting), await readCheckpoints(db.pool)]).toEqual(before)
    await replay(sources, counting, { name: 'today' })
    expect(await rows('today')).toEqual([
      ['a', 4],
      ['b', 4],
    ])
  })

  it('goes on where it was stopped', async () => {
    const stop = new AbortController()
    const dying = { ...sources, log: { ...log, ...unbound(log), readAll: aborting(log, stop) } }
    await expect(replay(dying, counting, { name: 'slow', until: at[8]!, signal: stop.signal })).rejects.toThrow(
      'enough',
    )
    expect((await listReplays(db)).find(({ name }) => name === 'slow')).toMatchObject({ completedAt: null })
    await expect(replay(sources, counting, { name: 'slow', until: at[3]! })).rejects.toThrow(ReplayExists)
    expect(await replay(sources, counting, { name: 'slow', until: at[8]! })).toMatchObject({ events: 9 })
    expect(await rows('slow')).toEqual([
      ['a', 4],
      ['b', 3],
    ])
  })

  it('is shared by two that make it at once', async () => {
    const both = await Promise.all([0, 1].map(() => replay(sources, counting, { name: 'both', until: at[6]! })))
    for (const one of both) expect(one).toMatchObject({ events: 7, position: at[6]! })
  })

  it('is replaced or dropped only when that is asked for', async () => {
    await replay(sources, counting, { name: 'kept', until: at[1]! })
    await expect(replay(sources, counting, { name: 'kept', until: at[2]! })).rejects.toThrow(ReplayExists)
    await expect(replay(sources, playbooksModel, { name: 'kept' })).rejects.toThrow(ReplayExists)
    await replay(sources, counting, { name: 'kept', until: at[2]!, replace: true })
    expect(await rows('kept')).toEqual([
      ['a', 1],
      ['b', 0],
    ])
    expect([await dropReplay(db, 'kept'), await dropReplay(db, 'kept')]).toEqual([true, false])
    await expect(rows('kept')).rejects.toThrow('does not exist')
    expect((await listReplays(db)).map(({ name }) => name)).not.toContain('kept')
  })

  it('ends within the log, under a name that can be one', async () => {
    const beyond = '0000000000000011' as Position
    await expect(replay(sources, counting, { name: 'x', until: beyond })).rejects.toThrow(BeyondLog)
    for (const name of ['', 'A', '1', 'a-b', 'a"b', 'a'.repeat(25)])
      await expect(replay(sources, counting, { name })).rejects.toThrow(InvalidReplayName)
  })
})

const unbound = (log: EventLog) => ({
  head: () => log.head(),
  eventsBetween: (...args: Parameters<EventLog['eventsBetween']>) => log.eventsBetween(...args),
})

/** Reads nothing more than the first page, and stops. */
const aborting = (log: EventLog, stop: AbortController): EventLog['readAll'] =>
  async function* (options) {
    for await (const page of log.readAll({ ...options, until: at[2] })) {
      yield page
      stop.abort(new Error('enough'))
    }
  }
