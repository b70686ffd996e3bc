// Load by schedule: what is due is sent at its time, however slow the answers are, so that time spent queueing counts.
import { Agent, request } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'

/** Milliseconds at most between two looks at the schedule. */
const TICK_MS = 1

/**
 * Calls `send` `rate` times a second for some seconds, with 0, 1, 2 …; returns how long each took in milliseconds, from the moment at
 * which it was due, sorted.
 */
export async function openLoop(
  { rate, seconds }: { readonly rate: number; readonly seconds: number },
  send: (n: number) => Promise<void>,
): Promise<readonly number[]> {
  const start = performance.now()
  const under: Promise<number>[] = []
  while (under.length < rate * seconds) {
    for (let now = performance.now(); under.length < rate * seconds; ) {
      const due = start + (under.length * 1000) / rate
      if (due > now) break
      const took = send(under.length).then(() => performance.now() - due)
      took.catch(() => {}) // met when all have been sent
      under.push(took)
      now = performance.now()
    }
    await delay(TICK_MS)
  }
  return (await Promise.all(under)).sort((a, b) => a - b)
}

export const percentile = (sorted: readonly number[], p: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))]!

/**
 * A client over connections that are kept; as many as there are requests at a time. Where the server hangs up on an idle one in the moment in
 * which it is used, the request goes out again, as every client of HTTP does: a command is carried out once whatever comes twice.
 */
export function httpClient(url: string, headers: Readonly<Record<string, string>>) {
  // Well before the server, after 5 s, hangs up on a connection that nobody uses.
  const agent = new Agent({ keepAlive: true, timeout: 2_000 })
  const post = (body: string) =>
    new Promise<string>((resolve, reject) => {
      const length = { 'content-length': Buffer.byteLength(body) }
      const sent = request(url, { agent, method: 'POST', headers: { ...headers, ...length } }, (response) => {
        let answer = ''
        response.setEncoding('utf8').on('data', (text) => {
          answer += text
        })
        response.once('end', () => resolve(answer)).once('error', reject)
      })
      sent
        .once('error', (error: NodeJS.ErrnoException) => {
          if (sent.reusedSocket && error.code === 'ECONNRESET') resolve(post(body))
          else reject(error)
        })
        .end(body)
    })
  return { post, close: () => agent.destroy() }
}
