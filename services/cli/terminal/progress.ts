import { Presets, SingleBar } from 'cli-progress'

export interface Progress {
  /** So much of the whole is done. */
  update(done: number, total?: number): void
  stop(): void
}

/** A bar on stderr, where somebody looks at it; `what` says what goes on. */
export function progress(what: string, total: number): Progress {
  if (!process.stderr.isTTY) return { update() {}, stop() {} }
  const bar = new SingleBar(
    {
      format: `${what} [{bar}] {percentage}% {value}/{total}`,
      stream: process.stderr,
      hideCursor: true,
      clearOnComplete: true,
    },
    Presets.shades_classic,
  )
  bar.start(total, 0)
  return {
    update(done, newTotal) {
      if (newTotal !== undefined) bar.setTotal(newTotal)
      bar.update(done)
    },
    stop: () => bar.stop(),
  }
}
