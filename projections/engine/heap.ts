// How much garbage V8 lets gather during a pass over the log.
import { setFlagsFromString } from 'node:v8'

/** Percent of what is in use. V8 by itself waits for some 300, and a long pass always gets there; less than this costs much more CPU time. */
const garbage = 60

let passes = 0

/** Keeps the process small while the work goes on, for a tenth more of its CPU time. */
export async function inSmallHeap<T>(work: () => Promise<T>): Promise<T> {
  if (passes++ === 0) setFlagsFromString(`--heap-growing-percent=${garbage}`)
  try {
    return await work()
  } finally {
    if (--passes === 0) setFlagsFromString('--heap-growing-percent=0')
  }
}
