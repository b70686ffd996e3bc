// Writers append while their process, and in turn Postgres or one backend of it, is killed at random moments: what was acknowledged stays, once.
import { setTimeout as delay } from 'node:timers/promises'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { Run } from './harness/run.ts'
import { onSite, type Site } from './harness/site.ts'
import type { Proof } from './proof.ts'

/** Rounds over one data folder, so that the time of a round does not grow without end. */
const ROUNDS_PER_SITE = 20
/** Milliseconds: a process may be killed before it is ready, Postgres while it recovers. */
const LIFE = 2_000
const RECOVERY = 400

export const crash: Proof = async ({ count = 200, seed, say }) => {
  const random = xoroshiro128plus(seed)
  const chance = (n: number) => uniformInt(random, 0, n - 1)
  const failures: string[] = []
  for (let first = 1; first <= count; first += ROUNDS_PER_SITE)
    await onSite((site) =>
      Run.over(site, async (run) => {
        for (let round = first; round <= count && round < first + ROUNDS_PER_SITE; round++) {
          const before = run.commands
          const what = await blows[round % blows.length]!(site, run, chance)
          const violations = await run.violations()
          const verdict = violations.length === 0 ? 'all there' : `BROKEN: ${violations.join('; ')}`
          say(`round ${round} of ${count}, ${what}, ${run.commands - before} commands acknowledged: ${verdict}`)
          failures.push(...violations.map((violation) => `round ${round}, ${what}: ${violation}`))
        }
      }),
    )
  return { rounds: count, failures }
}

/** What is done to a system in a round; returns its name. */
type Blow = (site: Site, run: Run, chance: (n: number) => number) => Promise<string>

const killWriter: Blow = async (_site, run, chance) => {
  const { child, ready } = run.worker()
  const moment = chance(2) === 0 ? 'start' : 'ready'
  if (moment === 'ready') await ready
  else ready.catch(() => {})
  const life = chance(LIFE)
  await delay(life)
  await child.kill()
  return `writers killed ${life} ms after ${moment}`
}

/** The same process must go on by itself, with its subscription and its read models. */
const hitPostgres =
  (signal: NodeJS.Signals, name: string): Blow =>
  async (site, run, chance) => {
    const { child, ready } = run.worker()
    await ready
    const moments = [chance(LIFE), ...(chance(2) === 0 ? [] : [chance(RECOVERY)])]
    for (const moment of moments) {
      await delay(moment)
      await site.signalPostgres(signal)
    }
    await run.progress(child)
    await child.stop()
    return `Postgres ${name} after ${moments.join(' + ')} ms`
  }

/** SIGTERM ends one connection, as `pg_terminate_backend` does; after a SIGKILL Postgres breaks all of them and recovers. */
const hitBackend =
  (signal: NodeJS.Signals, name: string): Blow =>
  async (site, run, chance) => {
    const { child, ready } = run.worker()
    await ready
    const moment = chance(LIFE)
    await delay(moment)
    await site.signalBackend(signal, chance)
    await run.progress(child)
    await child.stop()
    return `a backend ${name} after ${moment} ms`
  }

const blows: readonly Blow[] = [
  hitPostgres('SIGKILL', 'killed'),
  killWriter,
  hitPostgres('SIGINT', 'restarted'),
  hitBackend('SIGTERM', 'terminated'),
  killWriter,
  hitBackend('SIGKILL', 'killed'),
]
