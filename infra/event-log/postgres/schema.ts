// The tables of a Postgres event log. Names and columns are the storage format.
import type { Knex } from 'knex'
import { type Database, type MigrationStep, migrate } from '../../database/index.ts'
import { appendFunction } from './append.sql.ts'
import { deleteFunction } from './delete.sql.ts'

export async function migrateLog(db: Database, schema: string): Promise<void> {
  await migrate(db, schema, [
    { name: '001-events', up: (knex) => createTables(knex, schema) },
    {
      name: '002-functions',
      up: (knex) => knex.raw(appendFunction(schema)).then(() => knex.raw(deleteFunction(schema))),
    },
  ] satisfies MigrationStep[])
}

async function createTables(knex: Knex, schema: string): Promise<void> {
  // Names compare by bytes: faster than any language's order, and the same on every machine.
  await knex.raw(`
    create table ${schema}.events (
      position    bigint primary key,        -- from 1, without gaps, in the order of commits
      stream      text collate "C" not null,
      revision    integer not null,          -- from 0 in each stream
      id          uuid not null,
      type        text collate "C" not null,
      recorded_at bigint not null,           -- milliseconds since 1970
      body        text not null              -- JSON object {id, type, version, data, meta}, as it came; text, because jsonb knows no \\u0000
    );
    create unique index events_by_stream on ${schema}.events (stream, revision);
    create index events_by_id on ${schema}.events (id);
    create table ${schema}.deleted_streams (stream text collate "C" primary key);
  `)
}
