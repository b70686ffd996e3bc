// OpenTelemetry traces from a mutation to the rows that show it. Loaded only where there is an endpoint to send them to.
import { setTimeout as delay } from 'node:timers/promises'
import { type Link, ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources'
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type IdGenerator,
  RandomIdGenerator,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base'
import type { Telemetry } from '../ports/telemetry.ts'
import { commandSpanId, correlation, traceIdOf } from './correlation.ts'

export interface Tracing {
  readonly telemetry: Telemetry
  /** Sends what is left. */
  close(): Promise<void>
}

/** So many commands of a batch are linked at most (the default limit of OpenTelemetry). */
const LINKS = 128
/** An endpoint that does not answer must not keep the process from ending. */
const CLOSING_MS = 3_000

/**
 * Where to send is said by OpenTelemetry's own variables (`OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_SERVICE_NAME`
 * …). `ratio` of the traces are kept: which ones follows from the trace's id alone, so that all parts agree on it without a message.
 */
export function startTracing({ version, ratio = 1 }: { version: string; ratio?: number }): Tracing {
  const ids = new Ids()
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'headwater', 'service.version': version }).merge(
      defaultResource(),
    ),
    sampler: new TraceIdRatioBasedSampler(ratio),
    idGenerator: ids,
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  })
  const tracer = provider.getTracer('headwater', version)

  /** A span that ends now. */
  const record = (span: Recorded): void => {
    const { traceId, spanId, parentSpanId } = span
    const end = Date.now()
    ids.next = { traceId, spanId }
    const parent =
      traceId && parentSpanId
        ? trace.setSpanContext(ROOT_CONTEXT, { ...sampled, traceId, spanId: parentSpanId })
        : ROOT_CONTEXT
    const started = tracer.startSpan(
      span.name,
      {
        kind: span.kind ?? SpanKind.INTERNAL,
        startTime: end - span.ms,
        attributes: span.attributes,
        links: span.links ?? [],
      },
      parent,
    )
    if (span.failed) started.setStatus({ code: SpanStatusCode.ERROR })
    started.end(end)
  }

  return {
    close: () => Promise.race([provider.shutdown(), delay(CLOSING_MS, undefined, { ref: false })]),
    telemetry: {
      operated({ kind, name, outcome, ms }) {
        const request = correlation()
        if (!request) return
        record({
          name: `${kind} ${name}`,
          kind: SpanKind.SERVER,
          traceId: traceIdOf(request.correlationId),
          spanId: request.spanId,
          parentSpanId: request.parentSpanId,
          failed: outcome === 'error',
          attributes: { 'graphql.operation.type': kind },
          ms,
        })
      },
      decided({ command, outcome, code, events, commandId, correlationId, ms }) {
        record({
          name: command,
          traceId: traceIdOf(correlationId),
          spanId: outcome === 'accepted' && events > 0 ? commandSpanId({ correlationId, commandId }) : undefined,
          parentSpanId: correlation()?.spanId,
          failed: outcome === 'failed',
          attributes: { 'headwater.command_id': commandId, 'headwater.outcome': outcome, 'headwater.refusal': code },
          ms,
        })
      },
      appended({ stream, events, ms, ...command }) {
        record({
          name: 'append',
          kind: SpanKind.CLIENT,
          traceId: traceIdOf(command.correlationId),
          parentSpanId: commandSpanId(command),
          attributes: { 'headwater.stream': stream, 'headwater.events': events },
          ms,
        })
      },
      committed() {},
      projected({ model, events, ms }) {
        const commands = new Map<string, Command>()
        for (const { meta } of events) {
          if (commands.size === LINKS) break
          const spanId = commandSpanId(meta)
          commands.set(spanId, { traceId: traceIdOf(meta.correlationId), spanId })
        }
        const [first, ...others] = commands.values()
        const batch = { name: `project ${model}`, kind: SpanKind.CONSUMER, ms }
        const attributes = { 'headwater.events': events.length, 'headwater.model': model }
        // A batch of one command belongs to its trace; one of several has a trace of its own, and leads to theirs.
        if (first && others.length === 0)
          record({ ...batch, traceId: first.traceId, parentSpanId: first.spanId, attributes })
        else if (first) record({ ...batch, attributes, links: [first, ...others].map(linkTo) })
      },
    },
  }
}

interface Command {
  readonly traceId: string
  readonly spanId: string
}

interface Recorded {
  readonly name: string
  readonly kind?: SpanKind
  /** Random where they are left out. */
  readonly traceId?: string
  readonly spanId?: string | undefined
  readonly parentSpanId?: string | undefined
  readonly failed?: boolean
  readonly attributes: Record<string, string | number>
  readonly links?: Link[]
  readonly ms: number
}

const sampled = { traceFlags: TraceFlags.SAMPLED, isRemote: true }
const linkTo = (command: Command): Link => ({ context: { ...sampled, ...command } })

/** Gives the next span the ids that it is to have. */
class Ids implements IdGenerator {
  next: { readonly traceId?: string | undefined; readonly spanId?: string | undefined } = {}
  private readonly random = new RandomIdGenerator()

  generateTraceId = (): string => this.next.traceId ?? this.random.generateTraceId()
  generateSpanId = (): string => this.next.spanId ?? this.random.generateSpanId()
}
