/** Postgres cannot be started, reached or used. The message is one line: what is wrong and what to do about it. */
export class PostgresUnavailable extends Error {
  override readonly name = 'PostgresUnavailable'
}

/** Another process already serves this database. */
export class AlreadyServing extends Error {
  override readonly name = 'AlreadyServing'
}

/** Connection errors of Node, SQLSTATE classes 08 (connection), 53 (out of something), 57P (shutting down, starting up). */
const CONNECTION_LOSS = /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|08|53|57P)/

/** Whether Postgres was not to be reached, so that the same call may succeed later. */
export function isConnectionLoss(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: string }
  // The driver's own errors have no code.
  return code === undefined
    ? /^(Connection terminated|timeout e|timeout exceeded|Client (was closed|has encountered))/i.test(message ?? '')
    : CONNECTION_LOSS.test(String(code))
}
