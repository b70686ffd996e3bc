// An analyst's own read model: a TypeScript (or JavaScript) file, loaded as it stands.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename, extname, resolve } from 'node:path'
import { InvalidModel, ownModel, type ReadModel } from '@headwater/projections'

const endings = ['.ts', '.mts', '.js', '.mjs']

/** Whether this names a file rather than a read model of ours. */
export const isFile = (what: string): boolean => what.includes('/') || endings.includes(extname(what))

/** Its version follows from its text: a changed file is another model. @throws InvalidModel */
export async function loadModel(path: string): Promise<ReadModel> {
  const file = basename(path)
  const source = await readFile(path).catch((cause) => {
    throw new InvalidModel(path, 'the file cannot be read', { cause })
  })
  const version = createHash('sha256').update(source).digest().readUIntBE(0, 3)
  const { createJiti } = await import('jiti')
  const exported = await createJiti(import.meta.url, { fsCache: false, moduleCache: false })
    .import(resolve(path))
    .catch((cause) => {
      const [reason = ''] = String(cause instanceof Error ? cause.message : cause).split('\n')
      throw new InvalidModel(file, `the file cannot be loaded: ${reason}`, { cause })
    })
  return ownModel(file, version, exported)
}
