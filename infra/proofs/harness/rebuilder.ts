// The process that is killed: rebuilds all read models and replays one of them, in small batches, again and again.
import { setTimeout as delay } from 'node:timers/promises'
import { isConnectionLoss, PostgresUnavailable } from '@headwater/infra/database'
import { LogUnavailable } from '@headwater/infra/ports'
import { dealsModel, readModels, rebuildAll, replay } from '@headwater/projections'
import { openHeadwater, readConfig } from '@headwater/runtime'

export interface RebuilderOptions {
  readonly dataDir: string
  /** Of the replay; each takes the place of the one before. */
  readonly replay: string
}

export type RebuilderReport =
  | { readonly kind: 'rebuilt' | 'replayed' | 'unavailable' }
  /** What nobody should have met. */
  | { readonly kind: 'fault'; readonly message: string }

const report = (line: RebuilderReport) => void process.stdout.write(`${JSON.stringify(line)}\n`)
const isAway = (error: unknown) =>
  error instanceof LogUnavailable || error instanceof PostgresUnavailable || isConnectionLoss(error)

const { dataDir, replay: name }: RebuilderOptions = JSON.parse(process.argv[2]!)
const headwater = await openHeadwater(readConfig({ HEADWATER_DATA: dataDir }))
const batch = { documents: 20, events: 50 }
for (;;)
  try {
    await rebuildAll(headwater, readModels, { batch })
    report({ kind: 'rebuilt' })
    await replay(headwater, dealsModel, { name, replace: true, batch })
    report({ kind: 'replayed' })
  } catch (error) {
    report(isAway(error) ? { kind: 'unavailable' } : { kind: 'fault', message: String(error) })
    await delay(20)
  }
