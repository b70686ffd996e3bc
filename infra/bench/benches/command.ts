// Commands through the shell: how many a second, and how soon what they changed can be seen.
import { type Headwater, openHeadwater } from '@headwater/runtime'
import { newId } from '@headwater/schema'
import { type Bench, result } from '../result.ts'

const LEADS = 2_000
const AT_ONCE = 64
const SECONDS = 5
/** Commands a second while looking at what becomes visible. */
const PACE = 200
const actor = { id: 'bench', role: 'service' }

export const command: Bench = async function* ({ db, folder }) {
  const headwater = await openHeadwater({ databaseUrl: db.url, dataDir: folder, masterKey: undefined })
  const stop = new AbortController()
  try {
    const leads = Array.from({ length: LEADS }, newId)
    await Promise.all(leads.map((id) => capture(headwater, id)))
    const name = `commands, ${AT_ONCE} at once`
    yield result({ bench: name, unit: 'commands/s', ours: await throughput(headwater, leads) })
    await headwater.readModels.catchUp()
    const projector = headwater.readModels.project({ signal: stop.signal })
    const latencies = await untilVisible(headwater, leads)
    stop.abort()
    await projector.done
    const percentile = (p: number) => latencies[Math.floor(latencies.length * p)]!
    const bench = (p: string) => `command to visible row ${p}, ${PACE}/s`
    yield result({ bench: bench('p50'), unit: 'ms', ours: percentile(0.5), less: true })
    yield result({ bench: bench('p99'), unit: 'ms', ours: percentile(0.99), less: true, goal: 50 })
  } finally {
    stop.abort()
    await headwater.close()
  }
}

async function send({ application }: Headwater, id: string, type: string, data: object) {
  const envelope = { commandId: newId(), actor }
  const answer = await application.dispatch({ category: 'lead', id }, { type, data }, envelope)
  if (answer.status === 'refused') throw new Error(answer.refusal.message)
  return answer
}

const capture = (headwater: Headwater, id: string) =>
  send(headwater, id, 'CaptureLead', {
    organisation: `Company ${id}`,
    tags: { type: 'bench', region: 'bench', firstContactChannel: 'wechat' },
    source: { channel: 'wechat' },
  })
const touch = (headwater: Headwater, id: string) =>
  send(headwater, id, 'TouchLead', { channel: 'wechat', campaign: 'spring', direction: 'inbound' })

/** Each of them to another lead, none of which is busy. */
async function throughput(headwater: Headwater, leads: readonly string[]): Promise<number> {
  let count = 0
  const start = performance.now()
  const loop = async () => {
    while (performance.now() - start < SECONDS * 1000) await touch(headwater, leads[count++ % LEADS]!)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, loop))
  return count / ((performance.now() - start) / 1000)
}

/** Milliseconds from the moment at which a command was due, sorted; a command never waits for the one before. */
async function untilVisible(headwater: Headwater, leads: readonly string[]): Promise<number[]> {
  const start = performance.now() + 500 // the projector has found its place by then
  const due = Array.from({ length: SECONDS * PACE }, (_, i) => start + (i * 1000) / PACE)
  const latencies = due.map(async (at, i) => {
    await new Promise((resolve) => setTimeout(resolve, at - performance.now()))
    await headwater.readModels.waitFor(await touch(headwater, leads[i % LEADS]!))
    return performance.now() - at
  })
  return (await Promise.all(latencies)).sort((a, b) => a - b)
}
