// An import killed with -9 at random moments and run again ends exactly as one that was never disturbed.
import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Database } from '@headwater/infra/database'
import { dumpTables, type ReadModel, readModels } from '@headwater/projections'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { root } from './harness/root.ts'
import { onSite, type Site } from './harness/site.ts'
import type { Proof } from './proof.ts'

const CASES = 2_000
const KILLS = 3
const DAY = 86_400_000

const mapping = `
source: proof
zone: UTC
gates: waive
leads: waive
playbook:
  id: proof
  definition:
    name: { en: Proof, zh-CN: 证明 }
    calendar: { zone: UTC, week: { mon: [{ from: "09:00", to: "17:00" }] } }
    stages:
      - { id: first, name: { en: First, zh-CN: 一 } }
      - { id: second, name: { en: Second, zh-CN: 二 } }
      - { id: third, name: { en: Third, zh-CN: 三 } }
files:
  - match: "*.xes"
    rows: trace
    activities:
      A: { stage: first }
      B: { stage: second }
      C: { stage: third, win: true }
      X: { lose: gone }
`

/** Traces that end in any of their stages. */
const traces = (chance: (n: number) => number): string => {
  const trace = (no: number) => {
    let at = Date.UTC(2025, 0, 1) + chance(300 * DAY)
    const steps = ['A', 'B', 'C'].slice(0, 1 + chance(3))
    if (steps.length < 3 && chance(2) === 0) steps.push('X')
    const events = steps.map((name) => {
      at += 1 + chance(10 * DAY)
      return `<event><string key="concept:name" value="${name}"/><date key="time:timestamp" value="${new Date(at).toISOString()}"/></event>`
    })
    return `<trace><string key="concept:name" value="case-${no}"/>${events.join('')}</trace>`
  }
  return `<?xml version="1.0" encoding="UTF-8"?><log>${Array.from({ length: CASES }, (_, i) => trace(i)).join('\n')}</log>`
}

/** Everything that the business sees, in an order of its own. */
const contents = (site: Site): Promise<string> =>
  site.use(async (headwater) => {
    await headwater.readModels.catchUp()
    const events: string[] = []
    for await (const batch of headwater.log.readAll())
      for (const { stream, revision, type, data, meta } of batch.events) {
        const at = type === 'PlaybookPublished' ? null : meta.occurredAt
        events.push(JSON.stringify([stream, revision, type, data, at, meta.commandId]))
      }
    // The playbook happens when it is published, so now; its other content is compared as an event.
    const shown = readModels.filter(({ name }) => name !== 'playbooks')
    const tables = await Promise.all(shown.map((model) => businessRows(headwater.db, model)))
    return JSON.stringify([events.sort(), tables])
  })

/** What the tables hold, but for when the log took it. */
const businessRows = async (db: Database, model: ReadModel): Promise<unknown> => {
  const dump = await dumpTables(db, model)
  const tables: { name: string; columns: object }[] = [model.root, ...Object.values(model.parts)]
  return tables.map(({ name, columns }) => {
    const kept = Object.keys(columns).map((column) => !/recorded/i.test(column))
    return dump[name]?.map((row) => row.filter((_, i) => kept[i]))
  })
}

export const importCrash: Proof = async ({ count = 20, seed, say }) => {
  const random = xoroshiro128plus(seed)
  const chance = (n: number) => uniformInt(random, 0, n - 1)
  const folder = await mkdtemp(path.join(tmpdir(), 'headwater-proof-'))
  await writeFile(path.join(folder, 'log.xes'), traces(chance))
  await writeFile(path.join(folder, 'map.yaml'), mapping)
  const failures: string[] = []
  const start = (dataDir: string) =>
    spawn(
      process.execPath,
      [path.join(root, 'services/cli/bin/headwater.mjs'), 'import', 'log.xes', '--map', 'map.yaml'],
      {
        cwd: folder,
        env: { ...process.env, HEADWATER_DATA: dataDir, DATABASE_URL: '' },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    )
  const toTheEnd = (dataDir: string) =>
    new Promise<number>((resolve, reject) => {
      const began = performance.now()
      const child = start(dataDir)
      let errors = ''
      child.stderr.on('data', (text) => {
        errors += text
      })
      child.once('exit', (code) =>
        code === 0
          ? resolve(performance.now() - began)
          : reject(new Error(`import ended with ${code}: ${errors.trim()}`)),
      )
    })
  try {
    const { duration, wanted } = await onSite(async (site) => ({
      duration: await toTheEnd(site.dataDir),
      wanted: await contents(site),
    }))
    for (let round = 1; round <= count; round++) {
      const moments = Array.from({ length: KILLS }, () => chance(Math.ceil(duration)))
      const holds = await onSite(async (site) => {
        for (const moment of moments) {
          const child = start(site.dataDir)
          const gone = new Promise((resolve) => child.once('exit', resolve))
          await Promise.race([delay(moment), gone])
          child.kill('SIGKILL')
          await gone
        }
        await toTheEnd(site.dataDir)
        return (await contents(site)) === wanted
      })
      say(`round ${round} of ${count}, killed after ${moments.join(', ')} ms: ${holds ? 'the same' : 'DIFFERENT'}`)
      if (!holds) failures.push(`round ${round}: killed after ${moments.join(', ')} ms, the import ended otherwise`)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return { rounds: count, failures }
}
