/** Remembers a ring until somebody waits for it, so that none is missed between looking and waiting. */
export class Bell {
  private rung = false
  private wake: (() => void) | undefined

  ring(): void {
    this.rung = true
    this.wake?.()
  }

  /** Forgets earlier rings. */
  reset(): void {
    this.rung = false
  }

  /** Until a ring since the last reset, the signal, or `limit` milliseconds; never throws. */
  async wait(limit: number, signal: AbortSignal): Promise<void> {
    if (this.rung || signal.aborted) return
    let timer: NodeJS.Timeout | undefined
    let wake!: () => void
    await new Promise<void>((resolve) => {
      wake = this.wake = resolve
      timer = setTimeout(resolve, limit)
      signal.addEventListener('abort', wake)
    })
    this.wake = undefined
    clearTimeout(timer)
    signal.removeEventListener('abort', wake)
  }
}
