import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { loadMasterKey, MasterKeyInvalid } from './index.ts'

let dataDir: string
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'headwater keys '))
})
afterEach(() => rm(dataDir, { recursive: true }))

describe('HEADWATER_MASTER_KEY', () => {
  const key = randomBytes(32)
  const load = (text: string) => loadMasterKey({ env: { HEADWATER_MASTER_KEY: text }, dataDir })

  test('is read as base64, base64url or hex, and no file is made', async () => {
    for (const encoding of ['base64', 'base64url', 'hex'] as const)
      expect(await load(`${key.toString(encoding)}\n`)).toEqual(key)
    expect(await readdir(dataDir)).toEqual([])
  })

  test.each(['', 'secret', 'a'.repeat(63), `${'a'.repeat(63)}g`, randomBytes(31).toString('base64'), '=='])(
    '%j is refused',
    async (text) => {
      await expect(load(text)).rejects.toThrow(MasterKeyInvalid)
      if (text) await expect(load(text)).rejects.not.toThrow(text)
    },
  )
})

describe('the key file', () => {
  const path = () => join(dataDir, 'master.key')
  const load = () => loadMasterKey({ env: {}, dataDir })

  test('is made once, for its owner only, and read again', async () => {
    const key = await load()
    expect(key).toHaveLength(32)
    expect(await load()).toEqual(key)
    expect((await stat(path())).mode & 0o777).toBe(0o600)
    expect((await readFile(path(), 'utf8')).trim()).toBe(key.toString('base64'))
  })

  test('is one, however many start at once, in a folder that is not there yet', async () => {
    const folder = join(dataDir, 'not', 'yet')
    const keys = await Promise.all(Array.from({ length: 20 }, () => loadMasterKey({ env: {}, dataDir: folder })))
    expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(1)
    expect(await readdir(folder)).toEqual(['master.key'])
  })

  test('that others may read is refused', async () => {
    await load()
    for (const mode of [0o640, 0o604, 0o620]) {
      await chmod(path(), mode)
      await expect(load()).rejects.toThrow(/chmod 600/)
    }
  })

  test('that is damaged is refused, not replaced', async () => {
    await writeFile(path(), 'nonsense', { mode: 0o600 })
    await expect(load()).rejects.toThrow(MasterKeyInvalid)
    expect(await readFile(path(), 'utf8')).toBe('nonsense')
  })
})
