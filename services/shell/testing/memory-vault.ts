import { createHmac, randomBytes } from 'node:crypto'
import type { KeyVault } from '@headwater/infra/ports'

/** Keys in memory, for specs on `MemoryLog`. */
export class MemoryVault implements KeyVault {
  private readonly keys = new Map<string, Buffer>()
  private readonly forgotten = new Set<string>()

  async obtain(subjects: readonly string[]): Promise<ReadonlyMap<string, Buffer>> {
    for (const subject of subjects)
      if (!this.keys.has(subject) && !this.forgotten.has(subject)) this.keys.set(subject, randomBytes(32))
    return this.find(subjects)
  }

  async find(subjects: readonly string[]): Promise<ReadonlyMap<string, Buffer>> {
    return new Map(
      subjects.flatMap((subject) => {
        const key = this.keys.get(subject)
        return key ? [[subject, key]] : []
      }),
    )
  }

  async destroy(subject: string): Promise<boolean> {
    this.forgotten.add(subject)
    return this.keys.delete(subject)
  }

  blindIndex(domain: string, value: string): string {
    return createHmac('sha256', 'memory')
      .update(JSON.stringify([domain, value]))
      .digest('base64url')
  }
}
