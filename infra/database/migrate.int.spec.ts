import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase, type TestDatabase } from '../testing/index.ts'
import { type MigrationStep, migrate, openDatabase, PostgresUnavailable } from './index.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await freshDatabase()
})
afterAll(() => db.drop())

const create: MigrationStep = { name: '001', up: (knex) => knex.raw('create table things.thing (id int)') }
const fill: MigrationStep = { name: '002', up: (knex) => knex.raw('insert into things.thing values (1)') }
const things = () => db.knex.withSchema('things').table('thing').select('id')

test('only the steps not yet run are run', async () => {
  await migrate(db, 'things', [create])
  await migrate(db, 'things', [create, fill])
  await migrate(db, 'things', [create, fill])
  expect(await things()).toEqual([{ id: 1 }])
})

test('two processes that migrate at once run every step once', async () => {
  const other = await openDatabase({ url: db.url })
  const steps = [
    { name: '001', up: (knex) => knex.raw('create table twice.thing (id int)') },
    { name: '002', up: (knex) => knex.raw('insert into twice.thing values (1)') },
  ] satisfies MigrationStep[]
  await Promise.all([db, other, db, other].map((each) => migrate(each, 'twice', steps)))
  expect(await db.knex.withSchema('twice').table('thing').select('id')).toEqual([{ id: 1 }])
  await other.close()
})

test('a step that fails leaves nothing behind, not even the steps before it', async () => {
  const broken: MigrationStep = { name: '002', up: (knex) => knex.raw('select no_such_function()') }
  const first: MigrationStep = { name: '001', up: (knex) => knex.raw('create table broken.thing (id int)') }
  await expect(migrate(db, 'broken', [first, broken])).rejects.toThrow('no_such_function')
  expect(await db.knex.raw("select to_regnamespace('broken') as schema")).toMatchObject({ rows: [{ schema: null }] })
})

test('a schema migrated by a newer version is refused', async () => {
  await migrate(db, 'newer', [
    { name: '001', up: (knex) => knex.raw('select 1') },
    { name: '002', up: (knex) => knex.raw('select 1') },
  ])
  await expect(migrate(db, 'newer', [{ name: '001', up: (knex) => knex.raw('select 1') }])).rejects.toThrow(
    PostgresUnavailable,
  )
})
