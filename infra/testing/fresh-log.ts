import { randomBytes } from 'node:crypto'
import { openPostgresEventLog } from '../event-log/index.ts'
import { openKeyVault } from '../keys/index.ts'
import type { EventLog, KeyVault } from '../ports/index.ts'
import { freshDatabase, type TestDatabase } from './fresh-database.ts'

export interface FreshLog {
  readonly db: TestDatabase
  readonly log: EventLog
  readonly vault: KeyVault
  /** Closes the log and removes the database. */
  drop(): Promise<void>
}

/** An empty log with keys of its own, in a database of its own; for specs of the project `int`. */
export async function freshLog(): Promise<FreshLog> {
  const db = await freshDatabase()
  const log = await openPostgresEventLog(db, { pollInterval: 200 })
  const vault = await openKeyVault(db, { masterKey: randomBytes(32) })
  const drop = async () => {
    await log.close()
    await db.drop()
  }
  return { db, log, vault, drop }
}
