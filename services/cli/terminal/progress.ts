import { Presets, SingleBar } from 'cli-progress'

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
