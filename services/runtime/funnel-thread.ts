// The thread that keeps the columns of funnels; its data is the database's address.
import { parentPort, workerData } from 'node:worker_threads'
import { openDatabase } from '@headwater/infra/database'
import { openPostgresEventLog } from '@headwater/infra/event-log'
import { serveFunnelColumns } from '@headwater/projections'

const db = await openDatabase({ url: workerData })
const log = await openPostgresEventLog(db)
await serveFunnelColumns(parentPort!, { db, log })
await log.close()
await db.close()
parentPort!.close()
