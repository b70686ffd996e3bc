// A backup is read in one snapshot, while others go on writing.
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { open, rename, stat, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { to as copyTo } from 'pg-copy-streams'
import { leafTables } from '../audit/index.ts'
import { type Database, migrate } from '../database/index.ts'
import { type BackupContents, BackupRefused, contentsOf, type Head, tables } from './format.ts'
import { countLines } from './lines.ts'

export interface BackupOptions {
  /** The file to make; there must be none of this name. */
  readonly file: string
  /** Goes into the backup: whoever has the file can then read all personal data in it. */
  readonly masterKey?: Buffer | undefined
  readonly onProgress?: (rows: number) => void
}

/**
 * Writes the log, its recorded leaves and the wrapped keys of persons into a file that appears under its name when it is complete, for its owner alone.
 * @throws BackupRefused where there is a file of that name
 */
export async function writeBackup(db: Database, options: BackupOptions): Promise<BackupContents> {
  const { file, masterKey, onProgress } = options
  if (await stat(file).catch(() => undefined)) throw new BackupRefused(`${file} is there already; name another file`)
  const head: Head = {
    format: 'headwater-backup',
    version: 2,
    createdAt: new Date().toISOString(),
    masterKey: masterKey?.toString('base64') ?? null,
  }
  const hash = createHash('sha256')
  const rows = tables.map(() => 0)
  let sha256 = ''
  await migrate(db, 'audit', leafTables)
  const client = await db.connect()

  async function* content(): AsyncGenerator<Buffer> {
    yield counted(Buffer.from(`${JSON.stringify(head)}\n`))
    for (const [i, { name, columns, order }] of tables.entries()) {
      const table = client.query(copyTo(`copy (select ${columns} from ${name} order by ${order}) to stdout`))
      for await (const chunk of table as AsyncIterable<Buffer>) {
        rows[i]! += countLines(chunk)
        yield counted(chunk)
      }
      onProgress?.(rows.reduce((sum, n) => sum + n))
    }
    sha256 = hash.digest('hex')
    yield Buffer.from(`${JSON.stringify({ rows, sha256 })}\n`)
  }
  const counted = (chunk: Buffer) => {
    hash.update(chunk)
    return chunk
  }

  const draft = `${file}.${process.pid}.partial`
  try {
    await client.query('begin transaction isolation level repeatable read read only')
    // Such times read the same whatever the server's settings are.
    await client.query(`set local datestyle = 'ISO'; set local timezone = 'UTC'; set local client_encoding = 'UTF8'`)
    await pipeline(content, createGzip({ level: 4 }), createWriteStream(draft, { flags: 'wx', mode: 0o600 }))
    await sync(draft)
    await rename(draft, file)
    if (process.platform !== 'win32') await sync(dirname(file))
  } catch (error) {
    await unlink(draft).catch(() => {})
    throw error
  } finally {
    await client.end()
  }
  return contentsOf(head, { rows, sha256 })
}

async function sync(path: string): Promise<void> {
  const handle = await open(path)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
