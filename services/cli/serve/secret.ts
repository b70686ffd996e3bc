import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * What signs the tokens: `HEADWATER_TOKEN_SECRET`, or a file in the data folder that only its owner may read, made at first use. Only the
 * process that serves calls this, so there is no other to race with.
 */
export async function tokenSecret(env: NodeJS.ProcessEnv, dataDir: string): Promise<string> {
  if (env.HEADWATER_TOKEN_SECRET) return env.HEADWATER_TOKEN_SECRET
  const path = join(dataDir, 'token.secret')
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  const secret = randomBytes(32).toString('base64url')
  const draft = `${path}.${process.pid}`
  await mkdir(dataDir, { recursive: true })
  await writeFile(draft, secret, { mode: 0o600 })
  await rename(draft, path)
  return secret
}
