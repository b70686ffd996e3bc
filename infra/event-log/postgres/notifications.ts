import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { Database } from '../../database/index.ts'
import type { Bell } from './bell.ts'

const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 5_000

/**
 * One LISTEN connection for all subscriptions of a log, held while there are any. It is only ever a wake-up: a subscription
 * also looks by itself from time to time, so a lost notification delays events and does not lose them.
 */
export class Notifications {
  private readonly bells = new Set<Bell>()
  private client: pg.Client | undefined
  private connecting = false

  constructor(
    private readonly db: Database,
    private readonly channel: string,
  ) {}

  add(bell: Bell): void {
    this.bells.add(bell)
    if (!this.client && !this.connecting) void this.connect()
  }

  remove(bell: Bell): void {
    this.bells.delete(bell)
    if (this.bells.size === 0) void this.client?.end()
  }

  private async connect(): Promise<void> {
    this.connecting = true
    for (let pause = FIRST_PAUSE_MS; this.bells.size > 0; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      try {
        await this.listen(await this.db.connect())
        break
      } catch {
        await sleep(pause, undefined, { ref: false })
      }
    }
    this.connecting = false
  }

  private async listen(client: pg.Client): Promise<void> {
    client.on('notification', () => this.ringAll())
    client.once('end', () => {
      this.client = undefined
      if (this.bells.size > 0 && !this.connecting) void this.connect()
    })
    await client.query(`listen ${this.channel}`)
    this.client = client
    this.ringAll() // something may have come while nobody listened
    if (this.bells.size === 0) await client.end()
  }

  private ringAll(): void {
    for (const bell of this.bells) bell.ring()
  }
}
