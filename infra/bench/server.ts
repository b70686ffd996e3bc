// The real server in a process of its own: `headwater serve` over a data folder.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import path from 'node:path'
import { issueDevelopmentToken } from '@headwater/api'
import { root } from './root.ts'

const bin = path.join(root, 'services/cli/bin/headwater.mjs')
const secret = 'only for the benchmark, which nobody else can reach'

export interface Server {
  readonly process: ChildProcess
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly ended: Promise<unknown>
  /** Fulfilled when it says that it is ready. @throws where it ends without */
  readonly ready: Promise<void>
}

/** Starts it on a port of its own; `headers` are those of an administrator who sends JSON. */
export async function serve(home: string, more: readonly string[]): Promise<Server> {
  const port = await freePort()
  const authorization = `Bearer ${await issueDevelopmentToken(secret, { id: 'bench', role: 'administrator' })}`
  const env = {
    ...process.env,
    ...{ HEADWATER_DATA: home, HEADWATER_TOKEN_SECRET: secret, DATABASE_URL: '', HEADWATER_EMPTY: '' },
  }
  const child = spawn(process.execPath, [bin, 'serve', '--port', String(port), ...more], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return {
    process: child,
    url: `http://127.0.0.1:${port}/graphql`,
    headers: { 'content-type': 'application/json', authorization },
    ended: once(child, 'exit'),
    ready: says(child, 'Headwater is ready'),
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

/** Until a child has said something on its stdout. @throws where it ends without */
export function says(child: ChildProcess, text: string): Promise<void> {
  let said = ''
  const heard = new Promise<void>((resolve, reject) => {
    child.stdout!.on('data', (chunk) => {
      said += chunk
      if (said.includes(text)) resolve()
    })
    child.once('exit', () => reject(new Error(`the server ended before it said "${text}"`)))
  })
  heard.catch(() => {}) // whoever waits for it hears of the error
  return heard
}
