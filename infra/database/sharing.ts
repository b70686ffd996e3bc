import { setImmediate as endOfTurn } from 'node:timers'
import DataLoader from 'dataloader'

/** Batches under way at a time. */
const AT_ONCE = 2

/**
 * Look-ups that share round trips: those of one turn of the event loop go together, and what comes while `AT_ONCE` batches are under way waits for
 * one of them to end. So batches grow with the load, and nothing waits where there is none.
 * @param fetch gets at most `maxBatchSize` keys, answers in their order; an error as a value is of that key only
 */
export function sharing<K, V>(
  fetch: (keys: readonly K[]) => Promise<readonly (V | Error)[]>,
  maxBatchSize: number,
): DataLoader<K, V> {
  const waiting: (() => void)[] = []
  let running = 0
  const start = () => {
    while (running < AT_ONCE && waiting.length > 0) waiting.shift()!()
  }
  const run = async (keys: readonly K[]) => {
    running++
    try {
      return await fetch(keys)
    } finally {
      running--
      endOfTurn(start)
    }
  }
  const batchScheduleFn = (dispatch: () => void) => {
    waiting.push(dispatch)
    endOfTurn(start)
  }
  return new DataLoader(run, { cache: false, maxBatchSize, batchScheduleFn })
}
