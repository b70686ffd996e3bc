import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import { type Database, openDatabase } from '../database/index.ts'
import type {} from './global-setup.ts'

export type TestDatabase = Database & {
  /** Closes all connections and removes the database. */
  drop(): Promise<void>
}

/** An empty database of one's own in the Postgres of this test run; for specs of the project `int`. */
export async function freshDatabase(): Promise<TestDatabase> {
  const server = inject('postgresUrl')
  const name = `t_${randomBytes(8).toString('hex')}`
  await execute(server, `create database ${name} template template0`)
  const url = new URL(server)
  url.pathname = `/${name}`
  const db = await openDatabase({ url: url.href })
  const drop = async () => {
    await db.close()
    await execute(server, `drop database ${name} with (force)`)
  }
  return Object.defineProperty(db, 'drop', { value: drop }) as TestDatabase
}

async function execute(url: string, statement: string): Promise<void> {
  const admin = await openDatabase({ url })
  await admin.pool.query(statement)
  await admin.close()
}
