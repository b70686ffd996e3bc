// One life of a worker after the other over one site, with all that was acknowledged and seen.
import { Child } from './child.ts'
import { type Acknowledged, everything, logViolations, readModelViolations, Subscriber } from './invariants.ts'
import type { Site } from './site.ts'
import { commandIdOf, found } from './story.ts'
import type { WorkerOptions, WorkerReport, Written } from './worker.ts'

export type Worker = Child<WorkerReport>

export class Run {
  /** The next command of each writer: those before it were acknowledged. */
  private readonly next: Record<string, number> = {}
  private readonly acknowledged = new Map<string, readonly Written[]>()
  private readonly subscriber = new Subscriber()
  private readonly faults = new Set<string>()
  private readonly children: Worker[] = []
  private unavailable = 0

  private constructor(private readonly site: Site) {}

  static async over<T>(site: Site, work: (run: Run) => Promise<T>, writers = 4): Promise<T> {
    await site.use(({ application }) => found(application))
    const run = new Run(site)
    for (let i = 0; i < writers; i++) run.next[`w${i}`] = 0
    try {
      return await work(run)
    } finally {
      for (const child of run.children) await child.kill()
    }
  }

  get commands(): number {
    return this.acknowledged.size
  }

  /** How often a command had to be sent again. */
  get retries(): number {
    return this.unavailable
  }

  /** Starts a worker that goes on from what was acknowledged: the last such command of each writer is sent again. */
  worker(): { readonly child: Worker; readonly ready: Promise<void> } {
    const writers = Object.fromEntries(Object.entries(this.next).map(([name, n]) => [name, Math.max(0, n - 1)]))
    const options: WorkerOptions = { dataDir: this.site.dataDir, writers, after: this.subscriber.position }
    let ready = false
    const child: Worker = new Child('harness/worker.js', options, (report) => {
      if (report.kind === 'ready') ready = true
      else this.hear(report)
    })
    this.children.push(child)
    return { child, ready: child.until('ready', () => ready) }
  }

  /** Until every writer has got something new acknowledged. */
  async progress(child: Worker): Promise<void> {
    const before = { ...this.next }
    await child.until('every writer goes on', () => Object.entries(this.next).every(([name, n]) => n > before[name]!))
  }

  /** What does not hold just now. */
  violations(): Promise<string[]> {
    return this.site.use(async (headwater) => {
      const events = await everything(headwater.log)
      return [
        ...this.takeFaults(),
        ...logViolations(events, this.acknowledged as Acknowledged),
        ...this.subscriber.compare(events),
        ...(await readModelViolations(headwater)),
      ]
    })
  }

  private takeFaults(): string[] {
    const faults = [...this.faults]
    this.faults.clear()
    return faults
  }

  private hear(report: Exclude<WorkerReport, { kind: 'ready' }>): void {
    switch (report.kind) {
      case 'acknowledged': {
        const { writer, n, written } = report
        this.next[writer] = Math.max(this.next[writer]!, n + 1)
        this.acknowledged.set(commandIdOf(writer, n), written)
        break
      }
      case 'seen':
        this.subscriber.hear(report)
        break
      case 'unavailable':
        this.unavailable++
        break
      case 'fault':
        this.faults.add(report.message)
    }
  }
}
