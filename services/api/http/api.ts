// The GraphQL server over HTTP: who may come in, what a request may cost, and how errors look.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { silent, type Telemetry } from '@headwater/infra/ports'
import express, { type ErrorRequestHandler, type Express } from 'express'
import { type DocumentNode, Kind, parse } from 'graphql'
import { createYoga, type Plugin } from 'graphql-yoga'
import { type Context, createContext, type Sources } from '../context.ts'
import { schema } from '../schema.ts'
import { faultMask, type Logger } from './faults.ts'
import { graphiql, renderGraphiQL } from './graphiql.ts'
import { type HealthOptions, healthRoutes } from './health.ts'
import { type Identity, unauthenticated, type Viewer } from './identity.ts'
import { limits, sizeLimits } from './limits.ts'
import { observe } from './observe.ts'

export interface ApiOptions extends Sources {
  readonly identity: Identity
  readonly logger: Logger
  /** What `/healthz` says it is. */
  readonly version: string
  /** Told of every GraphQL request. */
  readonly telemetry?: Telemetry
  readonly metrics?: HealthOptions['metrics'] | undefined
  /** How far a read model may be behind for `/readyz`; seconds, default 30. */
  readonly lagLimit?: number
}

export interface Api {
  readonly app: Express
  /** Listens; port 0 takes a free one. @throws the server's error, such as EADDRINUSE */
  start(address: { host: string; port: number }): Promise<{ readonly url: string }>
  /** Takes no more requests, answers those under way. */
  stop(): Promise<void>
}

/** A client that does not end its request keeps the server from stopping no longer than this. */
const GRACE_MS = 10_000

/** The API over what the composition root has opened; closing that is the root's own business. */
export function createApi(options: ApiOptions): Api {
  const { identity, logger, version, telemetry = silent, metrics, lagLimit = 30, ...sources } = options
  const observed = observe(telemetry)
  const yoga = createYoga<object, Context>({
    schema,
    graphiql,
    renderGraphiQL,
    landingPage: false,
    cors: false,
    multipart: false,
    logging: false,
    maskedErrors: { maskError: faultMask(logger) },
    context: async ({ request, params }) => {
      const viewer = await identity.authenticate(request.headers.get('authorization') ?? undefined)
      if (!viewer && !onlyIntrospects(params.query)) {
        throw unauthenticated('This needs a token: send the header "Authorization: Bearer <token>".')
      }
      return createContext(sources, viewer ?? nobody)
    },
    plugins: [documentChecks, observed.plugin],
  })

  const app = express()
  app.disable('x-powered-by')
  app.use(healthRoutes({ sources, version, metrics, lagLimit }))
  app.use(yoga.graphqlEndpoint, observed.middleware, express.raw({ type: () => true, limit: limits.body }), yoga)
  app.use((_, response) => {
    response
      .status(404)
      .json({ error: { code: 'NOT_FOUND', message: 'There is nothing here. The API is at /graphql.' } })
  })
  app.use(errorsAsJson(logger))

  let server: Server | undefined
  return {
    app,
    async start({ host, port }) {
      const opened = createServer(app)
      await new Promise<void>((resolve, reject) => {
        opened.once('error', reject).listen(port, host, () => {
          opened.off('error', reject)
          resolve()
        })
      })
      server = opened
      const at = opened.address() as AddressInfo
      return { url: `http://${at.family === 'IPv6' ? `[${at.address}]` : at.address}:${at.port}` }
    },
    async stop() {
      const closing = server
      server = undefined
      if (closing) {
        // Connections whose last answer comes now would be kept open for the next request.
        const idle = setInterval(() => closing.closeIdleConnections(), 50)
        const late = setTimeout(() => closing.closeAllConnections(), GRACE_MS)
        await new Promise((resolve) => closing.close(resolve))
        clearInterval(idle)
        clearTimeout(late)
      }
      await yoga.dispose()
    },
  }
}

/** Who asks for nothing but the schema, which is no secret. */
const nobody: Viewer = { id: 'nobody', role: 'service' }

function onlyIntrospects(query: string | undefined): boolean {
  const document: DocumentNode = parse(query ?? '', { noLocation: true, maxTokens: limits.tokens })
  return document.definitions.every(
    (definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ||
      (definition.kind === Kind.OPERATION_DEFINITION &&
        definition.selectionSet.selections.every(
          (selection) => selection.kind === Kind.FIELD && selection.name.value.startsWith('__'),
        )),
  )
}

/** Documents within the limits. What is no good is a bad request (400) whatever answer format the client asks for. */
const documentChecks: Plugin = {
  onParse({ parseFn, setParseFn }) {
    setParseFn((source: string, options: object) => parseFn(source, { ...options, maxTokens: limits.tokens }))
  },
  onValidate({ addValidationRule }) {
    addValidationRule(sizeLimits)
  },
  onResultProcess({ result }) {
    const errors = 'errors' in result ? (result.errors ?? []) : []
    // By the GraphQL over HTTP draft, `application/json` would be answered with 200.
    for (const { extensions } of errors) if (isHttp(extensions?.http)) extensions.http.spec = false
  },
}

const isHttp = (http: unknown): http is { spec?: boolean } => typeof http === 'object' && http !== null

const errorsAsJson =
  (logger: Logger): ErrorRequestHandler =>
  (error: { status?: number; type?: string }, _request, response, next) => {
    if (response.headersSent) return next(error)
    const status = error.status !== undefined && error.status >= 400 && error.status < 500 ? error.status : 500
    if (status === 500) logger.error({ err: error }, 'a request met a fault')
    const code = status === 413 ? 'BODY_TOO_LARGE' : status === 500 ? 'INTERNAL' : 'BAD_REQUEST'
    const message = status === 413 ? `A request has at most ${limits.body} bytes.` : 'The request cannot be read.'
    response
      .status(status)
      .json({ error: { code, message: status === 500 ? 'Something went wrong on our side.' : message } })
  }
