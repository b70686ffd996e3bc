// Who is told of what the server does: its log on stderr, its metrics, and traces where they are wanted.
import type { Telemetry } from '@headwater/infra/ports'
import { correlation, createMetrics, logLines, type Metrics, tellAll, traceIfWanted } from '@headwater/infra/telemetry'
import pino, { type Logger } from 'pino'
import { ExitCode, Failure } from '../terminal/failure.ts'

export interface Observers {
  readonly logger: Logger
  readonly telemetry: Telemetry
  readonly metricsOf: Metrics['page']
  close(): Promise<void>
}

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

/** `HEADWATER_LOG` is the level of the log; from `debug` on it has a line for each step of each request. @throws Failure */
export async function openObservers(env: NodeJS.ProcessEnv, version: string): Promise<Observers> {
  const level = env.HEADWATER_LOG || 'info'
  if (!levels.includes(level))
    throw new Failure(`HEADWATER_LOG is ${level}; it must be one of ${levels.join(', ')}`, ExitCode.usage)
  const mixin = () => {
    const correlationId = correlation()?.correlationId
    return correlationId === undefined ? {} : { correlationId }
  }
  const logger = pino({ base: null, level, mixin }, pino.destination({ dest: 2, sync: true }))
  const metrics = createMetrics()
  const tracing = await traceIfWanted(env, version)
  const listeners = [metrics.telemetry]
  if (tracing) listeners.push(tracing.telemetry)
  if (logger.isLevelEnabled('debug')) listeners.push(logLines(logger))
  return {
    logger,
    telemetry: tellAll(listeners),
    metricsOf: metrics.page,
    close: async () => tracing?.close(),
  }
}
