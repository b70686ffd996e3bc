// Where the master key comes from: the environment, or a file in the data folder that only its owner may read.
import { randomBytes } from 'node:crypto'
import { link, mkdir, open, readFile, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'

export class MasterKeyInvalid extends Error {
  override readonly name = 'MasterKeyInvalid'
}

/**
 * The 32 bytes under which all keys of persons are wrapped: `HEADWATER_MASTER_KEY` (base64 or hex), or else `<dataDir>/master.key`, made
 * at first use; processes that start at once agree on one. Whoever loses it loses all personal data.
 * @throws MasterKeyInvalid
 */
export async function loadMasterKey(options: {
  env: Readonly<Record<string, string | undefined>>
  dataDir: string
}): Promise<Buffer> {
  const { HEADWATER_MASTER_KEY: text } = options.env
  if (text !== undefined) return parse(text, 'HEADWATER_MASTER_KEY')
  const path = join(options.dataDir, 'master.key')
  return (await readKeyFile(path)) ?? (await createKeyFile(path, options.dataDir))
}

/**
 * Puts a master key where `loadMasterKey` finds it.
 * @throws MasterKeyInvalid where it would find another one
 */
export async function placeMasterKey(options: Parameters<typeof loadMasterKey>[0], key: Buffer): Promise<void> {
  const path = join(options.dataDir, 'master.key')
  const text = options.env.HEADWATER_MASTER_KEY
  const there = text === undefined ? await readKeyFile(path) : parse(text, 'HEADWATER_MASTER_KEY')
  const placed = there ?? (await createKeyFile(path, options.dataDir, key))
  if (!placed.equals(key))
    throw new MasterKeyInvalid(
      `there is another master key already, in ${text === undefined ? path : 'HEADWATER_MASTER_KEY'}: take it away first`,
    )
}

function parse(text: string, where: string): Buffer {
  const trimmed = text.trim()
  if (/^[0-9a-f]{64}$/i.test(trimmed)) return Buffer.from(trimmed, 'hex')
  if (/^[A-Za-z0-9+/_-]{43}=?$/.test(trimmed)) return Buffer.from(trimmed, 'base64')
  throw new MasterKeyInvalid(
    `${where} must hold 32 bytes as base64 (44 characters) or hex (64 characters), not ${trimmed.length} characters; make one with: openssl rand -base64 32`,
  )
}

async function readKeyFile(path: string): Promise<Buffer | undefined> {
  try {
    const { mode } = await stat(path)
    if (mode & 0o077 && process.platform !== 'win32')
      throw new MasterKeyInvalid(`others than its owner may use ${path}: run chmod 600 "${path}"`)
    return parse(await readFile(path, 'utf8'), path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** A complete file appears under its name, or the one that another process put there first is taken. */
async function createKeyFile(path: string, folder: string, key: Buffer = randomBytes(32)): Promise<Buffer> {
  await mkdir(folder, { recursive: true })
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(`${key.toString('base64')}\n`)
    await file.sync()
    await file.close()
    await link(draft, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  } finally {
    await unlink(draft)
  }
  await syncFolder(folder)
  return (await readKeyFile(path))!
}

/** Without it, a loss of power could take the file's name after data was sealed with its key. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
