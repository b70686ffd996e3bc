// An event that one read model cannot take: that one stops and says so, the others go on; after the fix it goes on by itself.
import type { EventLog } from '@headwater/infra/ports'
import { dealsModel, rebuild } from '@headwater/projections'
import { newId, type RecordedEvent } from '@headwater/schema'
import { everything } from '../harness/invariants.ts'
import { Run } from '../harness/run.ts'
import { onSite } from '../harness/site.ts'
import { untilLag } from '../harness/until-lag.ts'
import type { Proof } from '../proof.ts'

/** Some deal's first event. */
async function opening(log: EventLog): Promise<RecordedEvent> {
  return (await everything(log)).find(({ type }) => type === 'DealOpened')!
}

export const poison: Proof = async ({ count = 1, say }) =>
  onSite((site) =>
    Run.over(site, async (run) => {
      const failures: string[] = []
      for (let round = 1; round <= count; round++) {
        const { child, ready } = run.worker()
        await ready
        await child.until('deals', () => run.commands >= 40 * round)
        await site.use(async (headwater) => {
          const { db, log, readModels } = headwater
          const { type, version, data, meta } = await opening(log)
          const own = { ...(data as object), dealId: `poison-${round}` }
          const good = { id: newId(), type, version, data: own, meta: { ...meta, commandId: newId() } }
          const bad = { ...good, data: { ...own, playbook: null } }
          const { stream } = await log.append(`deal-${own.dealId}`, [bad], { expected: 'none' })
          await untilLag(headwater, (lags) => lags.some(({ checkpoint }) => checkpoint?.failure !== undefined))
          await run.progress(child)
          const stopped = (await readModels.lag()).filter(({ checkpoint }) => checkpoint?.failure !== undefined)
          const names = stopped.map(({ model, checkpoint }) => `${model}: ${checkpoint!.failure!.message}`)
          if (stopped.length !== 1 || stopped[0]!.model !== dealsModel.name)
            failures.push(`stopped: ${names.join('; ')}`)
          await db.pool.query('update log.events set body = $2 where stream = $1', [stream, JSON.stringify(good)])
          const { position: mendedAt } = await rebuild(headwater, dealsModel)
          await untilLag(headwater, (lags) =>
            lags.some(({ model, checkpoint }) => model === dealsModel.name && checkpoint!.position! > mendedAt!),
          )
          say(`round ${round} of ${count}, stopped and mended: ${names.join('; ')}`)
        })
        await child.kill()
        failures.push(...(await run.violations()))
      }
      return { rounds: count, failures }
    }),
  )
