// A Postgres to work with: the one of DATABASE_URL, or an embedded one kept in the data folder.
import knexFactory, { type Knex } from 'knex'
import pg from 'pg'
import { joinCluster } from './embedded/membership.ts'
import { PostgresUnavailable } from './errors.ts'

export interface Database {
  readonly pool: pg.Pool
  /** Connections that send a statement without awaiting the answer to the one before; not for COPY and cursors. */
  readonly pipelines: pg.Pool
  /** Connection string, password included. */
  readonly url: string
  readonly embedded: boolean
  /** For migrations and queries that are not hot; made at first use. */
  readonly knex: Knex
  /** A connection of one's own (LISTEN, session locks); the caller ends it. A loss shows as its `end` event. */
  connect(): Promise<pg.Client>
  /** Ends all connections. An embedded Postgres stops when its last user has gone. */
  close(): Promise<void>
}

export interface DatabaseOptions {
  /** A Postgres of version 15 or later; without it the embedded one. */
  readonly url?: string | undefined
  /** Where the embedded Postgres keeps its data; default `HEADWATER_DATA` or `.headwater` in the working directory. */
  readonly dataDir?: string | undefined
}

const OLDEST_VERSION = 15

/** @throws PostgresUnavailable */
export async function openDatabase(options: DatabaseOptions = {}): Promise<Database> {
  if (options.url) {
    await check(options.url)
    return database(options.url)
  }
  const membership = await joinCluster(options.dataDir ?? process.env.HEADWATER_DATA ?? '.headwater')
  return database(membership.url, membership.leave)
}

function database(url: string, leaveCluster?: () => Promise<void>): Database {
  const common = { connectionString: url, connectionTimeoutMillis: 10_000, keepAlive: true }
  const pool = new pg.Pool({ ...common, max: 10 })
  const pipelines = new pg.Pool({ ...common, max: 4, pipeline: true })
  // An idle connection that breaks is replaced at the next query; without a listener it would end the process.
  for (const each of [pool, pipelines]) each.on('error', () => {})
  let knex: Knex | undefined
  let closed = false
  const connections = new Set<pg.Client>()
  return {
    pool,
    pipelines,
    url,
    embedded: leaveCluster !== undefined,
    get knex() {
      knex ??= knexFactory({ client: 'pg', connection: url, pool: { min: 0, max: 4 }, log: { warn() {} } })
      return knex
    },
    async connect() {
      if (closed) throw new Error('the database was closed')
      const client = new pg.Client({ connectionString: url, keepAlive: true })
      client.on('error', () => {})
      await client.connect()
      connections.add(client)
      client.once('end', () => connections.delete(client))
      return client
    },
    async close() {
      if (closed) return
      closed = true
      await Promise.all([
        pool.end(),
        pipelines.end(),
        knex?.destroy(),
        ...[...connections].map((client) => client.end()),
      ])
      await leaveCluster?.()
    },
  }
}

async function check(url: string): Promise<void> {
  const client = await reach(url)
  try {
    const { rows } = await client.query("select current_setting('server_version') as version")
    const version: string = rows[0].version
    if (Number.parseInt(version, 10) < OLDEST_VERSION)
      throw new PostgresUnavailable(`DATABASE_URL leads to Postgres ${version}; use version ${OLDEST_VERSION} or later`)
  } finally {
    await client.end()
  }
}

async function reach(url: string): Promise<pg.Client> {
  try {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
    client.on('error', () => {})
    await client.connect()
    return client
  } catch (cause) {
    const { message, code, errors } = cause as Error & { code?: string; errors?: Error[] }
    // Node reports a name with several addresses as an AggregateError without a message of its own.
    const why = message || errors?.map((error) => error.message).join('; ') || code
    throw new PostgresUnavailable(
      `cannot use the Postgres of DATABASE_URL: ${why}. Check the address and that it runs, or unset DATABASE_URL to use the embedded one`,
      { cause },
    )
  }
}
