import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openDatabase } from '../database/index.ts'
import type { KeyVault } from '../ports/index.ts'
import { freshDatabase, type TestDatabase } from '../testing/index.ts'
import { MasterKeyMismatch, openKeyVault } from './index.ts'

const masterKey = randomBytes(32)
let db: TestDatabase
let vault: KeyVault
let now = 1
const clock = { now: () => now }
/** As another process would have it: connections and memory of its own. */
const elsewhere = async (run: (vault: KeyVault) => Promise<void>) => {
  const own = await openDatabase({ url: db.url })
  await run(await openKeyVault(own, { masterKey, clock, cacheMs: 10_000 }))
  await own.close()
}

beforeAll(async () => {
  db = await freshDatabase()
})
beforeEach(async () => {
  vault = await openKeyVault(db, { masterKey, clock, cacheMs: 10_000 })
})
afterAll(() => db.drop())

describe('keys', () => {
  test('are made when first asked for, and the same ever after', async () => {
    expect(await vault.find(['anna', 'bo'])).toEqual(new Map())
    const made = await vault.obtain(['anna', 'bo', 'anna'])
    expect([...made.keys()].sort()).toEqual(['anna', 'bo'])
    expect(made.get('anna')).toHaveLength(32)
    expect(made.get('anna')).not.toEqual(made.get('bo'))
    expect(await vault.obtain(['bo', 'anna'])).toEqual(made)
    await elsewhere(async (other) => {
      expect(await other.find(['anna', 'bo', 'nobody'])).toEqual(made)
      expect(await other.obtain(['anna', 'bo'])).toEqual(made)
    })
  })

  test('are not asked for again while in memory', async () => {
    await vault.obtain(['cached'])
    await db.pool.query("delete from vault.subject_keys where subject = 'cached'")
    expect((await vault.find(['cached'])).size).toBe(1)
    now += 10_001
    expect((await vault.find(['cached'])).size).toBe(0)
  })

  test('are one per subject, however many processes ask at once and in whatever order', async () => {
    await elsewhere(async (other) => {
      for (let round = 0; round < 20; round++) {
        const subjects = Array.from({ length: 50 }, (_, i) => `race-${round}-${i}`)
        const [a, b, c] = await Promise.all([
          vault.obtain(subjects),
          other.obtain(subjects.toReversed()),
          vault.obtain(subjects),
        ])
        expect(a.size).toBe(50)
        expect(b).toEqual(new Map(subjects.map((subject) => [subject, a.get(subject)])))
        expect(c).toEqual(a)
      }
    })
  })

  test('are never in the table as they are, and belong to their subject only', async () => {
    const key = (await vault.obtain(['wrapped'])).get('wrapped')!
    const { rows } = await db.pool.query("select wrapped from vault.subject_keys where subject = 'wrapped'")
    expect(rows[0].wrapped.includes(key)).toBe(false)
    await db.pool.query("update vault.subject_keys set subject = 'moved' where subject = 'wrapped'")
    await expect(vault.find(['moved'])).rejects.toThrow(/authentication failed/)
    await db.pool.query("delete from vault.subject_keys where subject = 'moved'")
  })
})

describe('a destroyed key', () => {
  test('is gone for good, and its subject gets no other', async () => {
    const { carl } = Object.fromEntries(await vault.obtain(['carl', 'dora']))
    expect(carl).toBeDefined()
    expect(await vault.destroy('carl')).toBe(true)
    expect(await vault.destroy('carl')).toBe(false)
    expect([...(await vault.find(['carl', 'dora'])).keys()]).toEqual(['dora'])
    expect([...(await vault.obtain(['carl', 'dora'])).keys()]).toEqual(['dora'])
    await elsewhere(async (other) => {
      expect([...(await other.obtain(['carl', 'dora'])).keys()]).toEqual(['dora'])
    })
    const { rows } = await db.pool.query("select wrapped, forgotten_at from vault.subject_keys where subject = 'carl'")
    expect(rows).toEqual([{ wrapped: null, forgotten_at: expect.any(Date) }])
  })

  test('who is forgotten before ever having had a key gets none either', async () => {
    expect(await vault.destroy('unseen')).toBe(false)
    expect(await vault.obtain(['unseen'])).toEqual(new Map())
  })

  test('is out of other processes’ memory ten seconds later', async () => {
    await elsewhere(async (other) => {
      await other.obtain(['emma'])
      await vault.destroy('emma')
      now += 10_001
      expect(await other.find(['emma'])).toEqual(new Map())
      expect(await other.obtain(['emma'])).toEqual(new Map())
    })
  })

  test('does not come back through a read that was under way', async () => {
    const subjects = Array.from({ length: 200 }, (_, i) => `under-way-${i}`)
    await elsewhere(async (other) => {
      await other.obtain(subjects)
    })
    const reads = subjects.map((subject) => vault.find([subject]))
    await Promise.all(subjects.map((subject) => vault.destroy(subject)))
    await Promise.all(reads)
    expect(await vault.find(subjects)).toEqual(new Map())
  })
})

test('another master key is refused at the door', async () => {
  await expect(openKeyVault(db, { masterKey: randomBytes(32) })).rejects.toThrow(MasterKeyMismatch)
})

test('of many that open an empty database at once with two master keys, one key’s all get in', async () => {
  const empty = await freshDatabase()
  const masterKeys = [masterKey, randomBytes(32)]
  const opened = await Promise.allSettled(
    Array.from({ length: 8 }, (_, i) => openKeyVault(empty, { masterKey: masterKeys[i % 2]! })),
  )
  const inside = opened.map((result, i) => (result.status === 'fulfilled' ? i % 2 : 'refused'))
  expect(inside.filter((who) => who !== 'refused')).toHaveLength(4)
  expect(new Set(inside).size).toBe(2)
  await empty.drop()
})

test('a blind index is the same for the same value and domain, under the same master key', async () => {
  const token = vault.blindIndex('phone', '13800000000')
  expect(token).toMatch(/^[\w-]{43}$/)
  await elsewhere(async (other) => expect(other.blindIndex('phone', '13800000000')).toBe(token))
  expect(vault.blindIndex('email', '13800000000')).not.toBe(token)
  expect(vault.blindIndex('phone', '13800000001')).not.toBe(token)
  expect(vault.blindIndex('a', 'bc')).not.toBe(vault.blindIndex('ab', 'c'))
})
