// One throw-away Postgres for all integration specs of a run; `freshDatabase` gives each spec a database of its own in it, and
// `copyDataFolder` an embedded Postgres of its own that need not be created.
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { openCluster } from '../database/embedded/cluster.ts'
import { ensureServer, stopServer } from '../database/embedded/server.ts'
import { copyFolder } from './copy-folder.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string
    /** A data folder whose embedded Postgres is created and has never run. */
    dataFolder: string
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'headwater-test-'))
  await chmod(folder, 0o711) // started by root, Postgres runs as somebody else
  const pristine = join(folder, 'pristine')
  await openCluster(pristine)
  await copyFolder(pristine, join(folder, 'data'))
  const cluster = await openCluster(join(folder, 'data'))
  const { port } = await ensureServer(cluster, { durable: false })
  project.provide('postgresUrl', `postgres://headwater:${cluster.password}@127.0.0.1:${port}/postgres`)
  project.provide('dataFolder', pristine)
  return async () => {
    await stopServer(cluster)
    await rm(folder, { recursive: true })
  }
}
