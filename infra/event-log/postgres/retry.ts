import { PostgresUnavailable } from '../../database/errors.ts'
import { withRetry as withDatabaseRetry } from '../../database/retry.ts'
import { LogUnavailable } from '../../ports/event-log.ts'

/**
 * Runs an operation that may be run twice; a second time where the connection broke, as after a restart of Postgres.
 * @throws LogUnavailable where it breaks again.
 */
export async function withRetry<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return await withDatabaseRetry(operation)
  } catch (error) {
    if (!(error instanceof PostgresUnavailable)) throw error
    const { cause } = error
    throw new LogUnavailable(`the event log cannot be reached: ${(cause as Error).message}`, { cause })
  }
}
