/** Runs tasks beside each other, those of one key one after the other; who adds waits while all lanes are taken. */
export class Lanes {
  private readonly limit: number
  private readonly last = new Map<string, Promise<void>>()
  private running = 0
  private free: (() => void) | undefined
  private failure: { readonly error: unknown } | undefined

  constructor(limit: number) {
    this.limit = limit
  }

  /** Resolves when the task has a lane. @throws what an earlier task threw: no further one is taken then */
  async add(key: string, task: () => Promise<void>): Promise<void> {
    while (this.running >= this.limit) await this.wait()
    this.rethrow()
    this.running++
    const run = (this.last.get(key) ?? Promise.resolve())
      .then(() => (this.failure ? undefined : task()))
      .catch((error: unknown) => {
        this.failure ??= { error }
      })
      .finally(() => {
        if (this.last.get(key) === run) this.last.delete(key)
        this.running--
        this.free?.()
      })
    this.last.set(key, run)
  }

  /** Waits until all tasks are done. @throws what one of them threw */
  async drain(): Promise<void> {
    while (this.running > 0) await this.wait()
    this.rethrow()
  }

  private wait(): Promise<void> {
    return new Promise((resolve) => {
      this.free = resolve
    })
  }

  private rethrow(): void {
    if (this.failure) throw this.failure.error
  }
}
