import path from 'node:path'

/** What the environment may say. Each engine is chosen by its own variable; without one it is the embedded kind. */
export interface Config {
  /** `HEADWATER_DATA`: keys, and the embedded Postgres. Default `.headwater` in the working directory. */
  readonly dataDir: string
  /** `DATABASE_URL`: a Postgres to use instead of the embedded one. */
  readonly databaseUrl: string | undefined
  /** `HEADWATER_MASTER_KEY`: wraps the keys of persons; else the key file in the data folder. */
  readonly masterKey: string | undefined
}

/** An empty variable is as good as none. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  return {
    dataDir: path.resolve(env.HEADWATER_DATA || '.headwater'),
    databaseUrl: env.DATABASE_URL || undefined,
    masterKey: env.HEADWATER_MASTER_KEY || undefined,
  }
}
