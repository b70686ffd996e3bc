import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freshDatabase, type TestDatabase } from '@headwater/infra/testing'
import { openHeadwater } from '@headwater/runtime'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { doctor } from './doctor.ts'
import type { Finding } from './report.ts'

let database: TestDatabase
let dataDir: string
beforeAll(async () => {
  database = await freshDatabase()
  dataDir = await mkdtemp(join(tmpdir(), 'headwater-doctor-'))
  vi.stubEnv('DATABASE_URL', database.url)
  vi.stubEnv('HEADWATER_DATA', dataDir)
  await (await openHeadwater({ databaseUrl: database.url, dataDir, masterKey: undefined })).close()
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await database.drop()
  await rm(dataDir, { recursive: true })
})

it('names the read model that has stopped, why, and what to do; the others are as they should be', async () => {
  const set = `update read.checkpoints set failure = $1 where model = 'deals'`
  await database.pool.query(set, [JSON.stringify({ position: null, message: 'a value too long' })])
  const { json, exitCode } = await doctor()
  const findings = (json as { findings: Finding[] }).findings.filter(({ check }) => check.startsWith('read model'))
  expect(exitCode).toBe(1)
  expect(findings.filter(({ status }) => status !== 'ok')).toEqual([
    {
      check: 'read model deals',
      status: 'fail',
      found: 'stopped: a value too long',
      advice: expect.stringContaining('headwater rebuild deals'),
    },
  ])
})
