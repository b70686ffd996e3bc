// Two processes keep the same read models; whichever is killed, the other one goes on.
import { Child } from '../harness/child.ts'
import { Run } from '../harness/run.ts'
import { onSite, type Site } from '../harness/site.ts'
import { untilLag } from '../harness/until-lag.ts'
import type { WorkerOptions, WorkerReport } from '../harness/worker.ts'
import type { Proof } from '../proof.ts'

/** One that only keeps read models. */
async function rivalOn({ dataDir }: Site): Promise<Child<WorkerReport>> {
  let ready = false
  const options: WorkerOptions = { dataDir, writers: {} }
  const child = new Child<WorkerReport>('harness/worker.js', options, ({ kind }) => {
    ready ||= kind === 'ready'
  })
  await child.until('ready', () => ready)
  return child
}

export const takeover: Proof = async ({ count = 10, say }) =>
  onSite((site) =>
    Run.over(site, async (run) => {
      const failures: string[] = []
      for (let round = 1; round <= count; round++) {
        const rival = await rivalOn(site)
        try {
          const { child, ready } = run.worker()
          await ready
          await run.progress(child)
          const [killed, left] = round % 2 === 0 ? [child, rival] : [rival, child]
          await killed.kill()
          await site.use(async (headwater) => {
            const head = (await headwater.log.head())!
            await untilLag(headwater, (lags) => lags.every(({ checkpoint }) => (checkpoint?.position ?? '') >= head))
          })
          await left.stop()
        } finally {
          await rival.kill()
        }
        const violations = await run.violations()
        const what = `${round % 2 === 0 ? 'the second' : 'the first'} of two projectors killed`
        say(`round ${round} of ${count}, ${what}: ${violations.join('; ') || 'the other went on'}`)
        failures.push(...violations.map((violation) => `round ${round}: ${violation}`))
      }
      return { rounds: count, failures }
    }),
  )
