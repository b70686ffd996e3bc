import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CommandLine, commandLine, type Running } from '../testing/command-line.ts'

const ready = /Headwater is ready\. Open (http:\/\/127\.0\.0\.1:\d+)\/graphql/
const question = `query ($playbook: ID!) {
  funnel(query: { playbook: { id: $playbook } }) { groups { won lost open stages { stage reached } } }
}`

interface Funnel {
  readonly won: number
  readonly lost: number
  readonly open: number
  readonly stages: readonly { readonly stage: string; readonly reached: number }[]
}

/** The funnel as GraphQL gives it, with a token that the server has printed. */
async function funnelOverHttp(server: Running): Promise<unknown> {
  const [, url] = await server.says(ready)
  const [, token] = await server.says(/analyst\s+(eyJ\S+)/)
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: question, variables: { playbook: 'home-improvement' } }),
  })
  const { data, errors } = (await response.json()) as { data?: { funnel: { groups: unknown[] } }; errors?: unknown }
  expect(errors).toBeUndefined()
  return data!.funnel.groups[0]
}

const serve = (cli: CommandLine, ...more: string[]) => cli.start('serve', '--port', '0', ...more)
const kill = async (running: Running, signal: NodeJS.Signals) => {
  running.process.kill(signal)
  return running.ended
}

describe('a first start', () => {
  let cli: CommandLine
  let server: Running
  beforeAll(async () => {
    cli = await commandLine('nothing')
    server = serve(cli)
  })
  afterAll(() => cli.remove())

  it('says that it fills the log and how to start empty, and is completed when it was killed on the way', async () => {
    await server.says(/The log is empty: filling it with a simulated organisation.*\n.*--empty/)
    await cli.logHolds(300)
    await kill(server, 'SIGKILL')
    server = serve(cli)
    await server.says(/An earlier start was interrupted.*completing it/)
    await server.says(ready)
  }, 240_000)

  it('answers /healthz and GraphQL with the printed token, as the command line does beside it', async () => {
    const [, url] = await server.says(ready)
    const health = await fetch(`${url}/healthz`)
    expect([health.status, await health.json()]).toMatchObject([200, { status: 'ok' }])
    const { won, lost, open, stages } = await cli.json<Funnel>('funnel', '--playbook', 'home-improvement')
    const figures = { won, lost, open, stages: stages.map(({ stage, reached }) => ({ stage, reached })) }
    expect(await funnelOverHttp(server)).toEqual(figures)
    expect(stages.map(({ stage }) => stage)).toEqual(['lead', 'contact', 'design', 'quote', 'contract'])
    expect(won).toBeGreaterThan(300)
  })

  it('lets no second server in: it says so in one line', async () => {
    const { code, stdout, stderr } = await serve(cli).ended
    expect([code, stdout]).toEqual([3, ''])
    expect(stderr).toMatch(/^headwater: another process already serves this database.*\n$/)
  })

  it('loses nothing when it is killed, and starts again by itself', async () => {
    const before = [await funnelOverHttp(server), await cli.json('log', 'head')]
    await kill(server, 'SIGKILL')
    server = serve(cli)
    expect([await funnelOverHttp(server), await cli.json('log', 'head')]).toEqual(before)
    expect(server.said()).not.toMatch(/filling|completing/)
  })

  it('keeps its secrets for its owner', async () => {
    for (const name of ['master.key', 'token.secret'])
      expect((await stat(join(cli.dataDir, name))).mode & 0o077).toBe(0)
  })

  it('stops at a signal, and the command line goes on without it', async () => {
    const { code, stdout } = await kill(server, 'SIGTERM')
    expect([code, stdout]).toEqual([0, expect.stringMatching(/Stopped\.\n$/)])
    const { ok, findings } = await cli.json<{ ok: boolean; findings: { check: string; found: string }[] }>('doctor')
    expect(ok).toBe(true)
    expect(findings.find(({ check }) => check === 'Postgres')!.found).toContain('no server runs on it')
  })
})

describe('an empty start', () => {
  let cli: CommandLine
  beforeAll(async () => {
    cli = await commandLine('embedded')
  })
  afterAll(() => cli.remove())

  it('leaves the log empty', async () => {
    const server = serve(cli, '--empty')
    await server.says(ready)
    expect(await cli.json('log', 'head')).toEqual({ position: null })
    expect((await kill(server, 'SIGINT')).code).toBe(0)
  })

  it('answers whatever it has accepted when it is told to stop, and all of it is there afterwards', async () => {
    const server = serve(cli, '--empty')
    const [, url] = await server.says(ready)
    const [, token] = await server.says(/administrator\s+(eyJ\S+)/)
    const acknowledged: string[] = []
    const mutation = 'mutation ($input: OpenRegionInput!) { it: openRegion(input: $input) { __typename } }'
    let stopping: Promise<unknown> | undefined
    const client = async (n: number) => {
      for (let i = 0; ; i++) {
        const id = `r-${n}-${i}`
        const input = { commandId: id, regionId: id, name: id }
        const response = await fetch(`${url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
          body: JSON.stringify({ query: mutation, variables: { input } }),
        }).catch(() => undefined)
        // Not taken any more; what was taken is answered in full.
        if (!response) return
        expect(await response.json()).toEqual({ data: { it: { __typename: 'RegionPayload' } } })
        acknowledged.push(id)
        if (acknowledged.length === 100) stopping = kill(server, 'SIGTERM')
      }
    }
    await Promise.all(Array.from({ length: 16 }, (_, n) => client(n)))
    expect(await stopping).toMatchObject({ code: 0, stdout: expect.stringMatching(/Stopped\.\n$/) })
    const { stdout } = await cli.run('log', 'read', '--all', '--json')
    const kept = stdout.split('\n').flatMap((line) => (line ? [JSON.parse(line).commandId] : []))
    expect(acknowledged.filter((id) => !kept.includes(id))).toEqual([])
    expect(new Set(kept).size).toBe(kept.length)
  })

  it('ends at once at a later second signal, although a request is under way', async () => {
    const server = serve(cli, '--empty')
    const [, url] = await server.says(ready)
    const endless = request(`${url}/graphql`, {
      method: 'POST',
      headers: { expect: '100-continue', 'content-length': 1 },
    })
    endless.on('error', () => {}) // the server hangs up
    endless.flushHeaders()
    await once(endless, 'continue')
    const impatience = setInterval(() => server.process.kill('SIGTERM'), 100)
    const { code, stdout } = await server.ended
    clearInterval(impatience)
    expect([code, stdout]).toEqual([3, expect.not.stringContaining('Stopped.')])
  })

  it('says in one line that the port is taken', async () => {
    const other = await commandLine()
    try {
      const server = serve(cli, '--empty')
      const [, url] = await server.says(ready)
      const { code, stderr } = await other.run('serve', '--empty', '--port', new URL(url!).port)
      expect([code, stderr]).toEqual([
        3,
        expect.stringMatching(/^headwater: port \d+ of 127\.0\.0\.1 is in use; .*\n$/),
      ])
      await kill(server, 'SIGTERM')
    } finally {
      await other.remove()
    }
  })
})
