// Prometheus metrics. Every label has few values: names from the schema and from our own code.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Telemetry } from '../ports/telemetry.ts'

/** How far a read model is behind the log. */
export interface ModelLag {
  readonly model: string
  readonly events: number
  readonly seconds: number
  readonly failed: boolean
}

export interface Metrics {
  readonly telemetry: Telemetry
  /** What is to be read, in Prometheus's text format; `lag` is asked each time. */
  page(lag: () => Promise<readonly ModelLag[]>): MetricsPage
}

export interface MetricsPage {
  readonly contentType: string
  text(): Promise<string>
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
const COUNTS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000]

/** Metrics in a registry of their own. */
export function createMetrics(): Metrics {
  const registers = [new Registry()]
  const [registry] = registers as [Registry]
  collectDefaultMetrics({ register: registry })
  const seconds = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Histogram({ name: `headwater_${name}_seconds`, help, labelNames, buckets: SECONDS, registers })
  const counts = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Histogram({ name: `headwater_${name}`, help, labelNames, buckets: COUNTS, registers })
  const gauge = (name: string, help: string) =>
    new Gauge({ name: `headwater_${name}`, help, labelNames: ['model'], registers })

  const operations = seconds('graphql_operation', 'GraphQL requests by their (first) field', [
    'kind',
    'operation',
    'outcome',
  ])
  const commands = seconds('command', 'Commands, from their arrival to the answer', ['command', 'outcome'])
  const refusals = new Counter({
    name: 'headwater_refusals_total',
    help: 'Refused commands by the code of the refusal',
    labelNames: ['code'],
    registers,
  })
  const appends = seconds('append', 'Appends, from the call to the answer, waiting for their group included')
  const commits = seconds('log_commit', 'Commits of the event log')
  const groupAppends = counts('log_group_appends', 'Appends that share a commit')
  const groupEvents = counts('log_group_events', 'Events that share a commit')
  const batches = seconds('projection_batch', 'Batches of events folded into a read model', ['model'])
  const batchEvents = counts('projection_batch_events', 'Events of a batch folded into a read model', ['model'])
  const lagEvents = gauge('projection_lag_events', 'Events that a read model has not seen yet; counted up to 10000')
  const lagSeconds = gauge('projection_lag_seconds', 'Age of the oldest event that a read model has not seen yet')
  const failed = gauge('projection_failed', '1 where an event or its values stopped the read model')

  return {
    page: (lag) => ({
      contentType: registry.contentType,
      async text() {
        const lags = await lag().catch(() => [])
        // Without an answer the rest is told all the same, and nothing outdated.
        for (const metric of [lagEvents, lagSeconds, failed]) metric.reset()
        for (const at of lags) {
          lagEvents.set({ model: at.model }, at.events)
          lagSeconds.set({ model: at.model }, at.seconds)
          failed.set({ model: at.model }, Number(at.failed))
        }
        return registry.metrics()
      },
    }),
    telemetry: {
      operated: ({ kind, name, outcome, ms }) => operations.observe({ kind, operation: name, outcome }, ms / 1000),
      decided({ command, outcome, code, ms }) {
        commands.observe({ command, outcome }, ms / 1000)
        if (outcome === 'refused') refusals.inc({ code })
      },
      appended: ({ ms }) => appends.observe(ms / 1000),
      committed(group) {
        commits.observe(group.ms / 1000)
        groupAppends.observe(group.appends)
        groupEvents.observe(group.events)
      },
      projected({ model, events, ms }) {
        batches.observe({ model }, ms / 1000)
        batchEvents.observe({ model }, events.length)
      },
    },
  }
}
