// Read models are rebuilt and replayed beside live ones while the process, and in turn Postgres, is killed with -9 at random moments: what is shown
// stays right, what was begun is completed, and nothing is left over.
import { setTimeout as delay } from 'node:timers/promises'
import type { Database } from '@headwater/infra/database'
import { dealsModel, dropReplay, dumpTables, type ReadModel, readModels, replay } from '@headwater/projections'
import type { Headwater } from '@headwater/runtime'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { Child } from './harness/child.ts'
import type { RebuilderOptions, RebuilderReport } from './harness/rebuilder.ts'
import { Run } from './harness/run.ts'
import { onSite, type Site } from './harness/site.ts'
import type { Proof } from './proof.ts'

/** Rounds over one data folder, so that the time of a round does not grow without end. */
const ROUNDS_PER_SITE = 10
/** Milliseconds after the first rebuild. */
const LIFE = 1_500
/** The replay that is killed, and the one it is compared with. */
const [CRASHED, UNDISTURBED] = ['crashed', 'undisturbed']

export const rebuildCrash: Proof = async ({ count = 100, seed, say }) => {
  const random = xoroshiro128plus(seed)
  const failures: string[] = []
  for (let first = 1; first <= count; first += ROUNDS_PER_SITE)
    await onSite((site) =>
      Run.over(site, async (run) => {
        for (let round = first; round <= count && round < first + ROUNDS_PER_SITE; round++) {
          const life = uniformInt(random, 0, LIFE - 1)
          const what = `${blows[round % blows.length]} killed ${life} ms after the first rebuild`
          const { found, done } = await oneRound(site, run, blows[round % blows.length]!, life)
          const violations = [...found, ...(await run.violations()), ...(await site.use(rebuiltViolations))]
          const verdict = violations.length === 0 ? 'all right' : `BROKEN: ${violations.join('; ')}`
          say(`round ${round} of ${count}, ${what}, ${done} rebuilds and replays in all: ${verdict}`)
          failures.push(...violations.map((violation) => `round ${round}, ${what}: ${violation}`))
        }
      }),
    )
  return { rounds: count, failures }
}

const blows = ['Postgres', 'the rebuilding process', 'both processes'] as const

async function oneRound(site: Site, run: Run, blow: (typeof blows)[number], life: number) {
  const found: string[] = []
  let done = 0
  const options: RebuilderOptions = { dataDir: site.dataDir, replay: CRASHED }
  const rebuilder = new Child<RebuilderReport>('harness/rebuilder.js', options, (report) => {
    if (report.kind === 'fault') found.push(report.message)
    else if (report.kind !== 'unavailable') done++
  })
  try {
    const { child: worker, ready } = run.worker()
    await ready
    await rebuilder.until('a rebuild', () => done > 0)
    await delay(life)
    if (blow === 'Postgres') {
      await site.signalPostgres('SIGKILL')
      const before = done
      await run.progress(worker)
      await rebuilder.until('a rebuild and a replay after it', () => done > before + 1)
    }
    await rebuilder.kill()
    if (blow === 'both processes') await worker.kill()
    else await worker.stop()
  } finally {
    await rebuilder.kill()
  }
  return { found, done }
}

/** What was begun, completed, is as an undisturbed replay from zero; so is what is live; and nothing else is there. */
async function rebuiltViolations(headwater: Headwater): Promise<string[]> {
  const { db } = headwater
  const found: string[] = []
  const compare = async (
    what: string,
    model: ReadModel,
    until: Parameters<typeof replay>[2]['until'],
    schema: string,
  ) => {
    await replay(headwater, model, { name: UNDISTURBED, replace: true, until })
    const wanted = JSON.stringify(await dumpTables(db, model, `replay_${UNDISTURBED}`))
    if (JSON.stringify(await dumpTables(db, model, schema)) !== wanted) found.push(`${what} differs from a replay`)
  }
  const { position, schema } = await replay(headwater, dealsModel, { name: CRASHED, replace: true })
  await compare('the replay that was killed', dealsModel, { position: position! }, schema)
  for (const model of readModels) await compare(`the live ${model.name}`, model, undefined, 'read')
  for (const name of [CRASHED, UNDISTURBED]) await dropReplay(headwater, name)
  return [...found, ...(await leftOver(db)).map((name) => `${name} is left over`)]
}

/** Tables and schemas that belong to no live model. */
async function leftOver(db: Database): Promise<string[]> {
  const known = readModels.flatMap(({ root, parts }) => [root, ...Object.values(parts)] as { name: string }[])
  const { rows } = await db.pool.query<{ name: string }>(
    `select 'read.' || tablename as name from pg_tables
     where schemaname = 'read' and tablename <> all($1) and tablename not in ('checkpoints', 'replays')
       and not starts_with(tablename, 'migrations')
     union all select nspname from pg_namespace where starts_with(nspname, 'replay_')
     union all select model || ' ' || slot from read.checkpoints where slot <> 'live'`,
    [known.map(({ name }) => name)],
  )
  return rows.map(({ name }) => name)
}
