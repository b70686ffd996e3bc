import type { Telemetry } from '../ports/telemetry.ts'
import type { Tracing } from './tracing.ts'

export { type Correlation, correlation, correlationOf, withCorrelation } from './correlation.ts'
export { type LogLines, logLines } from './log-lines.ts'
export { createMetrics, type Metrics, type MetricsPage, type ModelLag } from './metrics.ts'
export type { Tracing } from './tracing.ts'

/** Tells all of them. */
export function tellAll(listeners: readonly Telemetry[]): Telemetry {
  const tell =
    <K extends keyof Telemetry>(what: K): Telemetry[K] =>
    (done: never) => {
      for (const listener of listeners) listener[what](done)
    }
  return {
    operated: tell('operated'),
    decided: tell('decided'),
    appended: tell('appended'),
    committed: tell('committed'),
    projected: tell('projected'),
  }
}

/** Traces where `OTEL_EXPORTER_OTLP_ENDPOINT` is set; without it nothing of OpenTelemetry is even loaded. */
export async function traceIfWanted(env: NodeJS.ProcessEnv, version: string): Promise<Tracing | undefined> {
  if (!env.OTEL_EXPORTER_OTLP_ENDPOINT && !env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) return undefined
  const { startTracing } = await import('./tracing.ts')
  const ratio = Number(env.OTEL_TRACES_SAMPLER_ARG || 1)
  return startTracing({ version, ratio })
}
