// Questions asked without pause while tables are swapped under them: none fails, and no answer is older than the one before.
import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { openPostgresEventLog } from '@headwater/infra/event-log'
import { openKeyVault } from '@headwater/infra/keys'
import type { EventLog } from '@headwater/infra/ports'
import { freshDatabase, type TestDatabase } from '@headwater/infra/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  catchUp,
  dealsByIds,
  dealsModel,
  dumpTables,
  funnel,
  listDeals,
  readModels,
  rebuild,
  rebuildAll,
  type Sources,
  startProjector,
  visitsOfDeals,
} from '../index.ts'
import { organisation, setting, story, tell } from '../testing/deals.ts'
import { type Fact, record } from '../testing/facts.ts'
import { history, tallies, tally, touched } from '../testing/tally.ts'

let db: TestDatabase
let log: EventLog
let sources: Sources

beforeEach(async () => {
  db = await freshDatabase()
  log = await openPostgresEventLog(db, { pollInterval: 200 })
  sources = { db, log, vault: await openKeyVault(db, { masterKey: randomBytes(32) }) }
})
afterEach(async () => {
  await log.close()
  await db.drop()
})

let batch = 0
const write = (...facts: readonly Fact[]) => record(log, `spec ${batch++}`, facts)
/** Tables of read models; those of the engine are not counted. */
async function tables() {
  const { rows } = await db.pool.query(
    `select tablename as name from pg_tables where schemaname = 'read' and tablename !~ '^(migrations|checkpoints|replays)' order by 1`,
  )
  return rows.map(({ name }) => name)
}

test('no question fails and no answer is older than the one before, while events are written and read models rebuilt and swapped', async () => {
  E
