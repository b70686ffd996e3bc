// How a pass over the log goes, of one read model or of several at once.
import type { Progress as Pass } from '@headwater/projections'
import { count, duration, percent } from './format.ts'
import { progress } from './progress.ts'

export interface LogProgress {
  update(pass: Pass): void
  stop(): void
}

/** On stderr: a bar where somebody looks at it, else a line for every tenth of the log; nothing where it is to be `quiet`. */
export function logProgress(what: string, { quiet = false }: { quiet?: boolean | undefined } = {}): LogProgress {
  if (quiet) return { update() {}, stop() {} }
  const passes = new Map<string, Pass>()
  if (!process.stderr.isTTY) {
    const lines = tenths(what)
    return {
      update(pass) {
        const line = lines(together(passes.set(pass.model, pass)))
        if (line !== undefined) process.stderr.write(`${line}\n`)
      },
      stop() {},
    }
  }
  const bar = progress(what, 1)
  return {
    update(pass) {
      const all = together(passes.set(pass.model, pass))
      bar.update(all.share, figures(all))
    },
    stop: () => bar.stop(),
  }
}

type Together = Omit<Pass, 'model' | 'position' | 'written'>

/** The slowest says how far they are. */
function together(passes: ReadonlyMap<string, Pass>): Together {
  const all = [...passes.values()]
  return {
    share: Math.min(...all.map(({ share }) => share)),
    secondsLeft: Math.max(...all.map(({ secondsLeft }) => secondsLeft)),
    events: all.reduce((sum, { events }) => sum + events, 0),
    rate: all.reduce((sum, { rate }) => sum + rate, 0),
  }
}

const figures = ({ events, rate, secondsLeft }: Together) =>
  `${count(events)} events, ${count(Math.round(rate))} events/s, ${duration(secondsLeft)} left`

/** A line whenever another tenth is behind it. */
export function tenths(what: string): (pass: Together) => string | undefined {
  let said = 0
  return (pass) => {
    const tenth = Math.floor(pass.share * 10)
    if (tenth <= said) return undefined
    said = tenth
    return `${what}: ${percent(pass.share)}, ${figures(pass)}`
  }
}
