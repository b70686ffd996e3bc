// Which request the work under way belongs to, through everything that it awaits.
import { AsyncLocalStorage } from 'node:async_hooks'
import { createHash, randomBytes } from 'node:crypto'

export interface Correlation {
  /** Goes with the commands into the events that they write. */
  readonly correlationId: string
  /** Of the request's own span: spans of its parts lie below. */
  readonly spanId: string
  /** Of the caller's span, where it has sent one. */
  readonly parentSpanId: string | undefined
}

const current = new AsyncLocalStorage<Correlation>()

/** Undefined outside any request. */
export const correlation = (): Correlation | undefined => current.getStore()

export const withCorrelation = <T>(correlation: Correlation, work: () => T): T => current.run(correlation, work)

const NONE = /^0+$/
/** Of no harm in a log, a header or an event. */
const ID = /^[\w.:/+=@-]{1,200}$/

/**
 * The correlation of a request: the trace of its `traceparent` (W3C Trace Context, 2), else its `x-correlation-id`, else a fresh one that
 * can serve as the id of a trace.
 */
export function correlationOf(headers: {
  readonly traceparent?: string | undefined
  readonly correlationId?: string | undefined
}): Correlation {
  const spanId = randomBytes(8).toString('hex')
  const [, traceId = '0', parentSpanId = '0'] =
    /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-[\da-f]{2}/.exec(headers.traceparent ?? '') ?? []
  if (!NONE.test(traceId) && !NONE.test(parentSpanId)) return { correlationId: traceId, spanId, parentSpanId }
  const given = ID.test(headers.correlationId ?? '') ? headers.correlationId : undefined
  return { correlationId: given ?? randomBytes(16).toString('hex'), spanId, parentSpanId: undefined }
}

/** The trace of everything with this correlation id: the id itself where it can be one (32 hex digits), else its hash. */
export function traceIdOf(correlationId: string): string {
  if (/^[\da-f]{32}$/.test(correlationId) && !NONE.test(correlationId)) return correlationId
  return createHash('sha256').update(correlationId).digest('hex').slice(0, 32)
}

/**
 * The span of a command that wrote something. It follows from what its events carry, so that whoever meets them later, in whatever
 * process, finds the way back; and as a command writes once, there is one such span in its trace.
 */
export function commandSpanId({ correlationId, commandId }: { correlationId: string; commandId: string }): string {
  return createHash('sha256').update(`${correlationId} ${commandId}`).digest('hex').slice(0, 16)
}
