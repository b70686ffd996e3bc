// Of several projectors one leads each read model, and the others wait for it to go. This saves work and no more: what keeps the tables
// right, whoever writes, is the checkpoint.
import { setTimeout as delay } from 'node:timers/promises'
import type { Database } from '@headwater/infra/database'
import type { Client } from 'pg'

/** How often a waiting projector looks whether the leader has gone. */
const LOOK_MS = 250

export class Leadership {
  private session: Promise<Client> | undefined
  private readonly led = new Set<string>()
  /** A session takes one statement at a time. */
  private last: Promise<unknown> = Promise.resolve()

  constructor(private readonly db: Database) {}

  /** Returns when this projector leads the model, or at the signal. A lost connection ends it; the next call then waits again. */
  async obtain(model: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !(await this.tryObtain(model)))
      await delay(LOOK_MS, undefined, { signal }).catch(() => {}) // aborted: the loop ends
  }

  /** Lets another one try. */
  async resign(model: string): Promise<void> {
    if (!this.led.delete(model)) return
    const client = await this.session
    if (client) await this.inTurn(() => client.query(`select pg_advisory_unlock(${KEY})`, [model]))
  }

  async close(): Promise<void> {
    await (await this.session?.catch(() => undefined))?.end()
  }

  private async tryObtain(model: string): Promise<boolean> {
    this.session ??= this.open()
    const client = await this.session
    if (this.led.has(model)) return true
    const { rows } = await this.inTurn(() =>
      client.query<{ mine: boolean }>(`select pg_try_advisory_lock(${KEY}) as mine`, [model]),
    )
    if (rows[0]!.mine) this.led.add(model)
    return rows[0]!.mine
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.last.then(work)
    this.last = done.catch(() => {})
    return done
  }

  private async open(): Promise<Client> {
    try {
      const client = await this.db.connect()
      client.once('end', () => this.forget())
      return client
    } catch (error) {
      this.forget()
      throw error
    }
  }

  private forget(): void {
    this.session = undefined
    this.led.clear()
  }
}

const KEY = `hashtextextended('headwater.projector.' || $1, 0)`
