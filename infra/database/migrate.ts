import type { Knex } from 'knex'
import type { Database } from './database.ts'
import { PostgresUnavailable } from './errors.ts'
import { LOCK_CLASS, Lock } from './locks.ts'

export interface MigrationStep {
  /** Never changes once released; steps are only ever added at the end. */
  readonly name: string
  up(knex: Knex): Promise<unknown>
}

/**
 * Brings the Postgres schema `schema` up to date: creates it where missing and runs the steps not yet run, all in one
 * transaction, so a kill in the middle leaves nothing half-done. Safe in several processes at once.
 * @throws PostgresUnavailable when the schema was migrated by a newer version, which knows more steps.
 */
export async function migrate(db: Database, schema: string, steps: readonly MigrationStep[]): Promise<void> {
  await db.knex.transaction(async (trx) => {
    await trx.raw('select pg_advisory_xact_lock(?, ?)', [LOCK_CLASS, Lock.migration])
    await trx.raw('create schema if not exists ??', [schema])
    const config = { schemaName: schema, tableName: 'migrations', migrationSource: new Steps(steps) }
    const [done]: [{ name: string }[], unknown] = await trx.migrate.list({
      ...config,
      disableMigrationsListValidation: true,
    })
    const unknown = done.find(({ name }) => !steps.some((step) => step.name === name))
    if (unknown)
      throw new PostgresUnavailable(
        `the database was written by a newer version (${schema} has ${unknown.name}); use that one or later`,
      )
    await trx.migrate.latest(config)
  })
}

class Steps implements Knex.MigrationSource<MigrationStep> {
  constructor(private readonly steps: readonly MigrationStep[]) {}

  async getMigrations(): Promise<MigrationStep[]> {
    return [...this.steps]
  }

  getMigrationName(step: MigrationStep): string {
    return step.name
  }

  async getMigration(step: MigrationStep): Promise<Knex.Migration> {
    return {
      up: async (knex) => void (await step.up(knex)),
      down: async () => {
        throw new Error(`${step.name} cannot be undone`)
      },
    }
  }
}
