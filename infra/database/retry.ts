import { isConnectionLoss, PostgresUnavailable } from './errors.ts'

/**
 * Runs an operation that may be run twice; a second time where the connection broke, as after a restart of Postgres.
 * @throws PostgresUnavailable where it breaks again.
 */
export async function withRetry<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return await operation().catch((error) => {
      if (isConnectionLoss(error)) return operation()
      throw error
    })
  } catch (cause) {
    if (!isConnectionLoss(cause)) throw cause
    throw new PostgresUnavailable(`Postgres cannot be reached: ${(cause as Error).message}`, { cause })
  }
}
