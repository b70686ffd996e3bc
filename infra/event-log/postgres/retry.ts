import { isConnectionLoss } from '../../database/errors.ts'
import { LogUnavailable } from '../../ports/event-log.ts'

/**
 * Runs an operation that may be run twice; a second time where the connection broke, as after a restart of Postgres.
 * @throws LogUnavailable where it breaks again.
 */
export async function withRetry<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return await operation().catch((error) => {
      if (isConnectionLoss(error)) return operation()
      throw error
    })
  } catch (cause) {
    if (!isConnectionLoss(cause)) throw cause
    throw new LogUnavailable(`the event log cannot be reached: ${(cause as Error).message}`, { cause })
  }
}
