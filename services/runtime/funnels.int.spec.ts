import { freshDatabase } from '@headwater/infra/testing'
import { prepareTables, readModels } from '@headwater/projections'
import { expect, test } from 'vitest'
import { openFunnels } from './funnels.ts'

test('a thread of its own loads the columns, and closes', async () => {
  const db = await freshDatabase()
  await prepareTables(db, readModels)
  const faults: unknown[] = []
  const funnels = openFunnels(db, (error) => faults.push(error))
  await funnels.ready()
  expect(await funnels.bytes()).toBeGreaterThan(0)
  await funnels.close()
  expect(faults).toEqual([])
  await db.drop()
})
