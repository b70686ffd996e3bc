// For whoever runs the server: does it live, is it ready, how does it do.
import type { MetricsPage, ModelLag } from '@headwater/infra/telemetry'
import type { Lag } from '@headwater/projections'
import { msOf } from '@headwater/schema'
import { type RequestHandler, Router } from 'express'
import type { Sources } from '../context.ts'

export interface HealthOptions {
  readonly sources: Pick<Sources, 'db' | 'log' | 'readModels'>
  readonly version: string
  /** For `/metrics`; there is no such page without. */
  readonly metrics?: MetricsPage | undefined
  /** A read model further behind is not ready; seconds. */
  readonly lagLimit: number
}

type Part = { readonly ready: boolean } & Readonly<Record<string, unknown>>

/** A part that does not answer within this time is not ready. */
const PATIENCE_MS = 3_000

/** `/healthz`, `/readyz`, `/metrics`. */
export function healthRoutes(options: HealthOptions): Router {
  const { version, metrics } = options
  const router = Router()
  // Of this process alone: starting it anew would not bring a database back.
  router.get('/healthz', (_, response) => void response.json({ status: 'ok', version }))
  router.get('/readyz', readiness(options))
  if (metrics)
    router.get('/metrics', async (_, response) => {
      const text = await metrics.text()
      response.setHeader('content-type', metrics.contentType).end(text)
    })
  return router
}

function readiness({ sources: { db, log, readModels }, lagLimit }: HealthOptions): RequestHandler {
  return async (_, response) => {
    const [database, eventLog, models] = await Promise.all([
      answered(
        () => db.pool.query('select 1'),
        () => ({ ready: true }),
      ),
      answered(
        () => log.head(),
        (head) => ({ ready: true, head: head ?? null }),
      ),
      answered(
        () => readModels.lag(),
        (lags) => partsOf(lags, lagLimit),
      ),
    ])
    const ready = database.ready && eventLog.ready && models.ready
    const status = ready ? 'ready' : 'not ready'
    response.status(ready ? 200 : 503).json({ status, parts: { database, eventLog, readModels: models } })
  }
}

async function answered<T>(ask: () => Promise<T>, part: (answer: T) => Part): Promise<Part> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE_MS} ms`)), PATIENCE_MS)
  })
  try {
    return part(await Promise.race([ask(), late]))
  } catch (error) {
    return { ready: false, reason: (error as Error).message }
  } finally {
    clearTimeout(timer)
  }
}

function partsOf(lags: readonly Lag[], limit: number): Part {
  const models = lags.map((lag) => {
    const { model, events, seconds, failed } = modelLag(lag)
    const failure = lag.checkpoint?.failure?.message
    return [model, { ready: !failed && seconds <= limit, events, seconds, ...(failure && { failure }) }] as const
  })
  return { ready: models.every(([, { ready }]) => ready), ...Object.fromEntries(models) }
}

/** A read model's lag in figures. */
export function modelLag({ model, events, since, checkpoint }: Lag): ModelLag {
  const seconds = since === null ? 0 : Math.max(0, Date.now() - msOf(since)) / 1000
  return { model, events, seconds, failed: checkpoint?.failure !== undefined }
}
