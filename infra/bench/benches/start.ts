// The real command line: seconds from its start to the first answered query, and what it holds in memory.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { issueDevelopmentToken } from '@headwater/api'
import { canMeasureMemory, residentMiB, treeMiB } from '../memory.ts'
import { type Bench, result } from '../result.ts'
import { root } from '../root.ts'

const bin = path.join(root, 'services/cli/bin/headwater.mjs')
const secret = 'only for the benchmark, which nobody else can reach'
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
  const server = await serve(home, more)
  try {
    yield seconds(`start to first answer, ${name}`, await server.answered)
    const ready = await Promise.race([server.ready, server.ended.then(unexpected)])
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

const unexpected = () => {
  throw new Error('the server ended before it was ready')
}
const seconds = (bench: string, ours: number) => result({ bench, unit: 's', ours, less: true })

/** `headwater serve` on a port of its own; `answered` and `ready` are seconds since its start. */
async function serve(home: string, more: readonly string[]) {
  const port = await freePort()
  const authorization = `Bearer ${await issueDevelopmentToken(secret, { id: 'bench', role: 'administrator' })}`
  const env = {
    ...process.env,
    ...{ HEADWATER_DATA: home, HEADWATER_TOKEN_SECRET: secret, DATABASE_URL: '', HEADWATER_EMPTY: '' },
  }
  const start = performance.now()
  const since = () => (performance.now() - start) / 1000
  const child = spawn(process.execPath, [bin, 'serve', '--port', String(port), ...more], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  const ready = says(child, 'Headwater is ready').then(since)
  const answered = firstAnswer(`http://127.0.0.1:${port}/graphql`, authorization, child).then(since)
  return { process: child, ended, answered, ready }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

/** Resolves once; never where the child ends without having said it. */
function says(child: ChildProcess, text: string): Promise<void> {
  let said = ''
  return new Promise((resolve) => {
    child.stdout!.on('data', (chunk) => {
      said += chunk
      if (said.includes(text)) resolve()
    })
  })
}

async function firstAnswer(url: string, authorization: string, child: ChildProcess): Promise<void> {
  const body = JSON.stringify({ query: '{ deals(first: 10) { edges { node { id } } } }' })
  const headers = { 'content-type': 'application/json', authorization }
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
