// For specs: a whole system with its API over HTTP, and a client that speaks to it.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silent, type Telemetry } from '@headwater/infra/ports'
import type { Metrics } from '@headwater/infra/telemetry'
import { openHeadwater } from '@headwater/runtime'
import { newId } from '@headwater/schema'
import { createApi, issueDevelopmentToken, modelLag, type Role, sharedSecretIdentity } from './index.ts'

export interface TestObservers {
  readonly telemetry?: Telemetry
  readonly metricsOf?: Metrics['page']
}

const secret = 'the secret of this test, long enough'

export interface GraphQLAnswer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: specs know what they asked for
  readonly data: any
  readonly errors: readonly { message: string; path?: string[]; extensions: Record<string, unknown> }[] | undefined
}

export type Ask = (query: string, variables?: object) => Promise<GraphQLAnswer>

export const refusal =
  '... on CommandRefused { code message missing { gate stage kind item required present } fieldErrors { path message } }'

/** Runs a mutation under a fresh command id and gives its payload, of which `take` selects, or its refusal. */
export async function run(
  ask: Ask,
  mutation: string,
  payload: string,
  input: object,
  take = 'stream revision repeated',
) {
  const Input = `${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input`
  const document = `mutation ($input: ${Input}!) { it: ${mutation}(input: $input) { ... on ${payload} { ${take} } ${refusal} } }`
  const { data, errors } = await ask(document, { input: { commandId: newId(), ...input } })
  if (errors) throw new Error(`${mutation}: ${JSON.stringify(errors)}`)
  return data.it
}

/** Starts everything on a database; `stop` ends it, and leaves the database. */
export async function startTestApi(databaseUrl: string, { telemetry = silent, metricsOf }: TestObservers = {}) {
  const dataDir = await mkdtemp(join(tmpdir(), 'headwater-api-'))
  const faults: object[] = []
  const headwater = await openHeadwater(
    { databaseUrl, dataDir, masterKey: undefined },
    { telemetry, funnelColumns: { onError: (error) => faults.push({ error }) } },
  )
  const stopping = new AbortController()
  const projector = headwater.readModels.project({ signal: stopping.signal })
  const logger = { info: () => {}, error: (fields: object) => void faults.push(fields) }
  const metrics = metricsOf?.(async () => (await headwater.readModels.lag()).map(modelLag))
  const identity = sharedSecretIdentity(secret)
  const api = createApi({ ...headwater, identity, logger, version: 'test', telemetry, metrics })
  const { url } = await api.start({ host: '127.0.0.1', port: 0 })

  /** Asks as somebody of this role; as nobody for undefined. */
  const as = (role: Role | undefined, id = `the-${role}`, headers: Record<string, string> = {}): Ask => {
    const token = role && issueDevelopmentToken(secret, { id, role })
    return async (query, variables = {}) => {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: {
          ...headers,
          'content-type': 'application/json',
          ...(token && { authorization: `Bearer ${await token}` }),
        },
        body: JSON.stringify({ query, variables }),
      })
      const { data, errors } = (await response.json()) as GraphQLAnswer
      return { status: response.status, data, errors }
    }
  }

  return {
    ...headwater,
    url,
    as,
    /** What the API wrote to its error log. */
    faults,
    async stop() {
      await api.stop()
      stopping.abort()
      await projector.done
      await headwater.close()
      await rm(dataDir, { recursive: true })
    },
  }
}
export type TestApi = Awaited<ReturnType<typeof startTestApi>>
