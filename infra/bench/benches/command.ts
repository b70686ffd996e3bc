// From a GraphQL mutation to the row that everybody sees, over HTTP, at a rate that does not wait for answers.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { openHeadwater } from '@headwater/runtime'
import { enough, mutation, type Stock, stock } from '../material/mutations.ts'
import { httpClient, openLoop, percentile } from '../open-loop.ts'
import { type Bench, result } from '../result.ts'
import { freePort, says, serve } from '../server.ts'

const WARM_UP = { rate: 200, seconds: 5 }
const LOADS = [
  { rate: 200, seconds: 10 },
  { rate: 500, seconds: 10 },
] as const
const PERCENTILES = [50, 90, 99] as const
/** Of the p99, in milliseconds. */
const GOAL_MS = 50

/**
 * A mutation has its answer when a read model shows what it did, as that model's own query: that is what is timed. The peer does the same
 * with rows that it updates in place, in the same Postgres: no history, no rules, no personal keys, nobody signed in.
 */
export const command: Bench = async function* ({ db, folder }) {
  const wanted = enough([WARM_UP, ...LOADS].reduce((sum, { rate, seconds }) => sum + rate * seconds, 0))
  const headwater = await openHeadwater({ databaseUrl: db.url, dataDir: folder, masterKey: undefined })
  await stock(headwater, wanted)
  await headwater.readModels.catchUp()
  await headwater.close()
  const ours = await measure(await serve(folder, ['--empty']), wanted)
  const peer = await measure(await crud(db.url, wanted), wanted)
  for (const [i, { rate }] of LOADS.entries())
    for (const p of PERCENTILES)
      yield result({
        bench: `mutation to visible row p${p}, ${rate}/s`,
        unit: 'ms',
        ours: percentile(ours[i]!, p / 100),
        peer: { name: 'rows updated in place', value: percentile(peer[i]!, p / 100) },
        less: true,
        ...(p === 99 && { goal: GOAL_MS, goalOf: 'ours' }),
      })
}

/** The latencies of each load, after a warm-up; the server is stopped. */
async function measure(
  server: Pick<Awaited<ReturnType<typeof serve>>, 'process' | 'url' | 'headers' | 'ready' | 'ended'>,
  of: Stock,
) {
  const client = httpClient(server.url, server.headers)
  const latencies: (readonly number[])[] = []
  let sent = 0
  const send = async () => {
    const { body, id } = mutation(sent++, of)
    const answer = await client.post(body)
    const { it } = JSON.parse(answer).data ?? {}
    if (it?.it?.id !== id || it.it.revision < it.revision) throw new Error(`a mutation was answered ${answer}`)
  }
  try {
    await server.ready
    await openLoop(WARM_UP, send)
    for (const load of LOADS) latencies.push(await openLoop(load, send))
    return latencies
  } finally {
    client.close()
    server.process.kill('SIGTERM')
    await server.ended
  }
}

/** The peer: see children/crud.ts. */
async function crud(databaseUrl: string, { deals, leads }: Stock) {
  const port = await freePort()
  const module = path.join(import.meta.dirname, '..', 'children', 'crud.js')
  const child = spawn(process.execPath, [module, databaseUrl, String(port), String(deals), String(leads)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return {
    process: child,
    url: `http://127.0.0.1:${port}/graphql`,
    headers: { 'content-type': 'application/json' },
    ended: once(child, 'exit'),
    ready: says(child, 'ready'),
  }
}
