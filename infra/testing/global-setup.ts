// One throw-away Postgres for all integration specs of a run; `freshDatabase` gives each spec a database of its own in it.
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { openCluster } from '../database/embedded/cluster.ts'
import { ensureServer, stopServer } from '../database/embedded/server.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'headwater-test-'))
  await chmod(folder, 0o711) // started by root, Postgres runs as somebody else
  const cluster = await openCluster(join(folder, 'data'))
  const { port } = await ensureServer(cluster, { durable: false })
  project.provide('postgresUrl', `postgres://headwater:${cluster.password}@127.0.0.1:${port}/postgres`)
  return async () => {
    await stopServer(cluster)
    await rm(folder, { recursive: true })
  }
}
