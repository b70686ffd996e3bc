import type { RecordedEvent } from '@headwater/schema'
import type { Telemetry } from '../ports/telemetry.ts'

/** Of a pino logger. */
export interface LogLines {
  debug(fields: object, message: string): void
}

/** A line for each step of the way of a request, under its correlation id. */
export function logLines(logger: LogLines): Telemetry {
  return {
    operated: (done) => logger.debug(rounded(done), 'operation'),
    decided: (done) => logger.debug(rounded(done), 'command'),
    appended: (done) => logger.debug(rounded(done), 'append'),
    // Shared by many: it belongs to none of the requests, least of all to the one that happened to start it.
    committed: (done) => logger.debug({ ...rounded(done), correlationId: undefined }, 'commit'),
    projected: ({ model, events, ms }) =>
      logger.debug({ ...rounded({ ms }), model, events: events.length, correlationIds: idsOf(events) }, 'projected'),
  }
}

const rounded = <T extends { ms: number }>(done: T) => ({ ...done, ms: Math.round(done.ms * 10) / 10 })

const idsOf = (events: readonly RecordedEvent[]) => [...new Set(events.map(({ meta }) => meta.correlationId))]
