import { eventLogContract } from '../../../infra/event-log/contract.ts'
import { MemoryLog } from './memory-log.ts'

eventLogContract('memory', async () => {
  const log = new MemoryLog()
  return { log, close: () => log.close() }
})
