// Questions asked without pause while tables are swapped under them: none fails, and no answer is older than the one before.
import type { EventLog } from '@headwater/infra/ports'
import { type FreshLog, freshLog, type TestDatabase } from '@headwater/infra/testing'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  catchUp,
  dealsModel,
  dumpTables,
  funnel,
  listDeals,
  type Progress,
  type ReadModel,
  readModels,
  rebuild,
  rebuildAll,
  replay,
  startProjector,
  visitsOfDeals,
} from '../index.ts'
import { organisation, setting, story, tell } from '../testing/deals.ts'
import { type Fact, record } from '../testing/facts.ts'
import { history, tallies, tally, touches } from '../testing/tally.ts'

let db: TestDatabase
let log: EventLog
let sources: FreshLog

beforeEach(async () => {
  sources = await freshLog()
  ;({ db, log } = sources)
})
afterEach(() => sources.drop())

let batch = 0
const write = (...facts: readonly Fact[]) => record(log, `spec ${batch++}`, facts)
/** Tables of read models; those of the engine are not counted. */
async function tables() {
  const { rows } = await db.pool.query(
    `select tablename as name from pg_tables where schemaname = 'read' and tablename !~ '^(migrations|checkpoints|replays)' order by 1`,
  )
  return rows.map(({ name }) => name)
}

const viewer = { id: 'spec', role: 'headquarters' }

test('no question fails and no answer is older than the one before, while events are written and read models rebuilt and swapped', async () => {
  const stories = fc.sample(story, { numRuns: 120, seed: 1 }).map((each, i) => tell(`d${i}`, 'p', each))
  const known = stories.slice(0, 40)
  await write(...setting('p'), ...organisation(), ...known.flat())
  await catchUp(sources, readModels)
  const stop = new AbortController()
  const projector = startProjector({ ...sources, models: readModels, signal: stop.signal })
  const sum = async (name: string, text: string) => {
    const { rows } = await db.pool.query<{ n: number }>({ name, text })
    return rows[0]!.n
  }
  /** Each answers with a number that never falls as events come. */
  const questions: Record<string, () => Promise<number>> = {
    'the list of deals': async () => {
      const { edges } = await listDeals(db, viewer, {}, { first: 1000 })
      return edges.reduce((seen, { node }) => seen + node.revision + 1, 0)
    },
    'visits of deals': async () => (await visitsOfDeals(db, viewer, ['d0', 'd1', 'd39'])).length,
    funnel: async () => {
      const { groups } = await funnel(db, viewer, { playbook: { id: 'p' } })
      return groups.flatMap(({ stages }) => stages).reduce((seen, { reached }) => seen + reached, 0)
    },
    'parts before their root, prepared': () =>
      sum(
        'parts-first',
        `select coalesce(sum(revision), 0)::float8 as n from (select distinct deal_id from read.stage_visits) v join read.deals using (deal_id)`,
      ),
    'raw table': () => sum('', 'select coalesce(sum(revision + 1), 0)::float8 as n from read.deals'),
    revisions: () => sum('revisions', 'select sum(revision)::float8 as n from read.deals'),
  }
  const wrong: string[] = []
  const asking = Object.entries(questions).map(async ([name, ask]) => {
    for (let last = 0; !stop.signal.aborted; )
      try {
        const answer = await ask()
        if (answer < last) wrong.push(`${name}: ${answer} after ${last}`)
        last = answer
      } catch (error) {
        wrong.push(`${name}: ${error}`)
      }
  })
  const writing = async () => {
    for (const facts of stories.slice(40)) await write(...facts)
  }
  const rebuilding = async () => {
    for (let i = 0; i < 4; i++) await rebuildAll(sources, readModels)
  }
  await Promise.all([writing(), rebuilding()]).finally(() => stop.abort())
  await Promise.all(asking)
  expect(wrong).toEqual([])
  await projector.done
  await catchUp(sources, [dealsModel])
  const live = await dumpTables(db, dealsModel)
  expect(live.deals).toHaveLength(120)
  await rebuild(sources, dealsModel)
  expect(await dumpTables(db, dealsModel)).toEqual(live)
})

test('a swap gives way to a question that holds one table and asks for the other', async () => {
  await write(...history())
  await catchUp(sources, [tally])
  const reader = await db.connect()
  await reader.query('begin')
  await reader.query('select count(*) from read.tally_touches')
  const rebuilding = rebuild(sources, tally)
  let waiting = 0
  while (waiting === 0) {
    const { rows } = await db.pool.query(
      `select count(*)::int as n from pg_locks where not granted and database = (select oid from pg_database where datname = current_database())`,
    )
    waiting = rows[0].n
  }
  const { rows } = await reader.query('select count(*)::int as n from read.tallies')
  expect(rows[0].n).toBeGreaterThan(0)
  await reader.query('commit')
  expect(await rebuilding).toMatchObject({ slot: 'live' })
})

test('tables that no version needs any more go with the swap, those of rebuilds that came to nothing too', async () => {
  await write(...history())
  await catchUp(sources, [tally])
  const stopped = async (model: ReadModel) => {
    const stop = new AbortController()
    const onProgress = ({ written }: Progress) => written && stop.abort(new Error('stopped'))
    const options = { signal: stop.signal, onProgress, batch: { documents: 5, events: 50 } }
    await expect(rebuild(sources, model, options)).rejects.toThrow('stopped')
  }
  const renamed: typeof tally = { ...tally, version: 2, parts: { touches: { ...touches, name: 'renamed_touches' } } }
  await stopped(tally)
  await stopped(renamed)
  expect((await tables()).map((name) => name.replace(/[0-9a-f]{8}$/, ''))).toEqual([
    ...['renamed_touches__v2_', 'tallies', 'tallies__v2_', 'tally_touches'],
  ])
  await replay(sources, tally, { name: 'kept' })
  const lean: ReadModel<typeof tallies, Record<never, never>> = {
    name: tally.name,
    version: 3,
    root: tallies,
    parts: {},
    streams: tally.streams,
    key: tally.key,
    evolve(lead, { stream, revision }) {
      const { leadId, events, channel } = lead?.root ?? {
        leadId: stream.slice('lead-'.length),
        events: 0,
        channel: null,
      }
      return { root: { leadId, revision, events: events + 1, channel } }
    },
  }
  await catchUp(sources, [lean])
  expect(await tables()).toEqual(['tallies'])
  expect(await dumpTables(db, tally, 'replay_kept')).toMatchObject({ tally_touches: expect.anything() })
})
