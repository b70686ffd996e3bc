// What can be seen without a database: the program's own needs, the data folder, files that hold secrets.
import { access, constants, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Finding } from './report.ts'

const OLDEST_NODE = [20, 19] as const
const LITTLE_SPACE = 1024 ** 3

export function checkNode(version = process.versions.node): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const good = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])
  const found = { check: 'Node', found: version }
  return good
    ? { ...found, status: 'ok' }
    : { ...found, status: 'fail', advice: `install Node ${OLDEST_NODE.join('.')} or later` }
}

export async function checkFolder(dataDir: string): Promise<Finding> {
  const check = 'data folder'
  const place = await nearest(dataDir)
  if (!(await stat(place)).isDirectory())
    return {
      check,
      status: 'fail',
      found: `${place} is not a folder`,
      advice: 'name another one with HEADWATER_DATA',
    }
  try {
    await access(place, constants.W_OK)
  } catch {
    return {
      check,
      status: 'fail',
      found: `${place} cannot be written to`,
      advice: 'name another one with HEADWATER_DATA',
    }
  }
  const { bavail, bsize } = await statfs(place)
  const gib = `${((bavail * bsize) / 1024 ** 3).toFixed(1)} GiB free`
  if (bavail * bsize < LITTLE_SPACE) return { check, status: 'warn', found: `${dataDir}, ${gib}`, advice: 'make room' }
  return { check, status: 'ok', found: place === dataDir ? `${dataDir}, ${gib}` : `${dataDir}, made at first use` }
}

/** The path itself, or the first folder above it that exists. */
async function nearest(path: string): Promise<string> {
  const there = await stat(path).catch(() => undefined)
  return there || dirname(path) === path ? path : nearest(dirname(path))
}

/** A file that only its owner may read; it is made at first use. */
export async function checkSecret(check: string, dataDir: string, name: string): Promise<Finding> {
  const path = join(dataDir, name)
  const file = await stat(path).catch(() => undefined)
  if (!file) return { check, status: 'ok', found: `${path}, made at first use` }
  if (file.mode & 0o077 && process.platform !== 'win32')
    return { check, status: 'fail', found: `others than its owner may use ${path}`, advice: `chmod 600 "${path}"` }
  return { check, status: 'ok', found: `${path}, for its owner only` }
}
