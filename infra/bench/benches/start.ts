// The real command line: seconds from its start to the first answered query, and what it holds in memory.
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { canMeasureMemory, residentMiB, treeMiB } from '../memory.ts'
import { type Bench, result } from '../result.ts'
import { type Server, serve } from '../server.ts'

const LIMIT_MS = 120_000

/** No peers: nothing else that one starts this way does the same. */
export const start: Bench = async function* ({ folder }) {
  const empty = path.join(folder, 'empty')
  for (const [name, more] of [
    ['cold, empty', ['--empty']],
    ['warm, empty', ['--empty']],
  ] as const)
    yield* started(name, empty, more)
  const filled = path.join(folder, 'filled')
  yield* started('cold, simulated organisation', filled, [])
  yield* started('warm, simulated organisation', filled, [])
}

async function* started(name: string, home: string, more: readonly string[]) {
  const server = await timedServe(home, more)
  try {
    yield seconds(`start to first answer, ${name}`, await server.answered)
    const ready = await server.ready
    if (!more.includes('--empty')) yield seconds(`start to ready, ${name}`, ready)
    if (!canMeasureMemory) return
    const memory = (whose: string, ours: number) =>
      result({ bench: `memory of ${whose}, ${name}`, unit: 'MiB', ours, less: true })
    yield memory('Node', await residentMiB(server.process.pid!))
    yield memory('Postgres', await treeMiB(await postmaster(home)))
  } finally {
    server.process.kill('SIGTERM')
    await server.ended
  }
}

const seconds = (bench: string, ours: number) => result({ bench, unit: 's', ours, less: true })

/** `headwater serve`; `answered` and `ready` are seconds since its start. */
async function timedServe(home: string, more: readonly string[]) {
  const start = performance.now()
  const since = () => (performance.now() - start) / 1000
  const server = await serve(home, more)
  return { ...server, ready: server.ready.then(since), answered: firstAnswer(server).then(since) }
}

async function firstAnswer({ url, headers, process: child }: Server): Promise<void> {
  const body = JSON.stringify({ query: '{ deals(first: 10) { edges { node { id } } } }' })
  for (const limit = performance.now() + LIMIT_MS; performance.now() < limit && child.exitCode === null; ) {
    const response = await fetch(url, { method: 'POST', headers, body }).catch(() => undefined)
    const answer = (await response?.json()) as { data?: unknown; errors?: unknown } | undefined
    if (answer?.errors) throw new Error(`the server does not answer: ${JSON.stringify(answer.errors)}`)
    if (answer?.data) return
    await delay(10)
  }
  throw new Error('the server does not answer')
}

const postmaster = async (home: string) =>
  Number.parseInt(await readFile(path.join(home, 'postgres/postmaster.pid'), 'utf8'), 10)
