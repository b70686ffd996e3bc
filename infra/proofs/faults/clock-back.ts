// The clock steps back under a log: the time of recording never does, not even over a restart.
import { Run } from '../harness/run.ts'
import { onSite } from '../harness/site.ts'
import type { Proof } from '../proof.ts'

const HOUR = 3_600_000

export const clockBack: Proof = async ({ count = 2, say }) =>
  onSite((site) =>
    Run.over(site, async (run) => {
      const failures: string[] = []
      // As if all that is there had been written before the step.
      await site.use(({ db }) => db.pool.query('update log.events set recorded_at = recorded_at + $1', [HOUR]))
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
