import { hash, randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { Position, RecordedEvent } from '@headwater/schema'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPostgresLeafStore } from '../audit/index.ts'
import type { Database } from '../database/index.ts'
import { openPostgresEventLog } from '../event-log/index.ts'
import { MasterKeyMismatch, openKeyVault } from '../keys/index.ts'
import { type EventLog, StreamDeleted } from '../ports/index.ts'
import { freshDatabase, type TestDatabase } from '../testing/index.ts'
import { BackupRefused, checkBackup, restoreBackup, writeBackup } from './index.ts'

const masterKey = randomBytes(32)
const databases: TestDatabase[] = []
const fresh = async () => {
  const db = await freshDatabase()
  databases.push(db)
  return db
}

const event = (text: string) => ({
  id: randomUUID(),
  type: 'Noted',
  version: 1,
  data: { text },
  meta: {
    occurredAt: '2026-03-02T02:00:00.000Z',
    actor: { id: 'rep-1', role: 'rep' },
    caseId: 'n',
    commandId: randomUUID(),
    correlationId: 'c',
    causationId: 'c',
  },
})

async function all(log: EventLog): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = []
  for await (const page of log.readAll()) events.push(...page.events)
  return events
}

/** What a system with this master key sees in the database. */
async function seen(db: Database) {
  const log = await openPostgresEventLog(db)
  try {
    const vault = await openKeyVault(db, { masterKey })
    return { events: await all(log), keys: await vault.find(['p-1', 'p-2', 'p-3']) }
  } finally {
    await log.close()
  }
}

let folder: string
let file: string
let source: TestDatabase
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headwater backup '))
  file = join(folder, 'whole.gz')
  source = await fresh()
  const log = await openPostgresEventLog(source)
  const vault = await openKeyVault(source, { masterKey })
  await vault.obtain(['p-1', 'p-2'])
  await vault.destroy('p-2')
  const awkward = ['王芳', 'a\tb', 'a\nb\r', '\\N', '\\\\.', '\u0000', '"', 'x'.repeat(300_000)]
  for (const [i, text] of awkward.entries())
    await log.append(`note-${i % 3}`, [event(text), event('')], { expected: 'any' })
  await log.append('note-gone', [event('gone')], { expected: 'none' })
  await log.deleteStream('note-gone', { expected: 'any' })
  await log.close()
  await writeBackup(source, { file })
})
afterAll(async () => {
  for (const db of databases) await db.drop()
  await rm(folder, { recursive: true })
})

const restoreInto = async (db: Database, path = file, more: { withoutKeys?: boolean } = {}) =>
  restoreBackup(db, { file: path, ...(await checkBackup(path)), ...more })

describe('a backup, restored into an empty database', () => {
  it('gives the same log and the same keys, and goes on from there', async () => {
    const target = await fresh()
    expect(await restoreInto(target)).toMatchObject({ events: 17, keys: 2, masterKey: 'not included' })
    expect(await seen(target)).toEqual(await seen(source))
    const log = await openPostgresEventLog(target)
    const vault = await openKeyVault(target, { masterKey })
    await expect(log.append('note-gone', [event('')], { expected: 'any' })).rejects.toThrow(StreamDeleted)
    expect((await log.append('note-0', [event('')], { expected: 5 })).position).toBe('0000000000000018')
    expect((await vault.obtain(['p-2'])).size).toBe(0)
    await log.close()
  })

  it('holds the leaves of the log as they were recorded; older backups had none', async () => {
    const recording = await fresh()
    const page = { ids: Buffer.alloc(32, 1), hashes: Buffer.alloc(64, 2), through: '0000000000000002' as Position }
    await (await openPostgresEventLog(recording)).close()
    await openKeyVault(recording, { masterKey })
    await (await openPostgresLeafStore(recording)).append({ first: 0, ...page })
    const whole = join(folder, 'leaves.gz')
    await writeBackup(recording, { file: whole })
    const target = await fresh()
    await restoreInto(target, whole)
    const leaves = await openPostgresLeafStore(target)
    expect((await leaves.read()[Symbol.asyncIterator]().next()).value).toEqual({ first: 0, ...page })

    const lines = gunzipSync(await readFile(file))
      .toString()
      .trimEnd()
      .split('\n')
    const older = [lines[0]!.replace('"version":2', '"version":1'), ...lines.slice(1, -1), ''].join('\n')
    const tail = { rows: JSON.parse(lines.at(-1)!).rows.slice(0, -1), sha256: hash('sha256', older) }
    const first = join(folder, 'version-1.gz')
    await writeFile(first, gzipSync(`${older}${JSON.stringify(tail)}\n`))
    const another = await fresh()
    await restoreInto(another, first)
    expect(await seen(another)).toEqual(await seen(source))
  })

  it('opens with the master key it was made under and no other, unless its keys are given up for good', async () => {
    const [target, without] = [await fresh(), await fresh()]
    await restoreInto(target)
    await restoreInto(without, file, { withoutKeys: true })
    const another = { masterKey: randomBytes(32) }
    await expect(openKeyVault(target, another)).rejects.toThrow(MasterKeyMismatch)
    const vault = await openKeyVault(without, another)
    expect((await vault.obtain(['p-1', 'p-3'])).has('p-1')).toBe(false)
  })

  it('holds what was there at one moment, while others write', async () => {
    const writing = await fresh()
    const log = await openPostgresEventLog(writing)
    await openKeyVault(writing, { masterKey })
    let stop = false
    const writers = [1, 2, 3].map(async (n) => {
      while (!stop) await log.append(`busy-${n}`, [event(''), event('')], { expected: 'any' })
    })
    await log.append('first', [event('')], { expected: 'none' })
    const { events } = await writeBackup(writing, { file: join(folder, 'busy.gz') })
    stop = true
    await Promise.all(writers)
    const target = await fresh()
    await restoreInto(target, join(folder, 'busy.gz'))
    expect((await seen(target)).events).toEqual((await all(log)).slice(0, events))
    await log.close()
  })
})

describe('what is refused, with nothing written', () => {
  it('a target with anything in it', async () => {
    await expect(restoreInto(source)).rejects.toThrow(/events or keys here already/)
  })

  it('a file that is there already', async () => {
    await expect(writeBackup(source, { file })).rejects.toThrow(BackupRefused)
  })

  it('no file, another file, a file of another kind', async () => {
    const other = join(folder, 'other')
    for (const content of ['', 'hello', gzipSync(''), gzipSync('hello'), gzipSync('{"format":"headwater-backup"}\n')]) {
      await writeFile(other, content)
      await expect(checkBackup(other)).rejects.toThrow(BackupRefused)
    }
    await expect(checkBackup(join(folder, 'none'))).rejects.toThrow(/there is no file/)
  })

  it('a backup cut off or changed anywhere', async () => {
    const whole = await readFile(file)
    const damaged = join(folder, 'damaged.gz')
    const at = fc.integer({ min: 10, max: whole.length - 1 }) // before: gzip's own header, whose time stamp means nothing
    const refused = async (content: Buffer) => {
      await writeFile(damaged, content)
      await expect(checkBackup(damaged)).rejects.toThrow(BackupRefused)
    }
    await fc.assert(
      fc.asyncProperty(at, (n) => refused(whole.subarray(0, n))),
      { numRuns: 30 },
    )
    const text = gunzipSync(whole)
    const saysTheSame = (content: Buffer) => {
      try {
        return gunzipSync(content).equals(text)
      } catch {
        return false
      }
    }
    await fc.assert(
      fc.asyncProperty(at, fc.integer({ min: 1, max: 255 }), async (n, bits) => {
        const changed = Buffer.from(whole)
        changed[n]! ^= bits
        // A few bits of a gzip mean nothing: they fill up a byte.
        if (!saysTheSame(changed)) await refused(changed)
      }),
      { numRuns: 100, examples: [[whole.length - 1, 1]] },
    )
  })

  it('a backup whose text was changed and packed anew', async () => {
    const lines = gunzipSync(await readFile(file))
      .toString()
      .split('\n')
    const wang = lines.findIndex((line) => line.includes('王芳'))
    const changed = join(folder, 'changed.gz')
    for (const other of [
      lines.with(wang, lines[wang]!.replace('王芳', '李雷')),
      lines.toSpliced(wang, 1),
      lines.slice(0, -2),
      lines.toSpliced(-1, 0, lines.at(-2)!),
    ]) {
      await writeFile(changed, gzipSync(other.join('\n')))
      await expect(checkBackup(changed)).rejects.toThrow(BackupRefused)
    }
  })
})

it('is for its owner alone, and holds the master key only on request', async () => {
  expect((await stat(file)).mode & 0o077).toBe(0)
  expect((await checkBackup(file)).head.masterKey).toBeNull()
  const withKey = join(folder, 'with-key.gz')
  await writeBackup(source, { file: withKey, masterKey })
  expect((await checkBackup(withKey)).head.masterKey).toBe(masterKey.toString('base64'))
})
