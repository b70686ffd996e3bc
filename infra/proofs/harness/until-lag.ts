import { setTimeout as delay } from 'node:timers/promises'
import type { Lag } from '@headwater/projections'
import type { Headwater } from '@headwater/runtime'

const LIMIT_MS = 60_000
const LOOK_MS = 100

/** Waits until read models are as wanted, by the work of others. @throws with where they stand, where that takes too long */
export async function untilLag({ readModels }: Headwater, wanted: (lags: readonly Lag[]) => boolean): Promise<void> {
  for (const deadline = Date.now() + LIMIT_MS; ; await delay(LOOK_MS)) {
    const lags = await readModels.lag()
    if (wanted(lags)) return
    if (Date.now() > deadline) throw new Error(`read models do not get further: ${JSON.stringify(lags)}`)
  }
}
