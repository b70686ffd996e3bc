// The clock steps back under a log: the time of recording never does, not even over a restart, and work on what is there goes on.
import { Run } from '../harness/run.ts'
import { onSite } from '../harness/site.ts'
import { tell } from '../harness/story.ts'
import type { Proof } from '../proof.ts'

const HOUR = 3_600_000
/** Commands of a case up to its deal. */
const BEFORE = 5

/** As if all that is there had been written before the clock was put back by an hour. */
const stepBack = `update log.events set recorded_at = recorded_at + ${HOUR}, body = jsonb_set(body::jsonb, '{meta,occurredAt}', to_jsonb(
  to_char((body::jsonb #>> '{meta,occurredAt}')::timestamptz at time zone 'UTC' + interval '1 hour', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))::text`

export const clockBack: Proof = async ({ count = 2, say }) =>
  onSite((site) =>
    Run.over(site, async (run) => {
      const failures: string[] = []
      await site.use(async ({ application, db }) => {
        for (let n = 0; n < BEFORE; n++) await tell(application, 'early', n)
        await db.pool.query(stepBack)
        await tell(application, 'early', BEFORE).catch((error) => failures.push(`after the step: ${error.message}`))
      })
      for (let round = 1; round <= count; round++) {
        const { child, ready } = run.worker()
        await ready
        await run.progress(child)
        await site.signalPostgres('SIGKILL')
        await run.progress(child)
        await child.stop()
        const violations = await run.violations()
        say(`round ${round} of ${count}: ${violations.join('; ') || 'recorded in order'}`)
        failures.push(...violations.map((violation) => `round ${round}: ${violation}`))
      }
      return { rounds: count, failures }
    }),
  )
