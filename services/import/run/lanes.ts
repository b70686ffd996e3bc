import { KeyedQueue } from '@headwater/shell'

/** Runs tasks beside each other, those of one key one after the other; who adds waits while all lanes are taken. */
export class Lanes {
  private readonly limit: number
  private readonly queue = new KeyedQueue()
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
    void this.queue
      .run(key, async () => (this.failure ? undefined : task()))
      .catch((error: unknown) => {
        this.failure ??= { error }
      })
      .finally(() => {
        this.running--
        this.free?.()
      })
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
