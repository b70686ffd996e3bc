// The tables of the key vault, and the statements on them. Names and columns are the storage format.
import type { MigrationStep } from '../database/index.ts'

export const steps: readonly MigrationStep[] = [
  {
    name: '001-keys',
    // Vacuumed as soon as a row is dead: a destroyed key should not linger in the table's file.
    up: (knex) =>
      knex.raw(`
        create table vault.subject_keys (
          subject      text collate "C" primary key,
          wrapped      bytea,                              -- null: forgotten, for good
          created_at   timestamptz not null default now(),
          forgotten_at timestamptz,
          check ((wrapped is null) = (forgotten_at is not null))
        ) with (autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0);
        create table vault.master_key (
          only_one boolean primary key default true check (only_one),
          proof    bytea not null                          -- derived from the master key that wraps the keys here
        );
      `),
  },
]

/** $1 proof. Answers with the proof that was there first. */
export const claimMasterKey = `
  with mine as (insert into vault.master_key (proof) values ($1) on conflict do nothing returning proof)
  select proof from mine union all select proof from vault.master_key limit 1`

/** $1 subjects */
export const findKeys = `
  select subject, wrapped from vault.subject_keys where subject = any ($1) and wrapped is not null`

/**
 * $1 subjects, in one order everywhere (or two such statements could wait for each other), $2 a new wrapped key for each. Answers with
 * the keys that are in force, but not with one that another transaction committed after this statement began.
 */
export const obtainKeys = `
  with wanted as (select * from unnest($1::text[], $2::bytea[]) with ordinality as _ (subject, wrapped, place)),
  made as (
    insert into vault.subject_keys (subject, wrapped) select subject, wrapped from wanted order by place
    on conflict do nothing returning subject, wrapped
  )
  select subject, wrapped from made
  union all
  select subject, k.wrapped from vault.subject_keys k join wanted using (subject) where k.wrapped is not null`

/** $1 subject. Answers with a row where there was a key (xmax is 0 in a row that is new). */
export const destroyKey = `
  with gone as (
    insert into vault.subject_keys as k (subject, wrapped, forgotten_at) values ($1, null, now())
    on conflict (subject) do update set wrapped = null, forgotten_at = now() where k.wrapped is not null
    returning k.xmax <> 0 as had_key
  )
  select from gone where had_key`
