// The server: read models kept up to date and the API, until a signal.
import { once } from 'node:events'
import { type Api, createApi, issueDevelopmentToken, modelLag, type Role, sharedSecretIdentity } from '@headwater/api'
import { claimServerRole } from '@headwater/infra/database'
import { PoisonEvent } from '@headwater/projections'
import { type Headwater, openHeadwater, readConfig } from '@headwater/runtime'
import { ExitCode, Failure } from '../terminal/failure.ts'
import { facts } from '../terminal/table.ts'
import { version } from '../version.ts'
import { fillIfEmpty } from './fill.ts'
import { type Observers, openObservers } from './observers.ts'
import { tokenSecret } from './secret.ts'

export interface ServeOptions {
  readonly empty?: boolean
  readonly port: number
  readonly host: string
}

/** Runs until SIGINT or SIGTERM; another one ends it at once. @throws Failure, AlreadyServing, PostgresUnavailable … */
export async function serve(options: ServeOptions): Promise<void> {
  const config = readConfig(process.env)
  const stop = stopSignal()
  const observers = await openObservers(process.env, version)
  const onError = (err: unknown) =>
    observers.logger.error({ err }, 'funnels are computed by SQL: the columns were not loaded')
  const headwater = await openHeadwater(config, { telemetry: observers.telemetry, funnelColumns: { onError } })
  try {
    const role = await claimServerRole(headwater.db)
    try {
      await serveUntil(
        AbortSignal.any([stop, role.lost]),
        headwater,
        observers,
        options,
        await tokenSecret(process.env, config.dataDir),
      )
      if (role.lost.aborted) throw new Failure(`another server took over: ${role.lost.reason}`, ExitCode.unavailable)
    } finally {
      await role.release()
    }
  } finally {
    await headwater.close()
    await observers.close()
  }
  say('Stopped.')
}

async function serveUntil(
  signal: AbortSignal,
  headwater: Headwater,
  { logger, telemetry, metricsOf }: Observers,
  options: ServeOptions,
  secret: string,
): Promise<void> {
  // Read models stop after the API, as its answers wait for them.
  const projecting = new AbortController()
  const projector = headwater.readModels.project({
    signal: projecting.signal,
    onError: (err, model) => {
      const event = err instanceof PoisonEvent ? { correlationId: err.event.meta.correlationId } : {}
      logger.error({ err, model, ...event }, 'a read model met a fault')
    },
  })
  const lagLimit = readyLag(process.env)
  const metrics = metricsOf(async () => (await headwater.readModels.lag()).map(modelLag))
  const api = createApi({
    ...headwater,
    identity: sharedSecretIdentity(secret),
    logger,
    version,
    telemetry,
    metrics,
    lagLimit,
  })
  try {
    const url = await listen(api, options)
    if (!options.empty && process.env.HEADWATER_EMPTY !== '1') await fillIfEmpty(headwater, signal, say)
    if (signal.aborted) return
    say(await welcome(url, secret))
    if (!signal.aborted) await once(signal, 'abort')
  } finally {
    await api.stop()
    projecting.abort()
    await projector.done
  }
}

function readyLag({ HEADWATER_READY_LAG: text }: NodeJS.ProcessEnv): number {
  const seconds = Number(text || 30)
  if (seconds > 0) return seconds
  throw new Failure(`HEADWATER_READY_LAG is ${text}; write a number of seconds above 0`, ExitCode.usage)
}

async function listen(api: Api, { host, port }: ServeOptions): Promise<string> {
  try {
    return (await api.start({ host, port })).url
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const why =
      code === 'EADDRINUSE' ? `port ${port} of ${host} is in use` : `cannot listen on ${host}, port ${port}: ${message}`
    throw new Failure(`${why}; choose another one with --port (npm start -- --port 4001)`, ExitCode.unavailable, {
      cause: error,
    })
  }
}

/** Ctrl+C below npm comes twice, from the terminal and from npm: only one that comes later is impatience. */
const IMPATIENT_MS = 1_000

function stopSignal(): AbortSignal {
  const stop = new AbortController()
  let first = Number.POSITIVE_INFINITY
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (performance.now() - first > IMPATIENT_MS) process.exit(ExitCode.unavailable)
      first = Math.min(first, performance.now())
      stop.abort()
    })
  return stop.signal
}

/** People of the simulated organisation, so that what they see has something in it. */
const people: readonly { readonly id: string; readonly role: Role }[] = [
  { id: 'rep-001', role: 'rep' },
  { id: 'sm-01', role: 'store-manager' },
  { id: 'rm-1', role: 'regional-manager' },
  { id: 'hq-1', role: 'headquarters' },
  { id: 'finance', role: 'finance' },
  { id: 'analyst', role: 'analyst' },
  { id: 'administrator', role: 'administrator' },
  { id: 'service', role: 'service' },
]

async function welcome(url: string, secret: string): Promise<string> {
  const tokens = people.map(
    async (viewer) => [`  ${viewer.role}`, await issueDevelopmentToken(secret, viewer)] as const,
  )
  return [
    '',
    `Headwater is ready. Open ${url}/graphql`,
    '',
    'Tokens to try it with, by role, good for 30 days (header: Authorization: Bearer <token>):',
    facts(await Promise.all(tokens)),
    '',
    `Health: ${url}/healthz, ${url}/readyz, ${url}/metrics. Stop with Ctrl+C.`,
  ].join('\n')
}

const say = (text: string) => void process.stdout.write(`${text}\n`)
