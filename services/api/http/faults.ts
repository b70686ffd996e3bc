// What a client sees of an error: all of what it can mend, and of a fault of ours only the number to ask for.
import { randomUUID } from 'node:crypto'
import { isConnectionLoss, PostgresUnavailable } from '@headwater/infra/database'
import { LogUnavailable } from '@headwater/infra/ports'
import { correlation } from '@headwater/infra/telemetry'
import { Contention } from '@headwater/shell'
import { GraphQLError } from 'graphql'

/** What the API writes to its log; a pino logger will do. */
export interface Logger {
  info(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Passes errors made for clients on; logs any other under the request's correlation id and shows that id alone. */
export function faultMask(logger: Logger): (error: unknown) => GraphQLError {
  return (error) => {
    const original = originalOf(error)
    if (original instanceof GraphQLError) return error as GraphQLError
    const { nodes, path } = error instanceof GraphQLError ? error : {}
    const place = { ...(nodes && { nodes }), ...(path && { path }) }
    if (isUnfitText(original)) {
      const extensions = { code: 'BAD_USER_INPUT' }
      return new GraphQLError('A text holds a character that cannot be kept.', { ...place, extensions })
    }
    if (mayPass(original)) {
      logger.error({ err: original, path }, 'a request could not be served just now')
      const extensions = { code: 'TRY_AGAIN', http: { status: 503 } }
      return new GraphQLError('This cannot be served just now. Send it again; a command under the same command id.', {
        ...place,
        extensions,
      })
    }
    const correlationId = correlation()?.correlationId ?? randomUUID()
    logger.error({ err: original, correlationId, path }, 'a request met a fault')
    return new GraphQLError(`Something went wrong on our side. Ask for it by the number ${correlationId}.`, {
      ...place,
      extensions: { code: 'INTERNAL', correlationId },
    })
  }
}

function originalOf(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError ? originalOf(error.originalError) : error
}

/** What is over in a moment, or when an engine is back. */
const mayPass = (error: unknown): boolean =>
  [Contention, LogUnavailable, PostgresUnavailable].some((kind) => error instanceof kind) ||
  (error instanceof Error && isConnectionLoss(error))

/** Postgres's `character_not_in_repertoire`: U+0000 in a parameter. */
const isUnfitText = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === '22021'
