// What becomes of each request: under which correlation it runs, what it was, how long it took.
import type { Telemetry } from '@headwater/infra/ports'
import { type Correlation, correlation, correlationOf, withCorrelation } from '@headwater/infra/telemetry'
import type { RequestHandler } from 'express'
import { type DocumentNode, getOperationAST, Kind } from 'graphql'
import type { Plugin } from 'graphql-yoga'

interface Operation {
  readonly kind: 'query' | 'mutation' | 'none'
  readonly name: string
  failed: boolean
}

/**
 * `middleware` runs the request under its correlation, which the header `x-correlation-id` of the answer names; `plugin` learns which
 * operation it is. A request that is no operation (a page, a bad request) is `none`.
 */
export function observe(telemetry: Telemetry): { middleware: RequestHandler; plugin: Plugin } {
  const operations = new WeakMap<Correlation, Operation>()
  return {
    middleware(request, response, next) {
      const started = performance.now()
      const headers = { traceparent: request.get('traceparent'), correlationId: request.get('x-correlation-id') }
      const own = correlationOf(headers)
      response.setHeader('x-correlation-id', own.correlationId)
      response.once('close', () => {
        const { kind, name, failed } = operations.get(own) ?? { kind: 'none', name: 'none', failed: false }
        const outcome = failed || response.statusCode >= 400 ? 'error' : 'ok'
        const ms = performance.now() - started
        withCorrelation(own, () => telemetry.operated({ kind, name, outcome, ms }))
      })
      withCorrelation(own, next)
    },
    plugin: {
      onExecute({ args: { document, operationName } }) {
        const own = correlation()
        if (!own) return
        const operation: Operation = { ...nameOf(document, operationName), failed: false }
        operations.set(own, operation)
        return {
          onExecuteDone({ result }) {
            operation.failed = 'errors' in result && (result.errors?.length ?? 0) > 0
          },
        }
      },
    },
  }
}

/** By the first field: its name is one of the schema's, where the operation's own would be the client's choice. */
function nameOf(document: DocumentNode, operationName: string | null | undefined): Pick<Operation, 'kind' | 'name'> {
  const operation = getOperationAST(document, operationName)
  const first = operation?.selectionSet.selections[0]
  return {
    kind: operation?.operation === 'mutation' ? 'mutation' : 'query',
    name: first?.kind === Kind.FIELD ? first.name.value : 'fragment',
  }
}
