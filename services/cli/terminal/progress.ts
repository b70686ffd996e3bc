import type { Progress as LogProgress } from '@headwater/projections'
import { Presets, SingleBar } from 'cli-progress'
import { count, duration } from './format.ts'

export interface Progress {
  /** So much of the whole is done; `note` is shown behind the bar. */
  update(done: number, note?: string): void
  stop(): void
}

/** A bar on stderr, where somebody looks at it; `what` says what goes on. */
export function progress(what: string, total: number): Progress {
  if (!process.stderr.isTTY) return { update() {}, stop() {} }
  const format = `${what} [{bar}] {percentage} % {note}`
  const bar = new SingleBar({ format, hideCursor: true, clearOnComplete: true }, Presets.shades_classic)
  bar.start(total, 0, { note: '' })
  return { update: (done, note = '') => bar.update(done, { note }), stop: () => bar.stop() }
}

/** A way through the log that one or several read models go: a bar for the hindmost, with events per second of all and the time left. */
export function passage(what: string): { update(progress: Passage): void; end(): void } {
  const bar = progress(what, 1)
  const latest = new Map<string, Passage>()
  return {
    update(one) {
      latest.set(one.model, one)
      const all = [...latest.values()]
      const { share, left } = all.reduce((last, other) => (other.share < last.share ? other : last))
      const rate = all.reduce((sum, other) => sum + other.rate, 0)
      bar.update(share, `${count(Math.round(rate))} events/s, ${duration(Math.ceil(left / 1000))} left`)
    },
    end: () => bar.stop(),
  }
}

type Passage = Pick<LogProgress, 'model' | 'share' | 'left' | 'rate'>

/** A line on stderr that says how far something is whose end nobody knows, where somebody looks at it. */
export function status(): { say(text: string): void; end(): void } {
  const { stderr } = process
  if (!stderr.isTTY) return { say() {}, end() {} }
  const write = (text: string) => {
    stderr.cursorTo(0)
    stderr.write(text.slice(0, stderr.columns - 1))
    stderr.clearLine(1)
  }
  return { say: write, end: () => write('') }
}
