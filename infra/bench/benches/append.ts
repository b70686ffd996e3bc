// Single-event appends per second and their p99, at 1, 16 and 64 writers, each with a stream of its own.
import type { Database } from '@headwater/infra/database'
import { openPostgresEventLog } from '@headwater/infra/event-log'
import { newId } from '@headwater/schema'
import pg from 'pg'
import { touch, touchMeta } from '../material/touch.ts'
import { loadPeer } from '../peers.ts'
import { type Bench, result } from '../result.ts'

const SECONDS = 4
const WRITERS = [1, 16, 64]

/** Runs `write` in `writers` loops for some seconds; returns writes per second and the p99 in milliseconds. */
const load = async (writers: number, write: (writer: number, n: number) => Promise<unknown>) => {
  const latencies: number[] = []
  const start = performance.now()
  const loop = async (writer: number) => {
    for (let n = 0; performance.now() - start < SECONDS * 1000; n++) {
      const before = performance.now()
      await write(writer, n)
      latencies.push(performance.now() - before)
    }
  }
  await Promise.all(Array.from({ length: writers }, (_, i) => loop(i)))
  const seconds = (performance.now() - start) / 1000
  latencies.sort((a, b) => a - b)
  return { rate: latencies.length / seconds, p99: latencies[Math.floor(latencies.length * 0.99)] ?? Number.NaN }
}

const plainInsert = async (db: Database, writers: number) => {
  await db.pool.query(`create table if not exists plain_insert (position bigserial primary key, stream text not null,
    revision bigint not null, id uuid not null, type text not null, data json not null, meta json not null, unique (stream, revision))`)
  const pool = new pg.Pool({ connectionString: db.url, max: writers })
  const run = newId()
  const measured = await load(writers, (writer, n) => {
    const e = touch()
    return pool.query({
      name: 'plain-insert',
      text: 'insert into plain_insert (stream, revision, id, type, data, meta) values ($1, $2, $3, $4, $5, $6)',
      values: [`${run}-${writer}`, n, e.id, e.type, JSON.stringify(e.data), JSON.stringify(e.meta)],
    })
  })
  await pool.end()
  return measured
}

const emmett = async (db: Database, writers: number) => {
  const { getPostgreSQLEventStore } = await loadPeer('@event-driven-io/emmett-postgresql')
  // A pool that it makes by itself outlives its close, and ends the process when Postgres goes.
  const { default: peerPg } = await loadPeer('pg')
  const pool = new peerPg.Pool({ connectionString: db.url })
  const store = getPostgreSQLEventStore(db.url, { connectionOptions: { pool } })
  const run = newId()
  const measured = await load(writers, (writer) =>
    store.appendToStream(`${run}-${writer}`, [{ type: 'LeadTouched', data: touch().data, metadata: touchMeta() }]),
  )
  await store.close()
  await pool.end()
  return measured
}

/** Ours against plain INSERT (goal 4×) and Emmett's Postgres store (goal 10×), goals at 64 writers. */
export const append: Bench = async function* ({ db }) {
  const log = await openPostgresEventLog(db)
  for (const writers of WRITERS) {
    const run = newId()
    const ours = await load(writers, (writer, n) =>
      log.append(`lead-${run}-${writer}`, [touch()], { expected: n === 0 ? 'none' : n - 1 }),
    )
    const peers = [
      { name: 'plain INSERT', goal: 4, ...(await plainInsert(db, writers)) },
      { name: 'Emmett', goal: 10, ...(await emmett(db, writers)) },
    ]
    for (const { name, goal, rate, p99 } of peers) {
      const goals = writers === 64 ? { goal } : {}
      yield result({
        bench: `append, ${writers} writers`,
        unit: 'events/s',
        ours: ours.rate,
        peer: { name, value: rate },
        ...goals,
      })
      yield result({
        bench: `append p99, ${writers} writers`,
        unit: 'ms',
        ours: ours.p99,
        peer: { name, value: p99 },
        less: true,
      })
    }
  }
  await log.close()
}
