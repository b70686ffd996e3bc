// All read models over a log of realistic events: from nothing, into full tables, behind a running writer, and rebuilt.
import type { Database } from '@headwater/infra/database'
import { readModels, rebuildAll } from '@headwater/projections'
import { type Headwater, openHeadwater } from '@headwater/runtime'
import type { Position, RecordedEvent } from '@headwater/schema'
import pg from 'pg'
import { beginStory } from '../material/story.ts'
import { type Bench, result } from '../result.ts'

const FULL = 100_000
const MORE = 20_000
/** Events that come at once while the projector runs. */
const ARRIVAL = 500
const PEER_BATCH = 500

/** Events of the log per second until the last read model has them all; the goals are of ours, not of the ratio. */
export const catchUp: Bench = async function* ({ db, folder }) {
  const headwater = await openHeadwater({ databaseUrl: db.url, dataDir: folder, masterKey: undefined })
  const peer = await straightforward(db)
  try {
    const story = await beginStory(headwater, FULL + 2 * MORE)
    await headwater.readModels.catchUp()
    const name = 'an upsert an event'
    const rate = async (events: number, work: () => Promise<unknown>) => events / ((await milliseconds(work)) / 1000)
    const both = async (bench: string, events: number, goal?: number) => {
      const after = await headwater.log.head()
      await story.tell(events)
      const ours = await rate(events, () => headwater.readModels.catchUp())
      const theirs = await rate(events, () => peer.catchUp(headwater, after))
      return result({
        bench,
        unit: 'events/s',
        ours,
        peer: { name, value: theirs },
        ...(goal && { goal, goalOf: 'ours' }),
      })
    }
    yield await both('catch-up, from nearly nothing', FULL)
    yield await both('catch-up, into full tables', MORE, 15_000)
    yield result({
      bench: 'live, from append to all visible',
      unit: 'events/s',
      ours: await rate(MORE, () => live(headwater, story)),
    })
    await db.pool.query('checkpoint')
    yield result({
      bench: 'rebuild of all read models, one pass',
      unit: 'events/s',
      ours: await rate(Number(await headwater.log.head()), () => rebuildAll(headwater, readModels)),
      goal: 100_000,
    })
  } finally {
    await peer.close()
    await headwater.close()
  }
}

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

/** Events come in, one lot after the other, while the projector runs in the same process. */
async function live({ readModels }: Headwater, story: Awaited<ReturnType<typeof beginStory>>): Promise<void> {
  const stop = new AbortController()
  const projector = readModels.project({ signal: stop.signal })
  try {
    for (let told = 0; told < MORE; told += ARRIVAL) {
      const at = await story.tell(ARRIVAL)
      if (told + ARRIVAL >= MORE) await Promise.all(at.map((each) => readModels.waitFor(each)))
    }
  } finally {
    stop.abort()
    await projector.done
  }
}

/**
 * The projector that one writes first: reads the same log, and sends one prepared upsert an event, some hundred in a transaction. It
 * writes one row an event, of a document as wide as ours; ours writes more (touches, visits, identities).
 */
async function straightforward(db: Database) {
  await db.pool.query(`create schema peer; create table peer.documents (
    id text primary key, revision integer not null, case_id text not null, type text not null, status text not null, actor text not null,
    opened_at timestamptz not null, changed_at timestamptz not null, recorded_at timestamptz not null, data jsonb not null)`)
  await db.pool.query('create index on peer.documents (opened_at, id); create index on peer.documents (case_id)')
  const client = new pg.Client({ connectionString: db.url })
  await client.connect()
  const upsert = ({ stream, revision, type, data, meta, recordedAt }: RecordedEvent) =>
    client.query({
      name: 'peer-upsert',
      text: `insert into peer.documents as d values ($1, $2, $3, $4, 'open', $5, $6, $6, $7, $8)
        on conflict (id) do update set revision = excluded.revision, type = excluded.type, actor = excluded.actor,
          changed_at = excluded.changed_at, recorded_at = excluded.recorded_at, data = d.data || excluded.data`,
      values: [stream, revision, meta.caseId, type, meta.actor.id, meta.occurredAt, recordedAt, JSON.stringify(data)],
    })
  return {
    async catchUp({ log }: Headwater, after: Position | undefined): Promise<void> {
      for await (const { events } of log.readAll({ after }))
        for (let from = 0; from < events.length; from += PEER_BATCH) {
          await client.query('begin; set local synchronous_commit = off')
          for (const event of events.slice(from, from + PEER_BATCH)) await upsert(event)
          await client.query('commit')
        }
    },
    close: () => client.end(),
  }
}
