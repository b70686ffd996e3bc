// A process that works for a proof, to be killed: it says what it does in JSON lines on its stdout.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { root } from './root.ts'

export class Child<Report> {
  private readonly process: ChildProcess
  private readonly heard: Promise<void>
  private readonly listeners = new Set<() => void>()
  private errors = ''
  private gone = false

  /** Runs a built module of the proofs, such as `crash/worker.js`, with `options` as its argument. */
  constructor(module: string, options: object, hear: (report: Report) => void) {
    const file = path.join(root, 'infra', 'proofs', 'dist', module)
    this.process = spawn(process.execPath, [file, JSON.stringify(options)], {
      env: { ...process.env, DATABASE_URL: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.process.stderr!.on('data', (text) => {
      this.errors += text
    })
    const lines = createInterface({ input: this.process.stdout! })
    lines.on('line', (line) => {
      hear(JSON.parse(line))
      for (const listener of this.listeners) listener()
    })
    this.heard = Promise.all([once(this.process, 'close'), once(lines, 'close')]).then(() => {
      this.gone = true
      for (const listener of this.listeners) listener()
    })
  }

  /** -9. Returns when it has gone and all that it had said is heard. */
  async kill(): Promise<void> {
    this.process.kill('SIGKILL')
    await this.heard
  }

  /** Asks it to finish. @throws where it does not end as it should */
  async stop(): Promise<void> {
    this.process.kill('SIGTERM')
    await this.heard
    if (this.process.exitCode !== 0) throw new Error(this.ending())
  }

  /** Until something that it reports has made `condition` true. @throws where that does not come in time, or never will */
  async until(what: string, condition: () => boolean, limitMs = 90_000): Promise<void> {
    const deadline = Date.now() + limitMs
    while (!condition()) {
      if (this.gone) throw new Error(`${what}: never, ${this.ending()}`)
      const left = deadline - Date.now()
      if (left <= 0) throw new Error(`${what}: not within ${limitMs / 1000} s`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(wake, left)
        const { listeners } = this
        listeners.add(wake)
        function wake() {
          clearTimeout(timer)
          listeners.delete(wake)
          resolve()
        }
      })
    }
  }

  private ending(): string {
    const { exitCode, signalCode } = this.process
    return `the process ended with ${exitCode ?? signalCode}: ${this.errors.trim()}`
  }
}
