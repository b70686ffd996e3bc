// A backup goes back into an empty database in one transaction: all of it or nothing.
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ClientBase } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { leafTables } from '../audit/index.ts'
import { type Database, migrate } from '../database/index.ts'
import { migrateLog } from '../event-log/index.ts'
import { keyTables } from '../keys/index.ts'
import { type BackupContents, BackupRefused, contentsOf, type Head, type Tail, tables } from './format.ts'
import { rowsOfTables } from './read.ts'

export interface RestoreOptions {
  readonly file: string
  /** As `checkBackup` has found them. */
  readonly head: Head
  readonly tail: Tail
  /** For a master key that is lost: everybody counts as forgotten, for good, and another master key can be used. */
  readonly withoutKeys?: boolean | undefined
  /** When everything else has gone well. */
  readonly beforeCommit?: (() => Promise<void>) | undefined
}

/**
 * Events keep their positions, ids and times. Read models are built when they are next brought up to date.
 * @throws BackupRefused where the database holds events or keys already
 */
export async function restoreBackup(db: Database, options: RestoreOptions): Promise<BackupContents> {
  const { file, head, tail, withoutKeys, beforeCommit } = options
  await migrateLog(db, 'log')
  await migrate(db, 'vault', keyTables)
  await migrate(db, 'audit', leafTables)
  const client = await db.connect()
  try {
    await client.query('begin')
    await client.query(`lock table ${tables.map(({ name }) => name).join(', ')} in exclusive mode`)
    await refuseUnlessEmpty(client)
    await client.query('delete from vault.master_key')
    let next = 0
    for await (const rows of rowsOfTables(file, tail)) {
      const { name, columns } = tables[next++]!
      const copy = client.query(copyFrom(`copy ${name} (${columns}) from stdin`))
      await pipeline(Readable.from(rows, { objectMode: true }), copy)
    }
    await checkLog(client)
    if (withoutKeys) {
      await client.query('update vault.subject_keys set wrapped = null, forgotten_at = now() where wrapped is not null')
      await client.query('delete from vault.master_key')
    }
    await beforeCommit?.()
    await client.query('commit')
    await client.query('analyze log.events, vault.subject_keys')
  } finally {
    await client.end()
  }
  return contentsOf(head, tail)
}

async function refuseUnlessEmpty(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ used: boolean }>(
    `select exists (select from log.events) or exists (select from log.deleted_streams)
       or exists (select from vault.subject_keys) or exists (select from audit.leaves) as used`,
  )
  if (rows[0]!.used)
    throw new BackupRefused(
      'there are events or keys here already: restore into an empty data folder or database; nothing was written',
    )
}

/** Positions run from 1, and revisions from 0 in each stream, without gaps: whatever the file says, no other log can be read. */
async function checkLog(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ whole: boolean }>(
    `select coalesce(max(position), 0) = count(*) and not exists (
       select from log.events group by stream having max(revision) + 1 <> count(*) or min(revision) <> 0
     ) as whole from log.events`,
  )
  if (!rows[0]!.whole) throw new BackupRefused('the backup holds a log with gaps; nothing was written')
}
