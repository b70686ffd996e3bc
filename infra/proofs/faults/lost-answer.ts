// Connections break in the middle of a command, so that nobody knows whether it was carried out; it is sent again and has one effect.

import { PostgresUnavailable } from '@headwater/infra/database'
import { LogUnavailable } from '@headwater/infra/ports'
import { CuttingProxy } from '@headwater/infra/testing/proxy'
import { openHeadwater, readConfig } from '@headwater/runtime'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { everything, logViolations, readModelViolations } from '../harness/invariants.ts'
import { onSite } from '../harness/site.ts'
import { commandIdOf, found, tell } from '../harness/story.ts'
import type { Written } from '../harness/worker.ts'
import type { Proof } from '../proof.ts'

/** A command takes up to so many answers of Postgres. */
const ANSWERS = 12
/** What breaks again and again is given up, and has to be sent again by who wants it. */
const TIMES = 12

export const lostAnswer: Proof = async ({ count = 200, seed, say }) => {
  const random = xoroshiro128plus(seed)
  return onSite((site) =>
    site.use(async (headwater) => {
      await found(headwater.application)
      const proxy = new CuttingProxy(headwater.db.url)
      const cut = await openHeadwater(readConfig({ HEADWATER_DATA: site.dataDir, DATABASE_URL: await proxy.up() }))
      const acknowledged = new Map<string, readonly Written[]>()
      let sentAgain = 0
      try {
        for (let n = 0; n < count; ) {
          proxy.loseAnswer({ after: uniformInt(random, 0, ANSWERS - 1), times: uniformInt(random, 1, TIMES) })
          try {
            const answers = await tell(cut.application, 'w', n)
            const written = answers.map(({ stream, revision, events }) => ({ stream, revision, count: events.length }))
            acknowledged.set(commandIdOf('w', n), written)
            n++
          } catch (error) {
            if (!(error instanceof LogUnavailable || error instanceof PostgresUnavailable)) throw error
            sentAgain++
          }
        }
      } finally {
        await cut.close()
        await proxy.down()
      }
      const failures = [
        ...logViolations(await everything(headwater.log), acknowledged),
        ...(await readModelViolations(headwater)),
      ]
      say(`${count} commands, ${sentAgain} of them sent again: ${failures.join('; ') || 'each has one effect'}`)
      return { rounds: count, failures }
    }),
  )
}
