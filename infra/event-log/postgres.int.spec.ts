import { openDatabase } from '../database/index.ts'
import { freshDatabase } from '../testing/index.ts'
import { eventLogContract } from './contract.ts'
import { openPostgresEventLog } from './index.ts'

eventLogContract('Postgres', async () => {
  const db = await freshDatabase()
  const other = await openDatabase({ url: db.url })
  const [log, second] = [await openPostgresEventLog(db), await openPostgresEventLog(other)]
  return {
    log,
    second,
    async close() {
      await Promise.all([log.close(), second.close()])
      await other.close()
      await db.drop()
    },
  }
})
