import { createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { decrypt, encrypt } from '@headwater/schema'
import type DataLoader from 'dataloader'
import { LRUCache } from 'lru-cache'
import { type Database, migrate, sharing, withRetry } from '../database/index.ts'
import type { KeyVault } from '../ports/index.ts'
import { claimMasterKey, destroyKey, findKeys, obtainKeys, steps } from './statements.ts'

export interface KeyVaultOptions {
  /** 32 bytes, see `loadMasterKey`. */
  readonly masterKey: Buffer
  /** Keys kept in memory at most; default 50,000 (some 20 MB). */
  readonly cacheSize?: number
  /** How long a key may be used from memory without asking again; default 10 seconds. */
  readonly cacheMs?: number
  /** Milliseconds on a clock that never goes back; default `performance`. */
  readonly clock?: { now(): number }
}

/** The database holds keys that another master key wraps. */
export class MasterKeyMismatch extends Error {
  override readonly name = 'MasterKeyMismatch'
  constructor() {
    super(
      'the keys in this database were wrapped with another master key: set HEADWATER_MASTER_KEY to that one, or put back the file master.key that was used with it',
    )
  }
}

/** Subjects in one statement at most. */
const MAX_GROUP = 1_000

/**
 * The key vault in Postgres. Each subject has one key for good, whichever process asked first; a subject that was forgotten never gets another.
 *
 * When `destroy` has returned, no call that begins later on this vault gives the key, nor, `cacheMs` later, on any other one in any process.
 * The key's wrapped form stays in database backups and archived WAL until they are dropped.
 * @throws MasterKeyMismatch
 */
export async function openKeyVault(db: Database, options: KeyVaultOptions): Promise<KeyVault> {
  await migrate(db, 'vault', steps)
  const proof = derive(options.masterKey, 'proof')
  const { rows } = await db.pool.query<{ proof: Buffer }>(claimMasterKey, [proof])
  // Without a row, another process claimed it while the statement ran: a second look sees it.
  const claimed = rows[0] ?? (await db.pool.query<{ proof: Buffer }>(claimMasterKey, [proof])).rows[0]
  if (!claimed?.proof.equals(proof)) throw new MasterKeyMismatch()
  return new PostgresKeyVault(db, options)
}

interface KeyRow {
  readonly subject: string
  readonly wrapped: Buffer
}

class PostgresKeyVault implements KeyVault {
  private readonly cache: LRUCache<string, Buffer>
  private readonly wrappingKey: Buffer
  private readonly indexKey: Buffer
  private readonly finding = grouped((wanted) => this.query(findKeys, [wanted]))
  private readonly obtaining = grouped((wanted) => {
    const fresh = wanted.map((subject) => encrypt(this.wrappingKey, randomBytes(32), [subject]))
    return this.query(obtainKeys, [wanted, fresh])
  })
  private destroyed = 0
  private readonly db: Database
  private readonly clock: { now(): number }

  constructor(db: Database, { masterKey, cacheSize = 50_000, cacheMs = 10_000, clock = performance }: KeyVaultOptions) {
    this.db = db
    this.clock = clock
    this.wrappingKey = derive(masterKey, 'wrap')
    this.indexKey = derive(masterKey, 'blind index')
    this.cache = new LRUCache({ max: cacheSize, ttl: cacheMs, ttlResolution: 0, perf: clock })
  }

  async obtain(subjects: readonly string[]): Promise<ReadonlyMap<string, Buffer>> {
    const found = await this.load(subjects, this.obtaining)
    // Missing now is who was forgotten, or got the key from somebody else in this very moment.
    const missing = subjects.filter((subject) => !found.has(subject))
    return missing.length ? new Map([...found, ...(await this.find(missing))]) : found
  }

  async find(subjects: readonly string[]): Promise<ReadonlyMap<string, Buffer>> {
    return this.load(subjects, this.finding)
  }

  async destroy(subject: string): Promise<boolean> {
    const { rowCount } = await this.db.pool.query(destroyKey, [subject])
    this.destroyed++
    this.cache.delete(subject)
    return rowCount === 1
  }

  blindIndex(domain: string, value: string): string {
    return createHmac('sha256', this.indexKey)
      .update(JSON.stringify([domain, value]))
      .digest('base64url')
  }

  private async load(
    subjects: readonly string[],
    rows: DataLoader<string, KeyRow | undefined>,
  ): Promise<Map<string, Buffer>> {
    const found = new Map<string, Buffer>()
    const wanted = new Set<string>()
    for (const subject of subjects) {
      const key = this.cache.get(subject)
      if (key) found.set(subject, key)
      else wanted.add(subject)
    }
    if (wanted.size === 0) return found
    const { destroyed } = this
    const start = this.clock.now()
    for (const row of await Promise.all([...wanted].map((subject) => rows.load(subject)))) {
      if (!row) continue
      const { subject, wrapped } = row
      const key = ownMemory(decrypt(this.wrappingKey, wrapped, [subject]))
      found.set(subject, key)
      // What was read before a key was destroyed may be that key: it must not come back into the cache.
      if (destroyed === this.destroyed) this.cache.set(subject, key, { start })
    }
    return found
  }

  private async query(statement: string, values: unknown[]): Promise<KeyRow[]> {
    return (await withRetry(() => this.db.pool.query<KeyRow>(statement, values))).rows
  }
}

/** Who asks at the same time shares a round trip, and a commit. `fetch` gets each subject once, in order. */
function grouped(fetch: (subjects: string[]) => Promise<KeyRow[]>): DataLoader<string, KeyRow | undefined> {
  return sharing(async (subjects) => {
    const rows = new Map((await fetch([...new Set(subjects)].sort())).map((row) => [row.subject, row]))
    return subjects.map((subject) => rows.get(subject))
  }, MAX_GROUP)
}

/** One key for one purpose: HKDF-SHA-256 (RFC 5869). The purposes are part of the storage format. */
function derive(masterKey: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', masterKey, Buffer.alloc(0), `headwater ${purpose}`, 32))
}

/** A copy that does not keep Node's shared buffer pool alive for as long as it is cached. */
function ownMemory(key: Buffer): Buffer {
  const copy = Buffer.alloc(key.length)
  key.copy(copy)
  return copy
}
